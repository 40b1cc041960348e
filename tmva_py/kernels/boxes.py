"""Boxes around queries, made as large as they must be to hold so many points: TMVA's PDERS."""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any

# Distances at once.
_BLOCK = 1 << 20
# How much larger a box becomes that holds too few points, and how often at most: float64 ends there.
GROWTH = 1.15
MOST_GROWTH = 5000


class Limits(NamedTuple):
    """How many points a box shall hold, by their weights; all but the last in float32."""

    least: float
    most: float
    start: float
    """The factor that is tried first."""
    n_steps: int
    """How many factors are tried, and one."""


@kernel
def adaptive_boxes(
    xp: Any, *, queries: Array, columns: Array, weight: Array, half: Array, limits: Limits, amounts: Array
) -> tuple[Array, Array]:
    """By which factors boxes become as large as `limits` request, (N,), and sums over their points, (N, k).

    Queries are (N, n_variables) in float32, points `columns` (n_variables, n) in float32 with their `weight`
    (n,) and the `amounts` (k, n) that are added up one after the other; `half` (n_variables,) is half the
    size of a box before. All else is float64.
    """
    factors = xp.empty(len(queries), xp.float64)
    sums = xp.zeros((len(queries), len(amounts)), xp.float64)
    step = max(1, _BLOCK // max(1, columns.shape[1]))
    for first in range(0, len(queries), step):
        block = slice(first, first + step)
        distances = box_distances(xp, queries[block], columns, half)
        factors[block] = _factors(xp, distances, weight, limits)
        inside = distances < factors[block, None]
        for number, amount in enumerate(amounts):
            sums[block, number] = xp.cumsum(xp.where(inside, amount, 0.0), axis=1)[:, -1]
    return factors, sums


def box_distances(xp: Any, queries: Array, columns: Array, half: Array) -> Array:
    """Return the factors at which boxes reach points: (N, n)."""
    distances = xp.zeros((len(queries), columns.shape[1]))
    for value, column, size in zip(queries.T, columns, half, strict=True):
        away = xp.abs(column.astype(xp.float64) - value.astype(xp.float64)[:, None]) / size
        distances = xp.maximum(distances, away)
    return distances


def _factors(xp: Any, distances: Array, weight: Array, limits: Limits) -> Array:
    single = xp.float32
    least, most, start = (single(one) for one in limits[:3])
    middle = single(0.5) * (least + most)

    def counts(rows: Array, factors: Array) -> Array:
        return ((distances[rows] < factors[:, None]) @ weight).astype(single)

    everything = xp.arange(len(distances))
    volume = xp.ones(len(distances))
    first = counts(everything, volume)
    small = xp.flatnonzero(first < least)
    for _ in range(MOST_GROWTH):
        if not len(small):
            break
        volume[small] *= GROWTH
        first[small] = counts(small, volume[small])
        small = small[first[small] < least]
    scale = xp.full(len(distances), start)
    best, best_count, count = scale.copy(), first.copy(), first.copy()
    for _ in range(1, limits.n_steps):
        rows = xp.flatnonzero((count < least) | (count > most))
        if not len(rows):
            break
        now = counts(rows, volume[rows] * scale[rows].astype(xp.float64))
        more, off = now - first[rows], scale[rows] - single(1.0)
        # A straight line through both numbers of points; TMVA's scale afterwards is taken for the best one.
        slope = off / xp.where(more != 0, more, single(1.0))
        linear = xp.where(off != 0, slope * (middle - now), single(-0.01))
        scale[rows] += xp.where((now > 1) & (more != 0), linear, single(0.5))
        count[rows] = now
        better = (xp.abs(now - middle) < xp.abs(best_count[rows] - middle)) & (
            (now >= least) | (best_count[rows] < now)
        )
        rows = rows[better]
        best[rows], best_count[rows] = scale[rows], now[better]
    return volume * best.astype(xp.float64)
