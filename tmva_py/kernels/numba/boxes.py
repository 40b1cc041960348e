"""Boxes of a requested number of points, compiled: a query's distances stay in the nearest cache."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.kernels.boxes import GROWTH, MOST_GROWTH, Limits, adaptive_boxes
from tmva_py.kernels.numba.compiling import borrowing, compiled_in_any_order
from tmva_py.kernels.numba.threads import for_each

Array = Any

BLOCK = 64


@compiled_in_any_order
def weight_within(distances: Array, weight: Array, factor: float) -> Any:
    """Return the weight of the points that are nearer, in single precision as TMVA keeps it."""
    total = 0.0
    for i in range(distances.size):
        total += weight[i] if distances[i] < factor else 0.0
    return np.float32(total)


@borrowing
def distances_from(query: Array, columns: Array, half: Array, distances: Array) -> None:
    """Write the factors at which a box reaches each point."""
    distances[:] = 0.0
    for variable in range(query.size):
        value, size = np.float64(query[variable]), half[variable]
        column = columns[variable]
        for i in range(distances.size):
            away = abs(np.float64(column[i]) - value) / size
            distances[i] = max(distances[i], away)


@borrowing
def factor_of(distances: Array, weight: Array, least: Any, most: Any, start: Any, n_steps: int) -> Any:
    """Return the factor of one box."""
    middle = np.float32(0.5) * (least + most)
    volume = 1.0
    first = weight_within(distances, weight, volume)
    steps = 0
    while first < least and steps < MOST_GROWTH:
        volume *= GROWTH
        first = weight_within(distances, weight, volume)
        steps += 1
    scale, best, best_count, count = start, start, first, first
    for _ in range(1, n_steps):
        if not (count < least or count > most):
            break
        now = weight_within(distances, weight, volume * np.float64(scale))
        more, off = now - first, scale - np.float32(1.0)
        if now > np.float32(1.0) and more != np.float32(0.0):
            if off != np.float32(0.0):
                scale += off / more * (middle - now)
            else:
                scale += np.float32(-0.01)
        else:
            scale += np.float32(0.5)
        count = now
        if abs(now - middle) < abs(best_count - middle) and (now >= least or best_count < now):
            best, best_count = scale, now
    return volume * np.float64(best)


@borrowing
def follow(
    queries: Array,
    first: int,
    last: int,
    columns: Array,
    weight: Array,
    half: Array,
    least: Any,
    most: Any,
    start: Any,
    n_steps: int,
    amounts: Array,
    distances: Array,
    factors: Array,
    sums: Array,
) -> None:
    """Write the factors of some boxes, and sums over what is in them."""
    for i in range(first, last):
        distances_from(queries[i], columns, half, distances)
        factor = factor_of(distances, weight, least, most, start, n_steps)
        factors[i] = factor
        for j in range(distances.size):
            if distances[j] < factor:
                for number in range(amounts.shape[0]):
                    sums[i, number] += amounts[number, j]


@adaptive_boxes.override("numba")
def _adaptive_boxes(
    xp: Any, *, queries: Array, columns: Array, weight: Array, half: Array, limits: Limits, amounts: Array
) -> tuple[Array, Array]:
    factors = xp.empty(len(queries), xp.float64)
    sums = xp.zeros((len(queries), len(amounts)), xp.float64)
    least, most, start = (xp.float32(one) for one in limits[:3])
    n_steps = int(limits.n_steps)

    def block(place: int) -> None:
        first, last = place * BLOCK, min((place + 1) * BLOCK, len(queries))
        room = xp.empty(columns.shape[1], xp.float64)
        follow(
            queries, first, last, columns, weight, half, least, most, start, n_steps, amounts, room, factors,
            sums,
        )  # fmt: skip

    for_each(block, -(-len(queries) // BLOCK), 20.0 * len(queries) * columns.shape[1])
    return factors, sums
