"""Products of tabulated densities, compiled: an event's variables one after the other."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.densities import BELOW_ONE, END, FARTHEST, SMALLEST, Densities, likelihood_ratios
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.threads import for_each

Array = Any

BLOCK = 1024
# Operations of a density, roughly: what decides about threads.
WORK = 20.0


@borrowing
def product_of(
    x: Array,
    event: int,
    which: int,
    values: Array,
    slopes: Array,
    starts: Array,
    last: Array,
    ranges: Array,
    minima: Array,
    scales: Array,
) -> Any:
    """Return the product of the densities of one event; comparisons let "not a number" through."""
    product = 1.0
    for variable in range(starts.shape[0]):
        place = float(x[event, variable])
        if place >= ranges[variable, 1]:
            place = ranges[variable, 1] - END
        if place < ranges[variable, 0]:
            place = ranges[variable, 0]
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
    starts: Array,
    last: Array,
    ranges: Array,
    minima: Array,
    scales: Array,
    ratios: Array,
) -> None:
    """Write the ratios of some events."""
    for event in range(first, end):
        s = product_of(signal, event, 0, values, slopes, starts, last, ranges, minima, scales)
        b = product_of(background, event, 1, values, slopes, starts, last, ranges, minima, scales)
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
