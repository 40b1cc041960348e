"""Sampling the density in a cell of a foam, and finding where the cell is best divided: TMVA's PDEFoam."""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any

# Comparisons at once.
_BLOCK = 1 << 20
# TMVA's largest number, and what it takes for nothing.
HUGE = 3.4028234663852886e38
TINY = 2.0**-52


class Box(NamedTuple):
    """A cell inside the foam, the foam's range, and half the box in which a density is measured; float64."""

    low: Array
    size: Array
    minimum: Array
    maximum: Array
    half: Array


@kernel
def sums_around(xp: Any, *, numbers: Array, box: Box, columns: Array, amounts: Array) -> tuple[Array, Array]:
    """How many events are around points of a cell, (N,), and what their `amounts` (k, n) add up to, (N, k).

    Points are where `numbers` (N, n_dimensions) between 0 and 1 put them. Events are `columns`
    (n_dimensions, n) in float32, the first one sorted; all else is float64. Sums are exact if the amounts
    were float32 of similar size, in whatever order.
    """
    lower, upper = _borders(xp, numbers, box)
    counts = xp.zeros(len(numbers))
    sums = xp.zeros((len(numbers), len(amounts)))
    step = max(1, _BLOCK // max(1, columns.shape[1]))
    for first in range(0, len(numbers), step):
        block = slice(first, first + step)
        inside = xp.ones((len(numbers[block]), columns.shape[1]), bool)
        for column, low, high in zip(columns, lower[block].T, upper[block].T, strict=True):
            inside &= (column > low[:, None]) & (column <= high[:, None])
        counts[block] = inside.sum(axis=1)
        sums[block] = inside @ amounts.T
    return counts, sums


def _borders(xp: Any, numbers: Array, box: Box) -> tuple[Array, Array]:
    """Return the borders of the boxes around points, which TMVA rounds inside the foam and outside."""
    inside = (box.low + numbers * box.size).astype(xp.float32).astype(xp.float64)
    points = (inside * (box.maximum - box.minimum) + box.minimum).astype(xp.float32).astype(xp.float64)
    return points - box.half, points + box.half


@kernel
def best_division(xp: Any, *, numbers: Array, weight: Array, n_bins: int) -> tuple[int, float]:
    """The dimension and the place at which a cell's spread of weights falls most, −1 where nothing is known.

    Of `weight` (N,) at points given by `numbers` (N, n_dimensions) between 0 and 1; places are multiples of
    1/n_bins.
    """
    n_points, squares = len(weight), float(xp.cumsum(weight * weight)[-1])
    whole = float(xp.sqrt(squares)) / float(xp.sqrt(float(n_points)))
    best, place, largest = -1, 0.5, 0.0
    for axis in range(numbers.shape[1]):
        bins = (n_bins * numbers[:, axis]).astype(xp.int64)
        # The square of a root, as TMVA asks for the bin's error.
        errors = xp.sqrt(xp.bincount(bins, weight * weight, minlength=n_bins))
        inside = errors * errors
        spread, low, high = HUGE, 0.0, 0.0
        for first in range(n_bins):
            within = 0.0
            for last in range(first, n_bins):
                within += float(inside[last])
                begin, end = first / n_bins, (last + 1) / n_bins
                found = spread_of(xp, within, squares, n_points, begin, end)
                if found < spread:
                    spread, low, high = found, begin, end
        gain = whole - spread if spread < HUGE else 0.0
        if gain >= largest:
            largest, best = gain, axis
            place = high if int(n_bins * low) == 0 else low
    return best, place


def spread_of(xp: Any, within: float, squares: float, n_points: int, begin: float, end: float) -> float:
    """Return the root mean squares inside a part of a cell and outside, by their sizes."""
    spread, part, rest = 0.0, end - begin, 1.0 - end + begin
    if part >= TINY:
        spread = float(xp.sqrt(within) / xp.sqrt(n_points * part)) * part
    if rest >= TINY and squares - within >= TINY:
        spread += float(xp.sqrt(squares - within) / xp.sqrt(n_points * rest)) * rest
    return spread
