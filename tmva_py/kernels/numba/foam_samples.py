"""Sampling in cells, compiled: events whose first variable is near are looked at, a row at a time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tmva_py.kernels.foam_samples import HUGE, TINY, Box, best_division, sums_around
from tmva_py.kernels.numba.compiling import borrowing, compiled_in_any_order
from tmva_py.kernels.numba.threads import for_each

Array = Any

# Points that a thread takes at once, and events that are looked at together.
BLOCK = 128
ROW = 256


@borrowing
def first_above(sorted_values: Array, border: Any) -> int:
    """Return the place of the first value above a border."""
    low, high = 0, sorted_values.size
    while low < high:
        middle = (low + high) // 2
        if sorted_values[middle] > border:
            high = middle
        else:
            low = middle + 1
    return low


@borrowing
def rounded_down(value: float) -> Any:
    """Return the largest float32 that is not above: comparisons of float32 with it come out the same."""
    single = np.float32(value)
    return np.nextafter(single, np.float32(-np.inf)) if np.float64(single) > value else single


@compiled_in_any_order
def keep_between(column: Array, low: Any, high: Any, flags: Array) -> int:
    """Clear the flags of values that are not between; return how many are left."""
    left = 0
    for j in range(column.size):
        flags[j] = flags[j] & (column[j] > low) & (column[j] <= high)
        left += flags[j]
    return left


@compiled_in_any_order
def sum_flagged(flags: Array, amounts: Array) -> float:
    """Return the sum of the amounts whose flag is set."""
    total = 0.0
    for j in range(amounts.size):
        total += amounts[j] if flags[j] else 0.0
    return total


@borrowing
def look_around(
    numbers: Array,
    first: int,
    last: int,
    low: Array,
    size: Array,
    minimum: Array,
    maximum: Array,
    half: Array,
    columns: Array,
    amounts: Array,
    lower: Array,
    upper: Array,
    flags: Array,
    counts: Array,
    sums: Array,
) -> None:
    """Write counts and sums around some points; `lower`, `upper` and `flags` are room."""
    n_dimensions = numbers.shape[1]
    for i in range(first, last):
        for axis in range(n_dimensions):
            inside = np.float64(np.float32(low[axis] + numbers[i, axis] * size[axis]))
            point = np.float64(np.float32(inside * (maximum[axis] - minimum[axis]) + minimum[axis]))
            lower[axis] = rounded_down(point - half[axis])
            upper[axis] = rounded_down(point + half[axis])
        begin, end = first_above(columns[0], lower[0]), first_above(columns[0], upper[0])
        count = 0
        for start in range(begin, end, ROW):
            stop = min(start + ROW, end)
            row = flags[: stop - start]
            row[:] = 1
            left = stop - start
            for axis in range(1, n_dimensions):
                if left:
                    left = keep_between(columns[axis, start:stop], lower[axis], upper[axis], row)
            if left:
                count += left
                for k in range(amounts.shape[0]):
                    sums[i, k] += sum_flagged(row, amounts[k, start:stop])
        counts[i] = count


@borrowing
def spread_within(within: float, squares: float, n_points: int, begin: float, end: float) -> float:
    """Return the root mean squares inside a part of a cell and outside, by their sizes."""
    spread, part, rest = 0.0, end - begin, 1.0 - end + begin
    if part >= TINY:
        spread = math.sqrt(within) / math.sqrt(n_points * part) * part
    if rest >= TINY and squares - within >= TINY:
        spread += math.sqrt(squares - within) / math.sqrt(n_points * rest) * rest
    return spread


@borrowing
def divide_best(numbers: Array, weight: Array, n_bins: int, inside: Array) -> tuple[int, float]:
    """Return the best division; `inside` (n_bins,) is room."""
    n_points = weight.size
    squares = 0.0
    for i in range(n_points):
        squares += weight[i] * weight[i]
    whole = math.sqrt(squares) / math.sqrt(np.float64(n_points))
    best, place, largest = -1, 0.5, 0.0
    for axis in range(numbers.shape[1]):
        inside[:] = 0.0
        for i in range(n_points):
            inside[int(n_bins * numbers[i, axis])] += weight[i] * weight[i]
        for j in range(n_bins):
            error = math.sqrt(inside[j])
            inside[j] = error * error
        spread, low, high = HUGE, 0.0, 0.0
        for first in range(n_bins):
            within = 0.0
            for last in range(first, n_bins):
                within += inside[last]
                begin, end = first / n_bins, (last + 1) / n_bins
                found = spread_within(within, squares, n_points, begin, end)
                if found < spread:
                    spread, low, high = found, begin, end
        gain = whole - spread if spread < HUGE else 0.0
        if gain >= largest:
            largest, best = gain, axis
            place = high if int(n_bins * low) == 0 else low
    return best, place


@sums_around.override("numba")
def _sums_around(xp: Any, *, numbers: Array, box: Box, columns: Array, amounts: Array) -> tuple[Array, Array]:
    counts = xp.zeros(len(numbers))
    sums = xp.zeros((len(numbers), len(amounts)))
    n_dimensions = len(columns)

    def block(place: int) -> None:
        first, last = place * BLOCK, min((place + 1) * BLOCK, len(numbers))
        room = xp.empty((2, n_dimensions), xp.float32)
        flags = xp.empty(ROW, xp.int32)
        look_around(numbers, first, last, *box, columns, amounts, room[0], room[1], flags, counts, sums)

    for_each(block, -(-len(numbers) // BLOCK), 1.0 * len(numbers) * columns.shape[1])
    return counts, sums


@best_division.override("numba")
def _best_division(xp: Any, *, numbers: Array, weight: Array, n_bins: int) -> tuple[int, float]:
    axis, place = divide_best(numbers, weight, n_bins, xp.empty(n_bins, xp.float64))
    return int(axis), float(place)
