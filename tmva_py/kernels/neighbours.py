"""The nearest of many points, by the sum of squared differences in single precision, as TMVA adds them up."""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any

# Distances at once.
_BLOCK = 1 << 20


LANES = 32
"""Places for points in each of the last boxes: compiled loops have a length that is known."""


class Points(NamedTuple):
    """Points in the boxes of a full binary tree; the children of box i are 2i + 1 and 2i + 2."""

    columns: Array
    """(n_last, n_variables, LANES) in float32: the points of the last boxes, NaN in places left over."""
    number: Array
    """(n_last, LANES) in int32: the points' numbers, −1 in places left over."""
    low: Array
    """(n_boxes, n_variables) in float32: the smallest values in each box."""
    high: Array
    """(n_boxes, n_variables) in float32: the largest ones."""


@kernel
def nearest(xp: Any, *, queries: Array, points: Points, count: int) -> tuple[Array, Array]:
    """Numbers and distances, both (N, count), of the points nearest to queries (N, n_variables).

    Sorted by distance, equal ones by number; all values are finite, and there are at least `count` points.
    """
    numbers = xp.empty((len(queries), count), xp.int32)
    found = xp.empty((len(queries), count), xp.float32)
    all_numbers = points.number.ravel()
    places = xp.argsort(all_numbers)[xp.sum(all_numbers < 0) :]
    columns = xp.moveaxis(points.columns, 1, 0).reshape(points.columns.shape[1], -1)[:, places]
    step = max(1, _BLOCK // max(1, columns.shape[1]))
    for first in range(0, len(queries), step):
        block = slice(first, first + step)
        distances = squared_distances(xp, queries[block], columns)
        order = xp.argsort(distances, axis=1, stable=True)[:, :count]
        numbers[block] = order
        found[block] = xp.take_along_axis(distances, order, axis=1)
    return numbers, found


def squared_distances(xp: Any, queries: Array, columns: Array) -> Array:
    """Return the distances between queries (N, n_variables) and points (n_variables, n): (N, n)."""
    total = xp.zeros((len(queries), columns.shape[1]), xp.float32)
    for value, column in zip(queries.T, columns, strict=True):
        difference = column - value[:, None]
        total += difference * difference
    return total
