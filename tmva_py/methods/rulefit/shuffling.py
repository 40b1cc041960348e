"""The order in which trees see their events: C++'s shuffles of ROOT's releases, number for number."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

# Of std::minstd_rand0, which is libstdc++'s default generator: S. Park and K. Miller, CACM 31 (1988) 1192.
_FACTOR, _MODULUS = 16807, 2**31 - 1
# Its numbers go from 1 to the modulus less 1.
_RANGE = _MODULUS - 2
# Of glibc's rand(): words of the state, how far apart those are that are added, and numbers thrown away.
_N_STATE, _APART, _SKIPPED = 31, 3, 310


def standard_order(length: int) -> npt.NDArray[np.int64]:
    """Return what ``std::shuffle`` of libstdc++ makes of 0 … length-1 with its generator of seed 0."""
    numbers = _park_miller()

    def draw(bound: int) -> int:
        scale = _RANGE // bound
        return next(one for one in numbers if one < scale * bound) // scale

    order = list(range(length))
    if length and _RANGE // length < length:
        for i in range(1, length):
            _swap(order, i, draw(i + 1))
        return np.array(order, np.int64)
    first = 1
    if length and length % 2 == 0:
        _swap(order, 1, draw(2))
        first = 2
    # One number for two swaps.
    for i in range(first, length, 2):
        one, other = divmod(draw((i + 1) * (i + 2)), i + 2)
        _swap(order, i, one)
        _swap(order, i + 1, other)
    return np.array(order, np.int64)


def old_order(length: int) -> npt.NDArray[np.int64]:
    """Return what TMVA 4.2 makes of 0 … length-1 with ``std::random_shuffle`` and the C library's ``rand``.

    It has shuffled as many numbers before, when it was booked, and twice as many at the training's start.
    """
    numbers = _rand()
    used = max(0, length - 1) + max(0, 2 * length - 1)
    order = list(range(length))
    for i, number in enumerate(itertools.islice(numbers, used, used + max(0, length - 1)), start=1):
        _swap(order, i, number % (i + 1))
    return np.array(order, np.int64)


def _swap(order: list[int], i: int, j: int) -> None:
    order[i], order[j] = order[j], order[i]


def _park_miller() -> Iterator[int]:
    """Yield the generator's numbers less 1; the seed 0 is taken for 1."""
    state = 1
    while True:
        state = state * _FACTOR % _MODULUS
        yield state - 1


def _rand() -> Iterator[int]:
    """Yield the numbers of glibc's ``rand`` after ``srand(0)``, which is taken for 1."""
    state = [1]
    while len(state) < _N_STATE:
        state.append(state[-1] * _FACTOR % _MODULUS)
    place = _APART
    for number in itertools.count():
        # The state's word from three before is added to that from 31 before, in its place.
        state[place] = (state[place] + state[place - _APART]) % 2**32
        if number >= _SKIPPED:
            yield state[place] >> 1
        place = (place + 1) % _N_STATE
