"""Products of tabulated densities, compiled: an event's variables one after the other."""

from __future__ import annotations

import math
from typing import Any

from tmva_py.kernels.densities import (
    BELOW_ONE,
    END,
    FARTHEST,
    SMALLEST,
    Densities,
    likelihood_ratios,
    table_values,
)
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.threads import for_each

Array = Any

BLOCK = 1024
# Operations of a density, roughly: what decides about threads.
WORK = 20.0


@borrowing
def content_of(
    place: float,
    which: int,
    variable: int,
    values: Array,
    edges: Array,
    starts: Array,
    last: Array,
    minima: Array,
    scales: Array,
) -> Any:
    """Return the content of the bin that a place is in, of the first or the last one beyond them."""
    if math.isnan(place):
        return place
    first, end = starts[variable, which], last[variable, which]
    guess = (place - minima[variable, which]) * scales[variable, which]
    bin_ = end if guess >= end else int(guess) if guess > 0.0 else 0
    # Edges decide, however the division above was rounded.
    while bin_ > 0 and place < edges[first + bin_]:
        bin_ -= 1
    while bin_ < end and place >= edges[first + bin_ + 1]:
        bin_ += 1
    density = values[first + bin_]
    return SMALLEST if density < SMALLEST else density


@borrowing
def product_of(
    x: Array,
    event: int,
    which: int,
    values: Array,
    slopes: Array,
    edges: Array,
    starts: Array,
    last: Array,
    ranges: Array,
    minima: Array,
    scales: Array,
    by_bin: Array,
) -> Any:
    """Return the product of the densities of one event; comparisons let "not a number" through."""
    product = 1.0
    for variable in range(starts.shape[0]):
        place = float(x[event, variable])
        if place >= ranges[variable, 1]:
            place = ranges[variable, 1] - END
        if place < ranges[variable, 0]:
            place = ranges[variable, 0]
        if by_bin[variable]:
            product *= content_of(place, which, variable, values, edges, starts, last, minima, scales)
            continue
        place = (place - minima[variable, which]) * scales[variable, which] - 0.5
        bin_ = 0
        if place >= last[variable, which]:
            bin_ = last[variable, which]
        elif place > 0.0:
            bin_ = int(place)
        if place < -FARTHEST:
            place = -FARTHEST
        elif place > FARTHEST:
            place = FARTHEST
        place -= bin_
        bin_ += starts[variable, which]
        density = place * slopes[bin_] + values[bin_]
        product *= SMALLEST if density < SMALLEST else density
    return SMALLEST if product < SMALLEST else product


@borrowing
def write_ratios(
    signal: Array,
    background: Array,
    first: int,
    end: int,
    values: Array,
    slopes: Array,
    edges: Array,
    starts: Array,
    last: Array,
    ranges: Array,
    minima: Array,
    scales: Array,
    by_bin: Array,
    ratios: Array,
) -> None:
    """Write the ratios of some events."""
    for event in range(first, end):
        s = product_of(signal, event, 0, values, slopes, edges, starts, last, ranges, minima, scales, by_bin)
        b = product_of(
            background, event, 1, values, slopes, edges, starts, last, ranges, minima, scales, by_bin
        )
        ratio = s / (s + b)
        ratios[event] = BELOW_ONE if ratio >= 1.0 else ratio


@likelihood_ratios.override("numba")
def _likelihood_ratios(xp: Any, *, signal: Array, background: Array, densities: Densities) -> Array:
    n_events = len(signal)
    ratios = xp.empty(n_events, xp.float64)
    if n_events <= BLOCK:
        write_ratios(signal, background, 0, n_events, *densities, ratios)
        return ratios

    def block(number: int) -> None:
        first, end = number * BLOCK, min((number + 1) * BLOCK, n_events)
        write_ratios(signal, background, first, end, *densities, ratios)

    for_each(block, -(-n_events // BLOCK), 2.0 * WORK * signal.size)
    return ratios


@borrowing
def write_table_values(
    x: Array,
    values: Array,
    slopes: Array,
    first: Array,
    last: Array,
    minimum: Array,
    scale: Array,
    smallest: float,
    out: Array,
) -> None:
    """Write the values; comparisons let "not a number" through."""
    for table in range(out.shape[0]):
        for event in range(out.shape[1]):
            place = (float(x[table, event]) - minimum[table, 0]) * scale[table, 0] - 0.5
            bin_ = 0
            if place >= last[table, 0]:
                bin_ = int(last[table, 0])
            elif place > 0.0:
                bin_ = int(place)
            if place < -FARTHEST:
                place = -FARTHEST
            elif place > FARTHEST:
                place = FARTHEST
            place -= bin_
            bin_ += first[table, 0]
            density = place * slopes[bin_] + values[bin_]
            out[table, event] = smallest if density < smallest else density


@table_values.override("numba")
def _table_values(
    xp: Any,
    *,
    x: Array,
    values: Array,
    slopes: Array,
    first: Array,
    last: Array,
    minimum: Array,
    scale: Array,
    smallest: float,
) -> Array:
    x, out = xp.ascontiguousarray(x), xp.empty(x.shape, xp.float64)
    write_table_values(x, values, slopes, first, last, minimum, scale, smallest, out)
    return out
