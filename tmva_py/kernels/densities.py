"""Products of tabulated densities, signal against background: TMVA's Likelihood."""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any

SMALLEST = 2.2250738585072014e-305
"""A thousand times the smallest double that is not denormalised: what stands for anything smaller."""
BELOW_ONE = 1.0 - 1e-15
END = 1e-10
"""So far below the end of a range is its last value."""
# Places are cut off there, in bins.
FARTHEST = 1e30


class Densities(NamedTuple):
    """Two densities for each variable, signal and background.

    They are straight lines between the centres of bins; or, by bin, each bin's content in all of it.
    """

    values: Array
    """Contents of all bins, one density after the other."""
    slopes: Array
    """Differences to the next bin."""
    edges: Array
    """Lower edges of the bins of densities by bin."""
    starts: Array
    """Where each density begins, (n_variables, 2), int64."""
    last: Array
    """The last bin that a line begins at, (n_variables, 2)."""
    ranges: Array
    """The ends of the signal's range, (n_variables, 2)."""
    minima: Array
    """The lower end of each table, (n_variables, 2)."""
    scales: Array
    """Bins in a unit of the variable, (n_variables, 2)."""
    by_bin: Array
    """Whether the densities of a variable are by bin, (n_variables,), bool; `last` is their last bin then."""


@kernel
def likelihood_ratios(xp: Any, *, signal: Array, background: Array, densities: Densities) -> Array:
    """Signal against signal and background, (N,), below 1.

    `signal` and `background` are the events in the variables of either, (N, n_variables) in float32.
    """
    s, b = (
        xp.maximum(_product(xp, x, densities, which), SMALLEST)
        for which, x in enumerate((signal, background))
    )
    ratio = s / (s + b)
    # Ratios between this one and 1 stay.
    return xp.where(ratio >= 1.0, BELOW_ONE, ratio)


@kernel
def table_values(
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
    """Straight lines between the centres of bins, (n_tables, N), at `x` of the same shape.

    Each table has a row of `first`, where it begins, of `last`, the last bin that a line begins at, and of
    `minimum` and `scale`. Results are at least `smallest`; not a number where `x` is not.
    """
    # In bins, counted from the first centre.
    place = x - minimum
    place *= scale
    place -= 0.5
    # fmax and fmin rather than clip: they turn "not a number" into a bin.
    bins = xp.fmin(xp.fmax(place, 0.0), last).astype(xp.int64)
    xp.minimum(xp.maximum(place, -FARTHEST, out=place), FARTHEST, out=place)
    place -= bins
    bins += first
    place *= slopes[bins]
    place += values[bins]
    return xp.maximum(place, smallest, out=place)


def _product(xp: Any, x: Array, densities: Densities, which: int) -> Array:
    product = xp.ones(len(x))
    for variable, column in enumerate(x.T):
        low, high = densities.ranges[variable]
        place = column.astype(xp.float64)
        place = xp.maximum(xp.where(place >= high, high - END, place), low)
        if densities.by_bin[variable]:
            first, last = (int(one[variable, which]) for one in (densities.starts, densities.last))
            edges = densities.edges[first : first + last + 1]
            bins = xp.clip(xp.searchsorted(edges, place, side="right") - 1, 0, last)
            density = xp.where(xp.isnan(place), place, densities.values[bins + first])
            product *= xp.maximum(density, SMALLEST)
            continue
        # In bins, counted from the first centre.
        place = (place - densities.minima[variable, which]) * densities.scales[variable, which] - 0.5
        # fmax and fmin turn "not a number" into a bin.
        bins = xp.fmin(xp.fmax(place, 0.0), densities.last[variable, which]).astype(xp.int64)
        place = xp.clip(place, -FARTHEST, FARTHEST) - bins
        bins += densities.starts[variable, which]
        product *= xp.maximum(place * densities.slopes[bins] + densities.values[bins], SMALLEST)
    return product
