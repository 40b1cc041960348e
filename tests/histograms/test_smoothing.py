"""Smoothing of histograms against the paper, point by point."""

from __future__ import annotations

import statistics

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tmva_py.histograms import smooth


def literal_smooth(contents: list[float]) -> list[float]:
    """353QH, twice, point by point as the paper has it."""

    def median(*values: float) -> float:
        return statistics.median(values)

    def once(z: list[float]) -> list[float]:
        n = len(z)
        a = [z[0], *(median(*z[i - 1 : i + 2]) for i in range(1, n - 1)), z[-1]]
        a[0] = median(a[0], a[1], 3 * a[1] - 2 * a[2])
        a[-1] = median(a[-1], a[-2], 3 * a[-2] - 2 * a[-3])
        b = list(a)
        for i in range(2, n - 2):
            b[i] = median(*a[i - 2 : i + 3])
        b[1], b[-2] = median(*a[:3]), median(*a[-3:])
        c = [b[0], *(median(*b[i - 1 : i + 2]) for i in range(1, n - 1)), b[-1]]
        q = list(c)
        for i in range(2, n - 2):
            if c[i - 1] == c[i] == c[i + 1] and (c[i - 2] - c[i]) * (c[i + 2] - c[i]) > 0:
                k = -1 if abs(c[i + 2] - c[i]) > abs(c[i - 2] - c[i]) else 1
                q[i] = -0.5 * c[i - 2 * k] + c[i] / 0.75 + c[i + 2 * k] / 6
                q[i + k] = 0.5 * (c[i + 2 * k] - c[i - 2 * k]) + c[i]
        return [q[0], *(0.25 * q[i - 1] + 0.5 * q[i] + 0.25 * q[i + 1] for i in range(1, n - 1)), q[-1]]

    first = once(contents)
    rough = once([x - s for x, s in zip(contents, first, strict=True)])
    total = [s + r for s, r in zip(first, rough, strict=True)]
    return total if min(contents) < 0 else [max(value, 0.0) for value in total]


@given(st.lists(st.integers(-3, 12), min_size=3, max_size=40))
@settings(deadline=None)
def test_smoothing_is_353qh_twice(contents: list[int]) -> None:
    values = [float(content) for content in contents]
    np.testing.assert_allclose(smooth(values), literal_smooth(values), rtol=1e-14, atol=1e-14)


def test_two_bins_are_not_smoothed_and_smoothing_can_be_repeated() -> None:
    np.testing.assert_array_equal(smooth([5, 1]), [5, 1])
    contents = np.random.default_rng(1).poisson(9, 30)
    np.testing.assert_array_equal(smooth(contents, 2), smooth(smooth(contents)))


def literal_old_smooth(contents: list[float]) -> list[float]:
    """ROOT 5's loops: medians of 5 and 3 are taken of the contents themselves, the last ones stay."""

    def once(y: list[float]) -> list[float]:
        n = len(y)
        z = [y[0], *(statistics.median(y[i - 1 : i + 2]) for i in range(1, n - 1)), y[-1]]
        q = list(y)
        for i in range(2, n - 2):
            if z[i - 1] == z[i] == z[i + 1] and (z[i - 2] - z[i]) * (z[i + 2] - z[i]) >= 0:
                k = -1 if abs(z[i + 2] - z[i]) > abs(z[i - 2] - z[i]) else 1
                q[i] = -0.5 * z[i - 2 * k] + z[i] / 0.75 + z[i + 2 * k] / 6
                q[i + k] = 0.5 * (z[i + 2 * k] - z[i - 2 * k]) + z[i]
        return [q[0], *(0.25 * q[i - 1] + 0.5 * q[i] + 0.25 * q[i + 1] for i in range(1, n - 1)), q[-1]]

    first = once(contents)
    rough = once([x - s for x, s in zip(contents, first, strict=True)])
    total = [s + r for s, r in zip(first, rough, strict=True)]
    return [one if x < 0 else abs(one) for one, x in zip(total, contents, strict=True)]


@given(st.lists(st.integers(-3, 12), min_size=3, max_size=40))
@settings(deadline=None)
def test_smoothing_as_in_root_5(contents: list[int]) -> None:
    values = [float(content) for content in contents]
    np.testing.assert_allclose(smooth(values, old=True), literal_old_smooth(values), rtol=1e-14, atol=1e-14)
