"""The best cut on each variable of a node, compiled.

Ranges and bins are computed in vectors, histograms of up to four variables are filled at a time.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.indices import index_of, variance_of
from tmva_py.kernels.separation import SMALLEST_GAIN, VARIANCE

Array = Any

# Events whose bins are kept in the nearest cache.
BLOCK = 1024
# Variables whose histograms are filled together.
TOGETHER = 4
# Numbers of a bin: sums for signal and background, events and one of no use; or sums for signal, background,
# wt and wt², events and three of no use.
SUMS_OF_CLASSES, SUMS_OF_TARGETS = 4, 8
LANES = 16
U1, U2, U3, U4, U8 = (np.uint64(number) for number in (1, 2, 3, 4, 8))


@borrowing
def column_range(values: Array, start: int, stop: int, ends: Array) -> None:
    """Write the smallest and the largest value first; what is no number counts only if it is first."""
    low, high = ends[0], ends[1]
    low[:] = values[start]
    high[:] = values[start]
    whole = start + (stop - start) // LANES * LANES
    for i in range(start, whole, LANES):
        for j in range(LANES):
            value = values[np.uint64(i + j)]
            low[j] = value if value < low[j] else low[j]
            high[j] = value if value > high[j] else high[j]
    for i in range(whole, stop):
        value = values[i]
        low[0] = value if value < low[0] else low[0]
        high[0] = value if value > high[0] else high[0]
    for j in range(1, LANES):
        low[0] = low[j] if low[j] < low[0] else low[0]
        high[0] = high[j] if high[j] > high[0] else high[0]


@borrowing
def find_bins(
    values: Array, start: int, n: int, low: float, factor: float, divisor: float, last: float, bins: Array
) -> None:
    """Write the bins of some events."""
    # Unsigned numbers of elements here and below: of signed ones numba asks whether they are below 0.
    if divisor == 1.0:  # a division takes its time
        for i in range(n):
            place = factor * (np.float64(values[np.uint64(start + i)]) - low)
            above = place if place > 0 else 0.0
            bins[np.uint64(i)] = np.uint32(above if above < last else last)
    else:
        for i in range(n):
            place = factor * (np.float64(values[np.uint64(start + i)]) - low) / divisor
            above = place if place > 0 else 0.0
            bins[np.uint64(i)] = np.uint32(above if above < last else last)


@borrowing
def fill_four_of_classes(bins: Array, n: int, amounts: Array, start: int, sums: Array, size: int) -> None:
    """Add events to the histograms of four variables."""
    for i in range(n):
        s, b = amounts[start + i, 0], amounts[start + i, 1]
        for j in range(4):
            o = np.uint64(j * size) + U4 * np.uint64(bins[j, i])
            c0, c1, c2 = sums[o], sums[o + U1], sums[o + U2]
            sums[o] = c0 + s
            sums[o + U1] = c1 + b
            sums[o + U2] = c2 + 1.0


@borrowing
def fill_two_of_classes(bins: Array, n: int, amounts: Array, start: int, sums: Array, size: int) -> None:
    """Add events to the histograms of two variables."""
    for i in range(n):
        s, b = amounts[start + i, 0], amounts[start + i, 1]
        for j in range(2):
            o = np.uint64(j * size) + U4 * np.uint64(bins[j, i])
            c0, c1, c2 = sums[o], sums[o + U1], sums[o + U2]
            sums[o] = c0 + s
            sums[o + U1] = c1 + b
            sums[o + U2] = c2 + 1.0


@borrowing
def fill_of_classes(bins: Array, n: int, amounts: Array, start: int, sums: Array, place: int) -> None:
    """Add events to the histogram of one variable."""
    for i in range(n):
        o = place + 4 * bins[i]
        sums[o] += amounts[start + i, 0]
        sums[o + 1] += amounts[start + i, 1]
        sums[o + 2] += 1.0


@borrowing
def fill_four_of_targets(bins: Array, n: int, amounts: Array, start: int, sums: Array, size: int) -> None:
    """As `fill_four_of_classes`, with the sums of a target."""
    for i in range(n):
        s, b = amounts[start + i, 0], amounts[start + i, 1]
        t, t2 = amounts[start + i, 2], amounts[start + i, 3]
        for j in range(4):
            o = np.uint64(j * size) + U8 * np.uint64(bins[j, i])
            c0, c1, c2, c3, c4 = sums[o], sums[o + U1], sums[o + U2], sums[o + U3], sums[o + U4]
            sums[o] = c0 + s
            sums[o + U1] = c1 + b
            sums[o + U2] = c2 + t
            sums[o + U3] = c3 + t2
            sums[o + U4] = c4 + 1.0


@borrowing
def fill_two_of_targets(bins: Array, n: int, amounts: Array, start: int, sums: Array, size: int) -> None:
    """As `fill_two_of_classes`, with the sums of a target."""
    for i in range(n):
        s, b = amounts[start + i, 0], amounts[start + i, 1]
        t, t2 = amounts[start + i, 2], amounts[start + i, 3]
        for j in range(2):
            o = np.uint64(j * size) + U8 * np.uint64(bins[j, i])
            c0, c1, c2, c3, c4 = sums[o], sums[o + U1], sums[o + U2], sums[o + U3], sums[o + U4]
            sums[o] = c0 + s
            sums[o + U1] = c1 + b
            sums[o + U2] = c2 + t
            sums[o + U3] = c3 + t2
            sums[o + U4] = c4 + 1.0


@borrowing
def fill_of_targets(bins: Array, n: int, amounts: Array, start: int, sums: Array, place: int) -> None:
    """As `fill_of_classes`, with the sums of a target."""
    for i in range(n):
        o = place + 8 * bins[i]
        for k in range(4):
            sums[o + k] += amounts[start + i, k]
        sums[o + 4] += 1.0


@borrowing
def best_cut(
    sums: Array,
    place: int,
    n_bins: int,
    n_events: int,
    totals: Array,
    separation: int,
    min_size: float,
    found: Array,
) -> None:
    """Turn a histogram into sums below each cut; write to `found` the best gain, its cut and the type."""
    width = SUMS_OF_TARGETS if separation == VARIANCE else SUMS_OF_CLASSES
    count = 4 if separation == VARIANCE else 2
    for i in range(1, n_bins):
        o = place + i * width
        for k in range(count + 1):
            sums[o + k] += sums[o + k - width]
    all_s, all_b = totals[0], totals[1]
    whole = all_s + all_b
    last = place + (n_bins - 1) * width
    all_t, all_t2, parent = 0.0, 0.0, 0.0
    if separation == VARIANCE:
        all_t, all_t2 = sums[last + 2], sums[last + 3]
        parent = whole * variance_of(whole, all_t, all_t2)
    else:
        parent = whole * index_of(separation, all_s, all_b)
    found[0] = -1.0
    for i in range(n_bins - 1):
        o = place + i * width
        s, b, entries = sums[o], sums[o + 1], sums[o + count]
        rest_s, rest_b = all_s - s, all_b - b
        if (
            entries < min_size
            or n_events - entries < min_size
            or not s + b >= min_size
            or not rest_s + rest_b >= min_size
        ):
            continue
        if separation == VARIANCE:
            n, t, t2 = s + b, sums[o + 2], sums[o + 3]
            if n in (whole, 0.0):
                gain = 0.0
            else:
                above = (whole - n) * variance_of(whole - n, all_t - t, all_t2 - t2)
                gain = (parent - above - n * variance_of(n, t, t2)) / parent
        else:
            above = (rest_s + rest_b) * index_of(separation, rest_s, rest_b)
            gain = parent - above - (s + b) * index_of(separation, s, b)
            nothing = (rest_s == s and rest_b == b) or gain < SMALLEST_GAIN
            gain = 0.0 if nothing else gain / whole
        if gain > found[0]:
            found[0] = gain
            found[1] = i
            found[2] = 1.0 if separation == VARIANCE or s / all_s > b / all_b else 0.0


@borrowing
def fill(
    bins: Array, k: int, n: int, amounts: Array, at: int, sums: Array, size: int, separation: int
) -> None:
    """Add events to the histograms of k variables."""
    j = 0
    if separation == VARIANCE:
        if k == 4:
            fill_four_of_targets(bins, n, amounts, at, sums, size)
            j = 4
        elif k >= 2:
            fill_two_of_targets(bins, n, amounts, at, sums, size)
            j = 2
        for one in range(j, k):
            fill_of_targets(bins[one], n, amounts, at, sums, one * size)
    else:
        if k == 4:
            fill_four_of_classes(bins, n, amounts, at, sums, size)
            j = 4
        elif k >= 2:
            fill_two_of_classes(bins, n, amounts, at, sums, size)
            j = 2
        for one in range(j, k):
            fill_of_classes(bins[one], n, amounts, at, sums, one * size)


@borrowing
def search(
    columns: Array,
    amounts: Array,
    start: int,
    stop: int,
    first: int,
    last: int,
    totals: Array,
    usable: Array,
    n_bins: Array,
    separation: int,
    min_size: float,
    narrow: float,
    divides: bool,
    bins: Array,
    sums: Array,
    ends: Array,
    numbers: Array,
    together: Array,
    results: Array,
) -> None:
    """Write the best cut of each variable from `first` to `last`, and what node 0 of a target needs.

    A row of `results` has gain, place, type, bins, smallest value, width, and for variable 0 two means.
    """
    factors, divisors, found = numbers[0], numbers[1], numbers[2]
    width = SUMS_OF_TARGETS if separation == VARIANCE else SUMS_OF_CLASSES
    size = sums.size // TOGETHER
    k = 0
    for variable in range(first, last):
        results[variable, 0], results[variable, 3] = -1.0, 0.0
        if usable[variable]:
            column_range(columns[variable], start, stop, ends)
            low, high = np.float64(ends[0, 0]), np.float64(ends[1, 0])
            if high - low >= 2.0**-52 and not high - low < narrow * abs(high + low):
                if n_bins[variable] == 0:
                    results[variable, 3] = math.floor(high - low + 1)
                    results[variable, 5] = 1.0
                else:
                    results[variable, 3] = n_bins[variable]
                    results[variable, 5] = (high - low) / n_bins[variable]
                results[variable, 4] = low
                factors[k] = results[variable, 3] if divides else 1.0 / results[variable, 5]
                divisors[k] = high - low if divides else 1.0
                together[k] = variable
                for i in range(k * size, k * size + int(results[variable, 3]) * width):
                    sums[i] = 0.0
                k += 1
        if k == TOGETHER or (variable == last - 1 and k > 0):
            for at in range(start, stop, BLOCK):
                n = min(BLOCK, stop - at)
                for j in range(k):
                    one = together[j]
                    low, last_bin = results[one, 4], results[one, 3] - 1.0
                    find_bins(columns[one], at, n, low, factors[j], divisors[j], last_bin, bins[j])
                fill(bins, k, n, amounts, at, sums, size, separation)
            for j in range(k):
                one = together[j]
                count = int(results[one, 3])
                best_cut(sums, j * size, count, stop - start, totals, separation, min_size, found)
                results[one, 0], results[one, 1], results[one, 2] = found[0], found[1], found[2]
                if one == 0 and separation == VARIANCE:
                    # The sums up to each bin, for the bins of whichever variable is cut on.
                    for i in range(count):
                        results[i, 6] = sums[j * size + i * width + 2]
                        results[i, 7] = sums[j * size + i * width + 3]
            k = 0


class SearchSpace(NamedTuple):
    """Work space of one search."""

    bins: Array
    sums: Array
    ends: Array
    numbers: Array
    together: Array


def search_space(most_bins: int, n_amounts: int) -> SearchSpace:
    """Return work space for histograms of so many bins."""
    width = SUMS_OF_CLASSES if n_amounts == 2 else SUMS_OF_TARGETS
    return SearchSpace(
        np.empty((TOGETHER, BLOCK), np.uint32),
        np.empty(TOGETHER * most_bins * width),
        np.empty((2, LANES), np.float32),
        np.empty((3, TOGETHER)),
        np.empty(TOGETHER, np.int64),
    )
