"""Searching for cuts: what they keep, and the curve of the least background for each signal efficiency.

An event passes cuts if lower < x ≤ upper for all variables.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any

# Comparisons at once.
_BLOCK = 1 << 17


class Sample(NamedTuple):
    """The events of one class."""

    columns: Array
    """(n_variables, n_events), float32."""
    weight: Array
    """(n_events,), float32."""
    total: float
    """Their sum, a float32 value."""


class Curve(NamedTuple):
    """The least background efficiency by bin of the signal efficiency, and its cuts.

    Bins are those of a histogram of n bins from 0 to 1: 0 is below, n + 1 above.
    """

    background: Array
    """(n + 2,), −0.1 where there are no cuts yet."""
    low: Array
    """(n + 2, n_variables)."""
    high: Array
    """(n + 2, n_variables)."""


@kernel
def cut_values(
    xp: Any, *, low: Array, high: Array, signal: Sample, background: Sample, ranges: Array, curve: Curve
) -> Array:
    """TMVA's estimator for sets of cuts, one after the other; the curve takes what is better than it has.

    Cuts are (n_sets, n_variables), `ranges` (n_variables, 2) those in which they are looked for; all float64.
    """
    # A float32 x is above (or at most) a double exactly if it is above (at most) the next float32 below it.
    edges = [rounded_down(xp, one) for one in (low, high)]
    s, b = (_efficiency(xp, sample, *edges) for sample in (signal, background))
    n_bins = len(curve.background) - 2
    bins = _bins(xp, s, n_bins)
    width = ranges[:, 1] - ranges[:, 0]
    penalty = xp.zeros(len(s))
    for variable in range(len(ranges)):
        above = (ranges[variable, 1] - high[:, variable]) / width[variable]
        below = (ranges[variable, 0] - low[:, variable]) / width[variable]
        penalty = penalty + above * above
        penalty = penalty + 4.0 * below * below
    least = curve.background.tolist()
    changed: dict[int, int] = {}
    values = []
    rows = zip(s.tolist(), b.tolist(), bins.tolist(), penalty.tolist(), strict=True)
    for number, (kept, wrong, place, far) in enumerate(rows):
        own = least[place]
        left = least[place - 1] if place > 1 else own
        right = least[place + 1] if place < n_bins else own
        average = own if own < wrong else 0.5 * (left + right)
        value = (-abs(own - average) + (1.0 - (own - wrong))) / (1.0 + kept)
        if own < 0 or own > wrong:
            least[place], changed[place] = wrong, number
        if place <= 1:
            value = 10.0 + far if kept < 1e-4 else 10.0 * (1.0 - 10.0 * kept)
        values.append(value)
    curve.background[:] = least
    places, sources = list(changed), list(changed.values())
    curve.low[places], curve.high[places] = low[sources], high[sources]
    return xp.array(values, xp.float64)


def rounded_down(xp: Any, values: Array) -> Array:
    """Return the largest float32 that is not above each double."""
    single = values.astype(xp.float32)
    return xp.where(single > values, xp.nextafter(single, xp.float32(-xp.inf)), single)


def _efficiency(xp: Any, sample: Sample, low: Array, high: Array) -> Array:
    """Return the part of the weight that each set keeps, in TMVA's single precision; none is below 0."""
    columns, weight, total = sample
    sums, doubles = xp.empty(len(low), xp.float64), weight.astype(xp.float64)
    step = max(1, _BLOCK // max(1, len(weight)))
    for first in range(0, len(low), step):
        sets = slice(first, first + step)
        inside = xp.ones((len(low[sets]), len(weight)), bool)
        for column, below, above in zip(columns, low[sets].T, high[sets].T, strict=True):
            inside &= column > below[:, None]
            inside &= column <= above[:, None]
        sums[sets] = inside @ doubles
    shares = sums.astype(xp.float32) / xp.float32(total)
    return xp.maximum(shares.astype(xp.float64), 0.0)


def _bins(xp: Any, values: Array, n_bins: int) -> Array:
    """Return the bins of values that are not below 0, as ROOT's axis has them."""
    inside = xp.minimum(values, 1.0)
    bins = xp.minimum(1 + (n_bins * inside).astype(xp.int64), n_bins)
    width = 1.0 / n_bins
    bins -= inside < (bins - 1) * width
    bins += (inside >= bins * width) & (bins < n_bins)
    return xp.where(values < 1.0, bins, n_bins + 1)
