"""Batch normalisation, compiled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tmva_py.kernels.batch_norm import BatchNormTrace, batch_norm_backward, batch_norm_forward
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba.activation import plain
from tmva_py.kernels.numba.compiling import compiled
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.vectors import Emitter, Lanes

Array = Any
Values = Sequence[Lanes]

# A row is summed in so many columns; their sums are added in double precision.
BLOCK = 256


def _less(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    x, total = values
    centred = x - scalars[0]
    return [centred, centred.times_plus(centred, total)]


def _scaled(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    return [values[0].times_plus(scalars[0], scalars[1])]


def _back(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    (d_y, centred), (factor, shift, slope) = values, scalars
    return [factor * (d_y - shift - centred * slope)]


def _less_each(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    x, mean, total = values
    centred = x - mean
    return [centred, centred.times_plus(centred, total)]


def _scaled_each(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    centred, factor, shift = values
    return [centred.times_plus(factor, shift)]


def _add(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    return [values[0] + values[1]]


def _sums_back(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    d_y, centred, total, moment = values
    return [total + d_y, d_y.times_plus(centred, moment)]


def _back_each(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    d_y, centred, factor, shift, slope = values
    return [factor * (d_y - shift - centred * slope)]


less, scaled, back, less_each, scaled_each, add, sums_back, back_each = map(
    elementwise, (_less, _scaled, _back, _less_each, _scaled_each, _add, _sums_back, _back_each)
)


@compiled
def total_of(values: Array) -> float:
    """Return the sum in double precision, and set the values to zero."""
    total = 0.0
    for i in range(values.shape[0]):
        total += values[i]
        values[i] = 0.0
    return total


@compiled
def forward_by_row(
    x: Array, gamma: Array, beta: Array, epsilon: float,
    mean: Array, variance: Array, inverse: Array, centred: Array, y: Array,
) -> None:  # fmt: skip
    """Normalise each row of x (n, N)."""
    rows, count = x.shape
    total = np.zeros(BLOCK, x.dtype)
    for r in range(rows):
        place, end = r * count, (r + 1) * count
        for start in range(place, end, BLOCK):
            add(min(BLOCK, end - start), (total, x), (0, start), (total,), (0,), (0.0,))
        mean[r] = total_of(total) / count
        for start in range(place, end, BLOCK):
            length = min(BLOCK, end - start)
            less(length, (x, total), (start, 0), (centred, total), (start, 0), (mean[r],))
        square = total_of(total) / count
        variance[r] = square
        inverse[r] = 1.0 / np.sqrt(square + epsilon)
        scaled(count, (centred,), (place,), (y,), (place,), (gamma[r] * inverse[r], beta[r]))


@compiled
def backward_by_row(
    d_y: Array, gamma: Array, centred: Array, inverse: Array, d_gamma: Array, d_beta: Array, d_x: Array
) -> None:
    """Go back through each row."""
    rows, count = d_y.shape
    total = np.zeros(BLOCK, d_y.dtype)
    moment = np.zeros(BLOCK, d_y.dtype)
    for r in range(rows):
        place, end, q = r * count, (r + 1) * count, inverse[r]
        for start in range(place, end, BLOCK):
            length, places = min(BLOCK, end - start), (start, start, 0, 0)
            sums_back(length, (d_y, centred, total, moment), places, (total, moment), (0, 0), (0.0,))
        d_beta[r] = total_of(total)
        d_gamma[r] = total_of(moment) * q
        numbers = (gamma[r] * q, d_beta[r] / count, d_gamma[r] * q / count)
        back(count, (d_y, centred), (place, place), (d_x,), (place,), numbers)


@compiled
def forward_by_column(
    x: Array, gamma: Array, beta: Array, epsilon: float,
    mean: Array, variance: Array, inverse: Array, centred: Array, y: Array,
) -> None:  # fmt: skip
    """Normalise each column of x (N, n)."""
    count, columns = x.shape
    total = np.zeros(columns, x.dtype)
    for i in range(count):
        add(columns, (total, x), (0, i * columns), (total,), (0,), (0.0,))
    for c in range(columns):
        mean[c] = total[c] / count
        total[c] = 0.0
    for i in range(count):
        place = i * columns
        less_each(columns, (x, mean, total), (place, 0, 0), (centred, total), (place, 0), (0.0,))
    factor = np.empty(columns, x.dtype)
    for c in range(columns):
        variance[c] = total[c] / count
        inverse[c] = 1.0 / np.sqrt(total[c] / count + epsilon)
        factor[c] = gamma[c] * inverse[c]
    for i in range(count):
        place = i * columns
        scaled_each(columns, (centred, factor, beta), (place, 0, 0), (y,), (place,), (0.0,))


@compiled
def backward_by_column(
    d_y: Array, gamma: Array, centred: Array, inverse: Array, d_gamma: Array, d_beta: Array, d_x: Array
) -> None:
    """Go back through each column."""
    count, columns = d_y.shape
    total = np.zeros(columns, d_y.dtype)
    moment = np.zeros(columns, d_y.dtype)
    for i in range(count):
        place = i * columns
        sums_back(
            columns, (d_y, centred, total, moment), (place, place, 0, 0), (total, moment), (0, 0), (0.0,)
        )
    factor = np.empty(columns, d_y.dtype)
    for c in range(columns):
        d_beta[c] = total[c]
        d_gamma[c] = moment[c] * inverse[c]
        factor[c] = gamma[c] * inverse[c]
        total[c] /= count
        moment[c] = d_gamma[c] * inverse[c] / count
    for i in range(count):
        place = i * columns
        back_each(
            columns, (d_y, centred, factor, total, moment), (place, place, 0, 0, 0), (d_x,), (place,), (0.0,)
        )


@batch_norm_forward.override("numba")
def _batch_norm_forward_numba(
    xp: Any, *, x: Array, gamma: Array, beta: Array, epsilon: float, axis: int, memory: Memory
) -> tuple[Array, BatchNormTrace]:
    if not plain(x):
        x = x.copy(order="C")
    mean, variance, inverse = (memory.array(name, gamma.shape) for name in ("mean", "variance", "inverse"))
    centred, y = memory.array("centred", x.shape), memory.array("y", x.shape)
    run = forward_by_row if axis else forward_by_column
    run(x, gamma, beta, epsilon, mean, variance, inverse, centred, y)
    return y, BatchNormTrace(centred, mean, variance, inverse)


@batch_norm_backward.override("numba")
def _batch_norm_backward_numba(
    xp: Any,
    *,
    d_y: Array,
    gamma: Array,
    trace: BatchNormTrace,
    d_gamma: Array,
    d_beta: Array,
    axis: int,
    memory: Memory,
) -> Array:
    if not plain(d_y):
        d_y = d_y.copy(order="C")
    d_x = memory.array("d_x", d_y.shape)
    run = backward_by_row if axis else backward_by_column
    run(d_y, gamma, trace.centred, trace.inverse_deviation, d_gamma, d_beta, d_x)
    return d_x
