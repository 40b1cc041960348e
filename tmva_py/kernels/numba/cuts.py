"""Searching for cuts, compiled: a set is compared with a block of events that stays in the nearest cache."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.kernels import cuts as kernels
from tmva_py.kernels.numba.compiling import compiled, compiled_in_any_order
from tmva_py.kernels.numba.threads import PARALLEL_WORK, for_each

Array = Any

BLOCK = 1024
# After so many variables there is a look whether any event is left.
LOOK = 4
# Sets that one thread takes at a time, and the operations that comparing an event with a cut stands for.
SETS, OPERATIONS = 32, 6.0


@compiled_in_any_order
def take(x: Array, below: float, above: float, weight: Array, kept: Array) -> None:
    """Write the weights of the events between two cuts, and 0 for the others."""
    for i in range(x.size):
        one = weight[i] if x[i] > below else np.float32(0)
        kept[i] = one if x[i] <= above else np.float32(0)


@compiled_in_any_order
def keep(x: Array, below: float, above: float, kept: Array) -> None:
    """Write 0 for the events that are not between two cuts.

    `take` with the same array for both weights does this, too, but LLVM makes no vectors then.
    """
    for i in range(x.size):
        one = kept[i] if x[i] > below else np.float32(0)
        kept[i] = one if x[i] <= above else np.float32(0)


@compiled_in_any_order
def total(kept: Array) -> float:
    """Return a sum in double precision."""
    found = 0.0
    for i in range(kept.size):
        found += np.float64(kept[i])
    return found


@compiled_in_any_order
def is_empty(kept: Array) -> bool:
    """Return whether all are 0."""
    found = 0
    for i in range(kept.size):
        found |= kept[i] != 0
    return found == 0


@compiled
def add_kept(columns: Array, weight: Array, low: Array, high: Array, sums: Array) -> None:
    """Write the weight that each set of cuts keeps."""
    n_variables, n_events = columns.shape
    room = np.empty(BLOCK, np.float32)
    sums[:] = 0.0
    for start in range(0, n_events, BLOCK):
        stop = min(start + BLOCK, n_events)
        kept = room[: stop - start]
        for number in range(sums.size):
            take(columns[0, start:stop], low[number, 0], high[number, 0], weight[start:stop], kept)
            for variable in range(1, n_variables):
                if variable % LOOK == 0 and is_empty(kept):
                    break
                below, above = low[number, variable], high[number, variable]
                keep(columns[variable, start:stop], below, above, kept)
            sums[number] += total(kept)


@compiled
def round_down(values: Array, single: Array) -> None:
    """Write the largest float32 that is not above each value."""
    for i in range(values.shape[0]):
        for j in range(values.shape[1]):
            rounded = np.float32(values[i, j])
            if rounded > values[i, j]:
                rounded = np.nextafter(rounded, np.float32(-np.inf))
            single[i, j] = rounded


@compiled
def efficiency(kept: float, total: float) -> float:
    """Return a part of the weight in TMVA's single precision, not below 0."""
    return max(np.float64(np.float32(kept) / np.float32(total)), 0.0)


@compiled
def bin_of(value: float, n_bins: int) -> int:
    """Return the bin of a value that is not below 0."""
    if not value < 1.0:
        return n_bins + 1
    width = 1.0 / n_bins
    found = min(1 + int(n_bins * value), n_bins)
    if value < (found - 1) * width:
        found -= 1
    if value >= found * width and found < n_bins:
        found += 1
    return found


@compiled
def sum_kept(
    low: Array,
    high: Array,
    signal_columns: Array,
    signal_weight: Array,
    background_columns: Array,
    background_weight: Array,
    signal: Array,
    background: Array,
) -> None:
    """Write the weights of signal and background that each set of cuts keeps."""
    single_low, single_high = np.empty(low.shape, np.float32), np.empty(low.shape, np.float32)
    round_down(low, single_low)
    round_down(high, single_high)
    add_kept(signal_columns, signal_weight, single_low, single_high, signal)
    add_kept(background_columns, background_weight, single_low, single_high, background)


@compiled
def follow(
    low: Array,
    high: Array,
    signal: Array,
    signal_total: float,
    background: Array,
    background_total: float,
    ranges: Array,
    least: Array,
    curve_low: Array,
    curve_high: Array,
    values: Array,
) -> None:
    """Write the estimator's values from the weights that are kept, and change the curve."""
    n_sets, n_variables = low.shape
    n_bins = least.size - 2
    for number in range(n_sets):
        s, b = efficiency(signal[number], signal_total), efficiency(background[number], background_total)
        place = bin_of(s, n_bins)
        own = least[place]
        left = least[place - 1] if place > 1 else own
        right = least[place + 1] if place < n_bins else own
        average = own if own < b else 0.5 * (left + right)
        value = (-abs(own - average) + (1.0 - (own - b))) / (1.0 + s)
        if own < 0 or own > b:
            least[place] = b
            for variable in range(n_variables):
                curve_low[place, variable] = low[number, variable]
                curve_high[place, variable] = high[number, variable]
        if place <= 1:
            if s < 1e-4:
                value = 0.0
                for variable in range(n_variables):
                    width = ranges[variable, 1] - ranges[variable, 0]
                    above = (ranges[variable, 1] - high[number, variable]) / width
                    below = (ranges[variable, 0] - low[number, variable]) / width
                    value += above * above
                    value += 4.0 * below * below
                value = 10.0 + value
            else:
                value = 10.0 * (1.0 - 10.0 * s)
        values[number] = value


@compiled
def sum_and_follow(
    low: Array,
    high: Array,
    signal_columns: Array,
    signal_weight: Array,
    signal_total: float,
    background_columns: Array,
    background_weight: Array,
    background_total: float,
    ranges: Array,
    least: Array,
    curve_low: Array,
    curve_high: Array,
    values: Array,
) -> None:
    """Do both in one thread."""
    signal, background = np.empty(values.size), np.empty(values.size)
    sum_kept(
        low, high, signal_columns, signal_weight, background_columns, background_weight, signal, background
    )
    follow(
        low,
        high,
        signal,
        signal_total,
        background,
        background_total,
        ranges,
        least,
        curve_low,
        curve_high,
        values,
    )


@kernels.cut_values.override("numba")
def _cut_values(
    xp: Any,
    *,
    low: Array,
    high: Array,
    signal: kernels.Sample,
    background: kernels.Sample,
    ranges: Array,
    curve: kernels.Curve,
) -> Array:
    n_sets, n_variables = low.shape
    values = xp.empty(n_sets, xp.float64)
    n_events = len(signal.weight) + len(background.weight)
    work = OPERATIONS * n_sets * n_variables * n_events
    if work < PARALLEL_WORK:
        sum_and_follow(low, high, *signal, *background, ranges, *curve, values)
        return values
    kept = xp.empty((2, n_sets), xp.float64)

    def some(number: int) -> None:
        one = slice(number * SETS, (number + 1) * SETS)
        sum_kept(low[one], high[one], *signal[:2], *background[:2], kept[0, one], kept[1, one])

    for_each(some, -(-n_sets // SETS), work)
    follow(low, high, kept[0], signal.total, kept[1], background.total, ranges, *curve, values)
    return values
