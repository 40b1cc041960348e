"""Random parameters: those with the smallest value win."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tmva_py.data.random_numbers import RootRandom
from tmva_py.fitters.base import MOST, Doubles, Estimator, FitResult, Fitter
from tmva_py.fitters.interval import Interval
from tmva_py.fitters.streams import uniform_stream
from tmva_py.options import Option

# Samples at once.
_BLOCK = 8192

SEED_DOC = "seed of the random numbers; 0 draws a fresh one"


class MonteCarloFitter(Fitter):
    """Samples the ranges evenly, or with ``Sigma`` around the best parameters so far."""

    options = (
        Option("SampleSize", int, 100000, minimum=1, below=MOST, doc="number of random sets of parameters"),
        Option(
            "Sigma", float, -1.0, below=100,
            doc="above 0: draw around the best set, with this part of the ranges as deviation",
        ),
        Option("Seed", int, 100, minimum=0, doc=SEED_DOC),
    )  # fmt: skip

    @property
    def expected_sets(self) -> int:
        """The size of the sample."""
        return int(self.values["SampleSize"])

    def run(
        self, estimator: Estimator, ranges: Sequence[Interval], start: Doubles | None = None
    ) -> FitResult:
        """Return the best set of the sample; there is no start."""
        del start
        self.log.info("<MCFitter> Sampling, please be patient ...")
        random = RootRandom(self.values["Seed"])
        with self.timed():
            if self.values["Sigma"] > 0:
                return self._around_the_best(estimator, ranges, uniform_stream(random))
            return self._anywhere(estimator, ranges, random)

    def _anywhere(self, estimator: Estimator, ranges: Sequence[Interval], random: RootRandom) -> FitResult:
        free = [one for one in ranges if one.is_free]
        random.uniform(1 + len(free))  # TMVA draws a number and a set that it does not use
        best, smallest = np.empty(len(ranges)), np.inf
        left = self.values["SampleSize"]
        while left > 0:
            block = min(left, _BLOCK)
            left -= block
            sample = sampled(ranges, random.uniform(block * len(free)).reshape(block, len(free)))
            values = estimator(sample)
            place = int(np.argmin(values))
            if values[place] < smallest:
                best, smallest = sample[place], float(values[place])
        return FitResult(best, smallest)

    def _around_the_best(
        self, estimator: Estimator, ranges: Sequence[Interval], draws: Iterator[float]
    ) -> FitResult:
        next(draws)
        # The set that is drawn first is the best one until there is another.
        best = [one.drawn(draws) for one in ranges]
        smallest, sigma = np.inf, self.values["Sigma"]
        for sample in range(self.values["SampleSize"]):
            parameters = [
                one.near(value, sigma, draws, mirrored=False) for one, value in zip(ranges, best, strict=True)
            ]
            row = np.array([parameters])
            value = float(estimator(row)[0])
            if value < smallest or sample == 0:
                best, smallest = row[0].tolist(), value
        return FitResult(np.array(best), smallest)


def sampled(ranges: Sequence[Interval], draws: Doubles) -> Doubles:
    """Return parameters for uniform random numbers, one column for each range that is free."""
    columns = iter(draws.T)
    sample = np.empty((len(draws), len(ranges)))
    for number, one in enumerate(ranges):
        if one.n_points:
            steps = (next(columns) * one.n_points).astype(np.int64) / (one.n_points - 1)
            sample[:, number] = one.minimum + steps * one.width
        elif one.is_free:
            sample[:, number] = one.minimum + one.width * next(columns)
        else:
            sample[:, number] = one.minimum
    return sample
