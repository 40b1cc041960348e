"""Foams: boxes that a tree of cuts makes of a space, and what they say of points (N, n_dimensions)."""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any

# Beyond so many widths TMVA's Gaussian is 0.
FAR = 39.0


class Cells(NamedTuple):
    """Cells by number, the whole space first; a cell without daughters is its own one."""

    axis: Array
    """The dimension that is cut, int32."""
    border: Array
    """Where, float64."""
    below: Array
    """The daughter of points up to the border, int32."""
    above: Array
    """That of all others, int32."""


@kernel
def cell_numbers(xp: Any, *, x: Array, cells: Cells, depth: int) -> Array:
    """The cell without daughters that each point in float32 lies in, (N,) in int32: `depth` cuts at most."""
    points = xp.arange(len(x))
    found = xp.zeros(len(x), xp.int32)
    for _ in range(depth):
        is_below = x[points, cells.axis[found]] <= cells.border[found]
        found = xp.where(is_below, cells.below[found], cells.above[found])
    return found


@kernel
def gauss_means(
    xp: Any, *, x: Array, low: Array, high: Array, values: Array, empty: Array, instead: Array, sigma: float
) -> Array:
    """Means of the cells' `values` (n, k), weighted by how near cells are to points, (N, k) in float32.

    Cells lie between `low` and `high`, both (n, n_dimensions) in float64; an `empty` one (n,) has the values
    that are `instead` (N, k) of it. All else is float32 and, as in TMVA, added up so.
    """
    sums = xp.zeros((len(x), values.shape[1]), xp.float32)
    norm = xp.zeros(len(x), xp.float32)
    for number in range(len(low)):
        squares = xp.zeros(len(x), xp.float32)
        for axis in range(x.shape[1]):
            left, right = low[number, axis], high[number, axis]
            column = x[:, axis]
            nearest = xp.where(left > column, left, xp.where(right < column, right, column))
            away = column - nearest.astype(xp.float32)
            squares += away * away
        width = xp.sqrt(squares).astype(xp.float64) / sigma
        weight = xp.where(width > FAR, 0.0, xp.exp(-0.5 * width * width)).astype(xp.float32)
        sums += weight[:, None] * (instead if empty[number] else values[number])
        norm += weight
    something = (norm != 0)[:, None]
    return xp.where(something, sums / xp.where(something, norm[:, None], xp.float32(1.0)), xp.float32(0.0))


@kernel
def density_means(
    xp: Any, *, x: Array, over: Array, upto: Array, density: Array, centers: Array
) -> tuple[Array, Array]:
    """Sums of cells' `centers` (n, k) by their `density` (n,), (N, k), and of densities (N,), in float32.

    Those cells count that a point lies in as far as it is known: between `over` and `upto`, both (n, n_known)
    in float64. `density` is float64, all else float32.
    """
    sums = xp.zeros((len(x), centers.shape[1]), xp.float32)
    norm = xp.zeros(len(x), xp.float32)
    for number in range(len(over)):
        inside = ((x > over[number]) & (x <= upto[number])).all(axis=1)
        weight = density[number]
        more = weight * centers[number].astype(xp.float64)
        sums[inside] = (sums[inside].astype(xp.float64) + more).astype(xp.float32)
        norm[inside] = (norm[inside].astype(xp.float64) + weight).astype(xp.float32)
    return sums, norm


@kernel
def densest_cells(xp: Any, *, x: Array, over: Array, upto: Array, density: Array) -> Array:
    """The first of those cells that `density_means` adds up whose density is the largest, (N,) in int32.

    −1 where there is none with a density above 0.
    """
    found = xp.full(len(x), -1, xp.int32)
    largest = xp.zeros(len(x), xp.float64)
    for number in range(len(over)):
        inside = ((x > over[number]) & (x <= upto[number])).all(axis=1) & (density[number] > largest)
        found[inside] = number
        largest[inside] = density[number]
    return found
