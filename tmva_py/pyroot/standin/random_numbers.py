"""``gRandom`` and the classes of random numbers: ROOT's numbers, one by one."""

from __future__ import annotations

import functools
import itertools
import math
import secrets
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.data.random_numbers import RootRandom
from tmva_py.fitters.streams import gaussian
from tmva_py.pyroot.standin.objects import TObject
from tmva_py.pyroot.standin.references import put

_FIRST_SEED = 4357
_BLOCK = 4096
_WORD = 2**32
# Means from which ROOT draws Poisson numbers by rejection, and by a Gaussian.
_LARGE_MEAN, _HUGE_MEAN = 25, 1e9


class TRandom(TObject):
    """A linear congruential generator, and the distributions that all generators have."""

    first_seed = 65539

    def __init__(self, seed: int | None = None) -> None:
        self.SetSeed(self.first_seed if seed is None else seed)

    def SetSeed(self, seed: int = 0) -> None:
        """Begin anew; 0 is a fresh seed each time."""
        self._seed = int(seed) % _WORD or secrets.randbelow(_WORD - 1) + 1
        self._draws = self._stream(self._seed)
        self.Rndm = self._draws.__next__

    def _stream(self, seed: int) -> Iterator[float]:
        while True:
            seed = (1103515245 * seed + 12345) & 0x7FFFFFFF
            if seed:
                yield seed * 4.6566128730774e-10

    def uniforms(self, count: int) -> npt.NDArray[np.float64]:
        """Return what `count` calls of `Rndm` give."""
        return np.fromiter(self._draws, np.float64, count)

    def GetName(self) -> str:
        return type(self).__name__.removeprefix("T")

    def GetSeed(self) -> int:
        return self._seed

    def Uniform(self, *ends: float) -> float:
        low, high = ends if len(ends) == 2 else (0.0, ends[0] if ends else 1.0)
        return low + (high - low) * self.Rndm()

    def Gaus(self, mean: float = 0.0, sigma: float = 1.0) -> float:
        return gaussian(self._draws, mean, sigma)

    def Rannor(self, a: Any, b: Any) -> None:
        """Draw two numbers of the standard Gaussian distribution."""
        radius = math.sqrt(-2.0 * math.log(self.Rndm()))
        angle = self.Rndm() * 6.28318530717958623
        put(a, radius * math.sin(angle))
        put(b, radius * math.cos(angle))

    def Exp(self, tau: float) -> float:
        return -tau * math.log(self.Rndm())

    def Integer(self, largest: int) -> int:
        return int(largest * self.Rndm())

    def Poisson(self, mean: float) -> int:
        if mean <= 0:
            return 0
        if mean < _LARGE_MEAN:
            limit, product, count = math.exp(-mean), 1.0, -1
            while product > limit or count < 0:
                count += 1
                product *= self.Rndm()
            return count
        if mean >= _HUGE_MEAN:
            return int(self.Gaus(0.0, 1.0) * math.sqrt(mean) + mean + 0.5)
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

    def PoissonD(self, mean: float) -> float:
        return float(self.Poisson(mean))

    def Binomial(self, trials: int, probability: float) -> int:
        if not 0 <= probability <= 1:
            return 0
        return sum(self.Rndm() <= probability for _ in range(trials))

    def BreitWigner(self, mean: float = 0.0, gamma: float = 1.0) -> float:
        return mean + 0.5 * gamma * math.tan(math.asin(1.0) * (2 * self.Rndm() - 1))

    def Circle(self, x: Any, y: Any, radius: float) -> None:
        """Draw a point of a circle."""
        angle = self.Uniform(0.0, 2 * math.pi)
        put(x, radius * math.cos(angle))
        put(y, radius * math.sin(angle))

    def Sphere(self, x: Any, y: Any, z: Any, radius: float) -> None:
        """Draw a point of the surface of a sphere."""
        square = 1.0
        while square > 0.25:
            a, b = self.Rndm() - 0.5, self.Rndm() - 0.5
            square = a * a + b * b
        put(z, radius * (-1.0 + 8.0 * square))
        scale = 8.0 * radius * math.sqrt(0.25 - square)
        put(x, a * scale)
        put(y, b * scale)

    def RndmArray(self, count: int, values: Any) -> None:
        for index, value in enumerate(self.uniforms(count).tolist()):
            values[index] = value


class TRandom2(TRandom):
    """The generator of Tausworthe with three words."""

    first_seed = 1

    def _stream(self, seed: int) -> Iterator[float]:
        words = []
        for least in (2, 8, 16):
            seed = (69069 * seed) % _WORD
            seed += least if seed < least else 0
            words.append(seed)
        for number in itertools.count():
            words = [_shifted(word, *rule) for word, rule in zip(words, _TAUSWORTHE, strict=True)]
            joined = words[0] ^ words[1] ^ words[2]
            # The first ones are thrown away.
            if joined and number >= _WARMED_UP:
                yield joined * 2.3283064365386963e-10


_WARMED_UP = 6
_TAUSWORTHE = ((13, 19, 4294967294, 12), (2, 25, 4294967288, 4), (3, 11, 4294967280, 17))


def _shifted(word: int, left: int, right: int, mask: int, up: int) -> int:
    return (((word & mask) << up) % _WORD) ^ ((((word << left) % _WORD) ^ word) >> right)


class TRandom3(TRandom):
    """The generator MT19937 with ROOT's seeding; the same seed gives ROOT's numbers."""

    first_seed = _FIRST_SEED

    def _stream(self, seed: int) -> Iterator[float]:
        self._random = RootRandom(seed)
        self._block = iter(list[float]())
        return self._blocks()

    def _blocks(self) -> Iterator[float]:
        while True:
            self._block = iter(self._random.uniform(_BLOCK).tolist())
            yield from self._block

    def uniforms(self, count: int) -> npt.NDArray[np.float64]:
        """Return what `count` calls of `Rndm` give."""
        left = list(itertools.islice(self._block, count))
        return np.concatenate([left, self._random.uniform(count - len(left))])


class TRandom1(TRandom3):
    """In ROOT another generator, RANLUX; here the numbers of TRandom3."""


@functools.cache
def generator() -> TRandom3:
    """Return the process's generator, which scripts call ``gRandom``."""
    return TRandom3(_FIRST_SEED)


gRandom = generator()
