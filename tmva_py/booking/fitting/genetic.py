"""TMVA's genetic algorithm step by step: ``GeneticAlgorithm`` and its population, number for number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tmva_py.booking.fitting.intervals import AnyInterval, IFitterTarget, ranges_of
from tmva_py.data.random_numbers import RootRandom
from tmva_py.fitters.genetic import Course, Population
from tmva_py.fitters.streams import uniform_stream
from tmva_py.message_log import MessageLog


class GeneticGenes:
    """One individual: a place of a population when it was asked for."""

    def __init__(self, factors: list[float], fitness: float) -> None:
        self._factors, self._fitness = factors, fitness

    def GetFactors(self) -> list[float]:
        """Return the parameters."""
        return self._factors

    def GetFitness(self) -> float:
        """Return the estimator's value."""
        return self._fitness


class GeneticPopulation:
    """``TMVA::GeneticPopulation``: the individuals of an algorithm, the best first once they are sorted."""

    def __init__(self, population: Population) -> None:
        self._population = population

    def GetPopulationSize(self) -> int:
        """Return the number of individuals."""
        return len(self._population.genes)

    def GetGenes(self, index: int) -> GeneticGenes:
        """Return an individual."""
        return GeneticGenes(self._population.genes[index], self._population.fitness[index])

    def GetFitness(self) -> float:
        """Return the fitness of the first individual."""
        return self._population.fitness[0]

    def GiveHint(self, hint: Sequence[float], fitness: float = 0.0) -> None:
        """Add an individual."""
        self._population.add([[float(value) for value in hint]], [float(fitness)])

    def TrimPopulation(self) -> None:
        """Sort, and leave out the worst above the first size."""
        self._population.trim()

    Trim = TrimPopulation

    def Sort(self) -> None:
        """Put the best first."""
        self._population.sort()

    def Print(self, untilIndex: int = -2) -> None:
        """Print the individuals up to one of an index; all of them without."""
        last = len(self._population.genes) if untilIndex < -1 else untilIndex + 1
        log = MessageLog("GeneticPopulation")
        for genes, fitness in list(zip(self._population.genes, self._population.fitness, strict=True))[:last]:
            factors = "     ".join(f"f_{number}: {value:g}" for number, value in enumerate(genes))
            log.info(f"fitness: {fitness:g}    {factors}     ")


class GeneticAlgorithm:
    """``TMVA::GeneticAlgorithm``: a population that scripts let evolve themselves.

    Parameters
    ----------
    target : IFitterTarget
        Has the estimator.
    populationSize : int
        Number of individuals.
    ranges : sequence of Interval
        Where each parameter may be.
    seed : int, default 0
        Of the random numbers; 0 draws a fresh one.

    Raises
    ------
    BookingError
        The target has no ``EstimatorFunction``, or a range is none.

    Examples
    --------
    >>> from tmva_py import IFitterTarget, Interval
    >>> class Square(IFitterTarget):
    ...     def EstimatorFunction(self, parameters):
    ...         return (parameters[0] - 1) ** 2
    >>> ga = GeneticAlgorithm(Square(), 50, [Interval(-5, 5)], 7)
    >>> for _ in range(30):
    ...     ga.Init()
    ...     fitness = ga.CalculateFitness()
    >>> round(ga.GetGeneticPopulation().GetGenes(0).GetFactors()[0], 2)
    1.0
    """

    def __init__(
        self, target: Any, populationSize: int, ranges: Sequence[AnyInterval], seed: int = 0
    ) -> None:
        self._target = IFitterTarget.checked(target)
        number = RootRandom(seed).seed
        self._population = Population.random(ranges_of(ranges), int(populationSize), number)
        self._draws = uniform_stream(RootRandom(number))
        self._course = Course()
        self._best = math.inf
        self._makes_copies = False
        self._is_first = True

    def Init(self) -> None:
        """Let the population evolve by a generation; the first call leaves the random one as it is."""
        if not self._is_first:
            self.Evolution()
        self._is_first = False

    def Evolution(self) -> None:
        """Put children of the better half in the place of the worse, and mutate."""
        if self._makes_copies:
            genes, fitness = self._population.genes, self._population.fitness
            self._population.add(genes[:5], fitness[:5])
        self._population.evolve(self._draws, self._course.spread)

    def CalculateFitness(self) -> float:
        """Compute the fitness of all individuals, sort them, and return the best."""
        population = self._population
        values = []
        for old, genes in zip(population.fitness, population.genes, strict=True):
            values.append(self.NewFitness(old, float(self._target.EstimatorFunction(genes))))
        population.fitness = values
        self._best = min(values)
        population.sort()
        return self._best

    def NewFitness(self, oldValue: float, newValue: float) -> float:  # noqa: ARG002 - a hook of TMVA's
        """Return the fitness of an individual; a subclass may mix in the one before."""
        return newValue

    def SpreadControl(self, ofSteps: int, successSteps: int, factor: float) -> float:
        """Let the spread of mutations grow after many successes and fall after few; return it."""
        self._course.control(self._best, int(ofSteps), int(successSteps), float(factor))
        return self._course.spread

    def HasConverged(self, steps: int = 10, improvement: float = 0.1) -> bool:
        """Return whether the last steps have not made the best value better by more than `improvement`."""
        return self._course.has_converged(self._best, int(steps), float(improvement))

    def GetGeneticPopulation(self) -> GeneticPopulation:
        """Return the population."""
        return GeneticPopulation(self._population)

    def GetSpread(self) -> float:
        """Return the spread of mutations."""
        return self._course.spread

    def SetSpread(self, spread: float) -> None:
        """Set the spread of mutations."""
        self._course.spread = float(spread)

    def SetMakeCopies(self, makes: bool) -> None:
        """Let the five best be copied before each generation."""
        self._makes_copies = bool(makes)

    def GetMakeCopies(self) -> bool:
        """Return whether the five best are copied."""
        return self._makes_copies
