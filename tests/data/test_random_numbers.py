"""Shuffles against word-by-word transliterations of the C++ libraries' code."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
import pytest

from tmva_py.data.random_numbers import SHUFFLES, RootRandom


class Words:
    """MT19937 written out: init_genrand and the tempering, one word at a time, without zeros."""

    def __init__(self, seed: int) -> None:
        state = [seed]
        for i in range(1, 624):
            state.append((1812433253 * (state[-1] ^ (state[-1] >> 30)) + i) & 0xFFFFFFFF)
        self.state, self.place = state, 624

    def word(self) -> int:
        while True:
            if self.place == 624:
                for i in range(624):
                    y = (self.state[i] & 0x80000000) | (self.state[(i + 1) % 624] & 0x7FFFFFFF)
                    self.state[i] = self.state[(i + 397) % 624] ^ (y >> 1) ^ (0x9908B0DF if y & 1 else 0)
                self.place = 0
            y = self.state[self.place]
            self.place += 1
            y ^= y >> 11
            y ^= (y << 7) & 0x9D2C5680
            y ^= (y << 15) & 0xEFC60000
            y ^= y >> 18
            if y:
                return y

    def __call__(self) -> int:
        """``TRandom3::Integer(4294967295)``, in double as ROOT computes it."""
        return int(4294967295 * (self.word() * 2.3283064365386963e-10))


def lemire(draw: Words, bound: int) -> int:
    product = draw() * bound
    if product % 2**32 < bound:
        threshold = (2**32 - bound) % bound
        while product % 2**32 < threshold:
            product = draw() * bound
    return product >> 32


def scaled(draw: Words, bound: int) -> int:
    scaling = (2**32 - 1) // bound
    while (value := draw()) >= scaling * bound:
        pass
    return value // scaling


def libstdcxx(uniform: Callable[[Words, int], int]) -> Callable[[list[int], Words], None]:
    def shuffle(v: list[int], draw: Words) -> None:
        n = len(v)
        if n == 0:
            return
        if (2**32 - 1) // n >= n:
            i = 1
            if n % 2 == 0:
                j = uniform(draw, 2)
                v[i], v[j] = v[j], v[i]
                i += 1
            while i < n:
                r = i + 1
                x = uniform(draw, r * (r + 1))
                for position in divmod(x, r + 1):
                    v[i], v[position] = v[position], v[i]
                    i += 1
        else:
            for i in range(1, n):
                j = uniform(draw, i + 1)
                v[i], v[j] = v[j], v[i]

    return shuffle


def libcxx(v: list[int], draw: Words) -> None:
    for first in range(len(v) - 1):
        left = len(v) - first
        width = math.ceil(math.log2(left))
        while (step := draw() % 2**width) >= left:
            pass
        v[first], v[first + step] = v[first + step], v[first]


def old_random_shuffle(v: list[int], draw: Words) -> None:
    for i in range(1, len(v)):
        j = int((i + 1) * (draw.word() * 2.3283064365386963e-10))
        if i != j:
            v[i], v[j] = v[j], v[i]


REFERENCES = {
    "libstdc++": libstdcxx(lemire),
    "libstdc++-10": libstdcxx(scaled),
    "libc++": libcxx,
    "random_shuffle": old_random_shuffle,
}


@pytest.mark.parametrize("library", SHUFFLES)
@pytest.mark.parametrize("seed", [100, 1, 2**32 - 1])
def test_shuffles_follow_the_libraries(library: str, seed: int) -> None:
    """Several lengths in a row from one stream, so that each must use up exactly its numbers."""
    random, words = RootRandom(seed), Words(seed)
    for length in (0, 1, 2, 3, 4, 5, 7, 100, 101, 6000, 1, 33_333):
        expected = list(range(length))
        REFERENCES[library](expected, words)
        assert SHUFFLES[library](length, random) == expected, (library, length)


@pytest.mark.parametrize("library", SHUFFLES)
@pytest.mark.parametrize("length", [60_000, 65_535, 65_536, 70_001])
def test_long_shuffles(library: str, length: int) -> None:
    """Around the length at which libstdc++ stops drawing two places at once; many draws are rejected."""
    random, words = RootRandom(100), Words(100)
    expected = list(range(length))
    REFERENCES[library](expected, words)
    assert SHUFFLES[library](length, random) == expected
    assert random.draws(1)[0] == words()


def test_known_words() -> None:
    """The first word of MT19937 for seed 5489 is in the reference implementation's output."""
    assert RootRandom(5489).peek(1)[0] == 3499211612
    assert Words(5489).word() == 3499211612


@pytest.mark.parametrize("library", SHUFFLES)
def test_every_order_is_equally_likely(library: str) -> None:
    random = RootRandom(7)
    orders: dict[tuple[int, ...], int] = {}
    n_trials = 24_000
    for _ in range(n_trials):
        order = tuple(SHUFFLES[library](4, random))
        orders[order] = orders.get(order, 0) + 1
    expected = n_trials / math.factorial(4)
    chi_squared = sum((count - expected) ** 2 / expected for count in orders.values())
    assert len(orders) == 24
    assert chi_squared < 60  # 23 degrees of freedom: beyond 60 with a probability of 4e-5


def test_seed_zero_is_fresh_and_told() -> None:
    first, second = RootRandom(0), RootRandom(0)
    assert first.seed != second.seed
    assert first.seed != 0
    np.testing.assert_array_equal(RootRandom(first.seed).draws(5), first.draws(5))


def test_a_million_events_take_about_a_second() -> None:
    start = time.process_time()
    order = SHUFFLES["libstdc++"](1_000_000, RootRandom(100))
    assert time.process_time() - start < 3
    assert sorted(order) == list(range(1_000_000))
