"""``gRandom`` and ``TRandom3``: ROOT's numbers, one by one."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.data.random_numbers import RootRandom
from tmva_py.fitters.streams import gaussian
from tmva_py.pyroot.standin.objects import TObject

_FIRST_SEED = 4357
_BLOCK = 4096


class TRandom3(TObject):
    """The generator MT19937 with ROOT's seeding; the same seed gives ROOT's numbers."""

    def __init__(self, seed: int = _FIRST_SEED) -> None:
        self.SetSeed(seed)

    def SetSeed(self, seed: int = 0) -> None:
        self._random = RootRandom(int(seed))
        self._block = iter(list[float]())
        self._draws = self._stream()
        self.Rndm = self._draws.__next__

    def _stream(self) -> Iterator[float]:
        while True:
            self._block = iter(self._random.uniform(_BLOCK).tolist())
            yield from self._block

    def uniforms(self, count: int) -> npt.NDArray[np.float64]:
        """Return what `count` calls of `Rndm` give."""
        left = list(itertools.islice(self._block, count))
        return np.concatenate([left, self._random.uniform(count - len(left))])

    def GetSeed(self) -> int:
        return self._random.seed

    def Uniform(self, *ends: float) -> float:
        low, high = ends if len(ends) == 2 else (0.0, ends[0] if ends else 1.0)
        return low + (high - low) * self.Rndm()

    def Gaus(self, mean: float = 0.0, sigma: float = 1.0) -> float:
        return gaussian(self._draws, mean, sigma)

    def Exp(self, tau: float) -> float:
        return -tau * math.log(self.Rndm())

    def Integer(self, largest: int) -> int:
        return int(largest * self.Rndm())

    def Poisson(self, mean: float) -> int:
        if mean <= 0:
            return 0
        if mean < 25:
            limit, product, count = math.exp(-mean), 1.0, -1
            while product > limit or count < 0:
                count += 1
                product *= self.Rndm()
            return count
        width, logarithm = math.sqrt(2 * mean), math.log(mean)
        scale = mean * logarithm - math.lgamma(mean + 1)
        while True:
            slope = math.tan(math.pi * self.Rndm())
            guess = width * slope + mean
            if guess >= 0:
                found = math.floor(guess)
                height = 0.9 * (1 + slope * slope)
                if self.Rndm() <= height * math.exp(found * logarithm - math.lgamma(found + 1) - scale):
                    return found

    def Binomial(self, trials: int, probability: float) -> int:
        return sum(self.Rndm() <= probability for _ in range(trials))

    def BreitWigner(self, mean: float = 0.0, gamma: float = 1.0) -> float:
        return mean + 0.5 * gamma * math.tan(math.asin(1.0) * (2 * self.Rndm() - 1))

    def RndmArray(self, count: int, values: Any) -> None:
        for index, value in enumerate(self.uniforms(count).tolist()):
            values[index] = value


TRandom = TRandom1 = TRandom2 = TRandom3


@functools.cache
def generator() -> TRandom3:
    """Return the process's generator, which scripts call ``gRandom``."""
    return TRandom3(_FIRST_SEED)


gRandom = generator()
