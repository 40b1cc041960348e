"""Functions of two vectors, compiled: one vector beside many, whose elements are independent."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tmva_py.kernels.numba.compiling import borrowing, compiled_in_any_order
from tmva_py.kernels.numba.threads import for_each
from tmva_py.kernels.support_vectors import (
    MULTI_GAUSS,
    RBF,
    Similarity,
    function_matrix,
    machine_sums,
)

Array = Any

# Vectors at once.
BLOCK = 256
# Operations of a value, roughly: what decides about threads.
WORK = 20.0
# Fewer vectors than this are taken one by one.
FEW = 16

LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
# Adding it rounds to whole numbers, which are the last bits.
ROUNDING = 6755399441055744.0
LARGEST = 700.0


@compiled_in_any_order
def near_one(rests: Array, n: int) -> None:
    """Replace numbers between −ln 2/2 and ln 2/2 by their exp, to some 1e-14."""
    for j in range(n):
        r = rests[j]
        p = 1.0 / 39916800.0
        p = p * r + 1.0 / 3628800.0
        p = p * r + 1.0 / 362880.0
        p = p * r + 1.0 / 40320.0
        p = p * r + 1.0 / 5040.0
        p = p * r + 1.0 / 720.0
        p = p * r + 1.0 / 120.0
        p = p * r + 1.0 / 24.0
        p = p * r + 1.0 / 6.0
        p = p * r + 0.5
        p = p * r + 1.0
        rests[j] = p * r + 1.0


@borrowing
def exponentials(values: Array, powers: Array, room: Array, bits: Array, n: int) -> None:
    """Replace `values` by their exp, of double precision before it is rounded; `bits` are those of `room`."""
    for j in range(n):
        given = np.float64(values[j])
        y = -LARGEST if given < -LARGEST else given
        y = LARGEST if y > LARGEST else y
        whole = y * LOG2_E + ROUNDING
        room[j] = whole
        whole -= ROUNDING
        powers[j] = (y - whole * LN2_HIGH) - whole * LN2_LOW
    near_one(powers, n)
    for j in range(n):
        bits[j] = (bits[j] + 1023) << 52
    for j in range(n):
        values[j] = powers[j] * room[j]


@borrowing
def write_function(
    vector: Array,
    columns: Array,
    first: int,
    n: int,
    kinds: Array,
    multiplies: bool,
    gamma: float,
    gammas: Array,
    theta: float,
    order: float,
    values: Array,
    part: Array,
    powers: Array,
    room: Array,
    bits: Array,
) -> None:
    """Write the values between a vector and n others to `values`; the rest is room."""
    for number in range(kinds.size):
        kind = kinds[number]
        if kind == RBF:
            for j in range(n):
                part[j] = np.float32(0.0)
            for variable in range(vector.size):
                own = vector[variable]
                for j in range(n):
                    away = own - columns[variable, first + j]
                    part[j] += away * away
            for j in range(n):
                part[j] = -part[j] * gamma
            exponentials(part, powers, room, bits, n)
        elif kind == MULTI_GAUSS:
            for j in range(n):
                part[j] = np.float32(1.0)
            for variable in range(vector.size):
                own, factor = vector[variable], gammas[variable]
                for j in range(n):
                    away = own - columns[variable, first + j]
                    away = -(away * away) * factor
                    part[j] = np.float64(part[j]) * math.exp(np.float64(away))
        else:
            for j in range(n):
                part[j] = theta
            for variable in range(vector.size):
                own = vector[variable]
                for j in range(n):
                    part[j] += own * columns[variable, first + j]
            for j in range(n):
                part[j] = math.pow(np.float64(part[j]), order)
        if number == 0:
            for j in range(n):
                values[j] = part[j]
        elif multiplies:
            for j in range(n):
                values[j] *= part[j]
        else:
            for j in range(n):
                values[j] += part[j]


@borrowing
def write_matrix(
    x: Array,
    rows_first: int,
    rows_last: int,
    columns: Array,
    kinds: Array,
    multiplies: bool,
    gamma: float,
    gammas: Array,
    theta: float,
    order: float,
    result: Array,
    part: Array,
    powers: Array,
    room: Array,
    bits: Array,
) -> None:
    """Write some rows of the values between x and columns."""
    n = columns.shape[1]
    for i in range(rows_first, rows_last):
        first = 0
        while first < n:
            count = min(part.size, n - first)
            write_function(
                x[i], columns, first, count, kinds, multiplies, gamma, gammas, theta, order,
                result[i, first:], part, powers, room, bits,
            )  # fmt: skip
            first += count


@borrowing
def add_values(
    vectors: Array,
    columns: Array,
    first: int,
    n: int,
    factors: Array,
    kinds: Array,
    multiplies: bool,
    gamma: float,
    gammas: Array,
    theta: float,
    order: float,
    sums: Array,
    values: Array,
    part: Array,
    powers: Array,
    room: Array,
    bits: Array,
) -> None:
    """Add up over `vectors` (k, n_variables) for n of `columns`."""
    for j in range(n):
        sums[j] = 0.0
    for k in range(vectors.shape[0]):
        write_function(
            vectors[k], columns, first, n, kinds, multiplies, gamma, gammas, theta, order,
            values, part, powers, room, bits,
        )  # fmt: skip
        factor = factors[k]
        for j in range(n):
            sums[j] += np.float64(values[j] * factor)


@borrowing
def add_row(values: Array, factors: Array) -> float:
    """Return the sum of products from the first to the last."""
    total = 0.0
    for k in range(factors.size):
        total += np.float64(values[k] * factors[k])
    return total


def _constants(xp: Any, similarity: Similarity) -> tuple[Array, bool, float, Array, float, float]:
    return (
        similarity.kinds,
        bool(similarity.multiplies),
        xp.float32(similarity.gamma),
        similarity.gammas,
        xp.float32(similarity.theta),
        float(similarity.order),
    )


def _room(xp: Any) -> tuple[Array, Array, Array, Array]:
    room = xp.empty(BLOCK)
    return xp.empty(BLOCK, xp.float32), xp.empty(BLOCK), room, room.view(xp.int64)


@function_matrix.override("numba")
def _function_matrix(xp: Any, *, x: Array, columns: Array, similarity: Similarity) -> Array:
    result = xp.empty((len(x), columns.shape[1]), xp.float32)
    constants, step = _constants(xp, similarity), 16
    columns = xp.ascontiguousarray(columns)
    x = xp.ascontiguousarray(x)

    def block(place: int) -> None:
        rows = place * step, min((place + 1) * step, len(x))
        write_matrix(x, *rows, columns, *constants, result, *_room(xp))

    for_each(block, -(-len(x) // step), WORK * result.size)
    return result


@machine_sums.override("numba")
def _machine_sums(xp: Any, *, x: Array, columns: Array, factors: Array, similarity: Similarity) -> Array:
    sums = xp.zeros(len(x))
    if len(x) <= FEW:
        values = _function_matrix(xp, x=x, columns=columns, similarity=similarity)
        for event in range(len(x)):
            sums[event] = add_row(values[event], factors)
        return sums
    vectors, queries = xp.ascontiguousarray(columns.T), xp.ascontiguousarray(x.T)
    constants = _constants(xp, similarity)

    def block(place: int) -> None:
        first = place * BLOCK
        n = min(BLOCK, len(x) - first)
        values = xp.empty(BLOCK, xp.float32)
        add_values(
            vectors, queries, first, n, factors, *constants, sums[first : first + n], values, *_room(xp)
        )

    for_each(block, -(-len(x) // BLOCK), WORK * len(x) * len(factors))
    return sums
