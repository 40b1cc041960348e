"""TMVA's genetic algorithm."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from tmva_py.data.random_numbers import RootRandom
from tmva_py.fitters.base import MOST, Doubles, Estimator, FitResult, Fitter, middle
from tmva_py.fitters.interval import Interval
from tmva_py.fitters.monte_carlo import SEED_DOC
from tmva_py.fitters.sorting import std_sort_order
from tmva_py.fitters.streams import uniform_stream
from tmva_py.options import Option

# Part of the genes that change a little, individuals that do not, and part of the worst that change at all.
_NEAR, _UNTOUCHED, _ANEW = 0.10, 3, 0.40
_FIRST_SPREAD = 0.1
_LARGEST = float(np.finfo(np.float64).max)


class GeneticFitter(Fitter):
    """Lets sets of parameters mate and mutate; the better half of each generation has children."""

    options = (
        Option("PopSize", int, 300, minimum=4, below=10**7, doc="number of individuals"),
        Option(
            "Steps",
            int,
            40,
            minimum=0,
            below=MOST,
            doc="generations without progress after which a cycle ends",
        ),
        Option(
            "Cycles",
            int,
            3,
            minimum=1,
            below=MOST,
            doc="independent searches; the last knows the best of the others",
        ),
        Option("SC_steps", int, 10, minimum=1, doc="generations by which the spread of mutations is set"),
        Option(
            "SC_rate", int, 5, doc="successful ones among them above which it grows, below which it falls"
        ),
        Option("SC_factor", float, 0.95, minimum=0.01, below=100, doc="factor by which it falls"),
        Option("ConvCrit", float, 0.001, doc="how much better the best value must get to count as progress"),
        Option(
            "SaveBestGen", int, 1, minimum=0, doc="individuals of each generation that the last cycle gets"
        ),
        Option("SaveBestCycle", int, 10, doc="without effect, as in ROOT"),
        Option("Trim", bool, False, doc="keep the population at PopSize after each generation"),
        Option("Seed", int, 100, minimum=0, doc=SEED_DOC),
    )

    @property
    def expected_sets(self) -> int:
        """The least number: cycles end when nothing becomes better."""
        return int(self.values["Cycles"] * (self.values["Steps"] + 2) * self.values["PopSize"])

    def run(
        self, estimator: Estimator, ranges: Sequence[Interval], start: Doubles | None = None
    ) -> FitResult:
        """Return the best individual of all cycles; `start` is one of the first in each of them."""
        self.log.header(
            "<GeneticFitter> Optimisation, please be patient ... (inaccurate progress timing for GA)"
        )
        with self.timed():
            return self._best(estimator, ranges, start)

    def _best(self, estimator: Estimator, ranges: Sequence[Interval], start: Doubles | None) -> FitResult:
        values = self.values
        size, seed = values["PopSize"], RootRandom(values["Seed"]).seed
        hint = (middle(ranges) if start is None else start).tolist()
        # ROOT draws the store's seed from the clock; this one makes trainings repeatable.
        store = Population.random(ranges, size, seed + 1)
        kept = min(values["SaveBestGen"], size)
        for cycle in range(values["Cycles"]):
            ga = Population.random(ranges, size, seed)
            ga.add([hint], [0.0])
            if cycle == values["Cycles"] - 1:
                ga.add(store.genes, store.fitness)
            ga.evaluate(estimator)
            ga.trim()
            draws, course, first = uniform_stream(RootRandom(seed)), Course(), True
            while True:
                if not first:
                    ga.evolve(draws, course.spread)
                first = False
                best = ga.evaluate(estimator)
                if values["Trim"]:
                    ga.trim()
                course.control(best, values["SC_steps"], values["SC_rate"], values["SC_factor"])
                ga.sort()
                store.add(ga.genes[:kept], ga.fitness[:kept])
                if course.has_converged(best, values["Steps"], values["ConvCrit"]):
                    break
            ga.sort()
            store.add(ga.genes[:kept], ga.fitness[:kept])
        smallest = store.evaluate(estimator)
        store.sort()
        return FitResult(np.array(store.genes[0]), smallest)


class Population:
    """Individuals with their genes and fitness; the smallest fitness is the best."""

    def __init__(self, ranges: Sequence[Interval], genes: list[list[float]]) -> None:
        self.ranges = tuple(ranges)
        self.genes = genes
        self.fitness = [0.0] * len(genes)
        self.size = len(genes)

    @classmethod
    def random(cls, ranges: Sequence[Interval], size: int, seed: int) -> Population:
        """Return individuals anywhere in the ranges."""
        draws = uniform_stream(RootRandom(seed))
        return cls(ranges, [[one.drawn(draws) for one in ranges] for _ in range(size)])

    def add(self, genes: Sequence[list[float]], fitness: Sequence[float]) -> None:
        """Add copies of individuals at the end."""
        self.genes += [list(one) for one in genes]
        self.fitness += fitness

    def evaluate(self, estimator: Estimator) -> float:
        """Compute each one's fitness, sort, and return the best."""
        sample = np.array(self.genes)
        self.fitness = estimator(sample).tolist()
        self.genes = sample.tolist()
        self.sort()
        return min(self.fitness)

    def sort(self) -> None:
        """Put the best first, in the order of ``std::sort``."""
        order = std_sort_order(self.fitness)
        self.genes = [self.genes[place] for place in order]
        self.fitness = [self.fitness[place] for place in order]

    def trim(self) -> None:
        """Sort, and leave out the worst above the first size."""
        self.sort()
        del self.genes[self.size :], self.fitness[self.size :]

    def evolve(self, draws: Iterator[float], spread: float) -> None:
        """Put children of the better half in the place of the worse, and mutate."""
        half = len(self.genes) // 2
        for parent in range(half):
            other = self.genes[int(half * next(draws))]
            child = [b if int(2 * next(draws)) else a for a, b in zip(self.genes[parent], other, strict=True)]
            self.genes[half + parent] = child
            self.fitness[half + parent] = 0.0
        ranges = list(enumerate(self.ranges))
        for genes in self.genes[_UNTOUCHED:]:
            for number, one in ranges:
                if 100 * next(draws) <= 100 * _NEAR:
                    genes[number] = one.near(genes[number], spread, draws, mirrored=True)
        for genes in self.genes[len(self.genes) * 3 // 4 :]:
            for number, one in ranges:
                if 100 * next(draws) <= 100 * _ANEW:
                    genes[number] = one.drawn(draws)


@dataclass
class Course:
    """How a cycle goes on: the spread of mutations, and how long nothing has become better."""

    spread: float = _FIRST_SPREAD
    last_best: float = _LARGEST
    successes: deque[int] = field(default_factory=deque)
    mark: float = 0.0
    idle: int = -1

    def control(self, best: float, steps: int, rate: int, factor: float) -> None:
        """Let the spread grow after many successes and fall after few."""
        better = best < self.last_best or not self.successes
        if better:
            self.last_best = best
        self.successes.appendleft(int(better))
        total = sum(self.successes)
        if len(self.successes) >= steps:
            self.successes.pop()
            if total > rate:
                self.spread /= factor
            elif total < rate:
                self.spread *= factor

    def has_converged(self, best: float, steps: int, improvement: float) -> bool:
        """Return whether the last steps have not made the best value better by more than `improvement`."""
        if self.idle < 0:
            self.mark = best
        if abs(best - self.mark) <= improvement:
            self.idle += 1
        else:
            self.idle, self.mark = 0, best
        return self.idle >= steps
