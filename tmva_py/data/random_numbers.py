"""ROOT's random numbers and C++'s shuffles, number for number.

TMVA shuffles events with ``std::shuffle`` (before ROOT 6.14 or so: ``std::random_shuffle``), fed by
TRandom3. The standard leaves open how a shuffle draws its numbers, so the order of events depends on the
C++ library with which ROOT was built; each library's way is here under its name.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Indices: TypeAlias = npt.NDArray[np.int64]
Words: TypeAlias = npt.NDArray[np.uint64]

_TWO_32 = 2**32
_BLOCK = 65536
# Where ROOT begins to draw from a Poisson distribution by rejection.
_LARGE_MEAN = 25


class RootRandom:
    """The stream of TRandom3: MT19937 with the standard seeding, without its zeros.

    Parameters
    ----------
    seed : int
        0 means, as in ROOT, a fresh seed each time; `seed` then tells which.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed % _TWO_32 or secrets.randbelow(_TWO_32 - 1) + 1
        # The legacy generator is what ROOT's is: init_genrand's seeding, which Generator does not offer.
        self._state = np.random.RandomState(self.seed)
        self._words: Words = np.empty(0, np.uint64)
        self._position = 0

    def peek(self, count: int) -> Words:
        """Return the next `count` 32-bit words, none of them 0, without using them up."""
        while len(self._words) - self._position < count:
            fresh = self._state.randint(0, _TWO_32, max(count, _BLOCK), dtype=np.uint32).astype(np.uint64)
            self._words = np.concatenate([self._words[self._position :], fresh[fresh != 0]])
            self._position = 0
        return self._words[self._position : self._position + count]

    def advance(self, count: int) -> None:
        """Use up `count` words that were looked at."""
        self._position += count

    def draws(self, count: int) -> Words:
        """Return what `count` calls of ``RandomGenerator<TRandom3>`` give: ``TRandom3.Integer(2^32 - 1)``."""
        words = self.peek(count)
        self.advance(count)
        return words - np.uint64(1)

    def uniform(self, count: int) -> npt.NDArray[np.float64]:
        """Return what `count` calls of ``TRandom3.Rndm`` give, in (0, 1)."""
        words = self.peek(count)
        self.advance(count)
        return words.astype(np.float64) * 2.0**-32

    def poisson(self, mean: float) -> int:
        """Return what ``TRandom3.Poisson`` gives for a mean below 10⁹."""
        if mean <= 0:
            return 0
        if mean < _LARGE_MEAN:
            limit, product, count = math.exp(-mean), 1.0, -1
            while True:
                count += 1
                product *= float(self.uniform(1)[0])
                if product <= limit:
                    return count
        width, logarithm = math.sqrt(2.0 * mean), math.log(mean)
        scale = mean * logarithm - math.lgamma(mean + 1.0)
        while True:
            slope = math.tan(math.pi * float(self.uniform(1)[0]))
            guess = width * slope + mean
            if guess < 0:
                continue
            guess = math.floor(guess)
            height = (
                0.9 * (1.0 + slope * slope) * math.exp(guess * logarithm - math.lgamma(guess + 1.0) - scale)
            )
            if float(self.uniform(1)[0]) <= height:
                return int(guess)


Decision: TypeAlias = Callable[[Words, Words], tuple[Words, npt.NDArray[np.bool_]]]


def _bounded(random: RootRandom, bounds: Words, decide: Decision) -> Indices:
    """Draw one number below each bound; `decide` gives the numbers and which draws are thrown away.

    A draw that is thrown away shifts all later ones, so a block is used up to the first such place. Numbers
    are thrown away with a probability below bound / 2^32: blocks are made that short.
    """
    drawn = np.empty(len(bounds), np.int64)
    done = 0
    while done < len(bounds):
        run = 2 * _TWO_32 // int(bounds[done])
        block = bounds[done : done + min(max(run, 16), _BLOCK)]
        values, rejected = decide(random.peek(len(block)) - np.uint64(1), block)
        if rejected.any():
            good = int(np.argmax(rejected))
            random.advance(good + 1)
        else:
            good = len(block)
            random.advance(good)
        drawn[done : done + good] = values[:good]
        done += good
    return drawn


def _lemire(draws: Words, bounds: Words) -> tuple[Words, npt.NDArray[np.bool_]]:
    """``std::uniform_int_distribution`` of libstdc++ since GCC 11: D. Lemire, arXiv:1805.10941."""
    product = draws * bounds
    low = product & np.uint64(_TWO_32 - 1)
    return product >> np.uint64(32), low < (np.uint64(_TWO_32) - bounds) % bounds


def _scaling(draws: Words, bounds: Words) -> tuple[Words, npt.NDArray[np.bool_]]:
    """``std::uniform_int_distribution`` of libstdc++ before GCC 11: division by a whole factor."""
    factor = np.uint64(_TWO_32 - 1) // bounds
    return draws // factor, draws >= factor * bounds


def _libstdcxx(length: int, random: RootRandom, decide: Decision) -> list[int]:
    """``std::shuffle`` of libstdc++: two swaps for each number drawn as long as its range allows."""
    order = list(range(length))
    if length < 2:
        return order
    if (_TWO_32 - 1) // length < length:
        bounds = np.arange(2, length + 1, dtype=np.uint64)
        for i, j in enumerate(_bounded(random, bounds, decide).tolist(), start=1):
            order[i], order[j] = order[j], order[i]
        return order
    first = 1
    if length % 2 == 0:
        (j,) = _bounded(random, np.array([2], np.uint64), decide).tolist()
        order[1], order[j] = order[j], order[1]
        first = 2
    ranges = np.arange(first + 1, length, 2, dtype=np.uint64)
    pairs = _bounded(random, ranges * (ranges + np.uint64(1)), decide)
    divisors = ranges.astype(np.int64) + 1
    for i, a, b in zip(
        range(first, length, 2), (pairs // divisors).tolist(), (pairs % divisors).tolist(), strict=True
    ):
        order[i], order[a] = order[a], order[i]
        order[i + 1], order[b] = order[b], order[i + 1]
    return order


def shuffle_libstdcxx(length: int, random: RootRandom) -> list[int]:
    """Return the order that ``std::shuffle`` of libstdc++, GCC 11 or later, gives to 0 … length-1."""
    return _libstdcxx(length, random, _lemire)


def shuffle_old_libstdcxx(length: int, random: RootRandom) -> list[int]:
    """Return the order that ``std::shuffle`` of libstdc++ before GCC 11 gives to 0 … length-1."""
    return _libstdcxx(length, random, _scaling)


def shuffle_libcxx(length: int, random: RootRandom) -> list[int]:
    """Return the order that ``std::shuffle`` of libc++ (macOS) gives to 0 … length-1."""
    order = list(range(length))
    # Up to half of the draws are thrown away here, so blocks would be cut short all the time.
    words: list[int] = []
    used = 0
    for first in range(length - 1):
        left = length - first
        mask = (1 << (left - 1).bit_length()) - 1
        while True:
            if used == len(words):
                random.advance(used)
                words, used = (random.peek(min(_BLOCK, 2 * left)) - np.uint64(1)).tolist(), 0
            step = words[used] & mask
            used += 1
            if step < left:
                break
        order[first], order[first + step] = order[first + step], order[first]
    random.advance(used)
    return order


def random_shuffle(length: int, random: RootRandom) -> list[int]:
    """Return the order that ``std::random_shuffle`` of libstdc++ gives to 0 … length-1."""
    order = list(range(length))
    steps = (np.arange(2, length + 1) * random.uniform(max(0, length - 1))).astype(np.int64)
    for i, j in enumerate(steps.tolist(), start=1):
        order[i], order[j] = order[j], order[i]
    return order


Shuffle: TypeAlias = Callable[[int, RootRandom], list[int]]

DEFAULT_LIBRARY = "libstdc++"

SHUFFLES: MappingProxyType[str, Shuffle] = MappingProxyType(
    {
        DEFAULT_LIBRARY: shuffle_libstdcxx,
        "libstdc++-10": shuffle_old_libstdcxx,
        "libc++": shuffle_libcxx,
        "random_shuffle": random_shuffle,
    }
)
"""Shuffles by C++ library: Linux with GCC 11 or later, Linux before, macOS, ROOT before 6.14 or so."""
