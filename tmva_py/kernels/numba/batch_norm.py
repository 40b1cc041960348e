"""Batch normalisation, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.kernels.batch_norm import BatchNormTrace, batch_norm_backward, batch_norm_forward
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numba.activation import plain
from tmva_py.kernels.numba.compiling import compiled

Array = Any

# A row is summed in this many columns; their sums are added in double precision. A block is an array of its
# own: LLVM makes vectors only where it sees that no place is negative.
BLOCK = 256


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
        for start in range(0, count, BLOCK):
            values = x[r, start : start + BLOCK]
            for i in range(values.size):
                total[i] += values[i]
        middle = x.dtype.type(total_of(total) / count)
        for start in range(0, count, BLOCK):
            values, less = x[r, start : start + BLOCK], centred[r, start : start + BLOCK]
            for i in range(values.size):
                less[i] = values[i] - middle
                total[i] += less[i] * less[i]
        square = total_of(total) / count
        mean[r], variance[r] = middle, square
        inverse[r] = 1.0 / np.sqrt(square + epsilon)
        factor, shift = gamma[r] * inverse[r], beta[r]
        less, out = centred[r], y[r]
        for i in range(count):
            out[i] = less[i] * factor + shift


@compiled
def backward_by_row(
    d_y: Array, gamma: Array, centred: Array, inverse: Array, d_gamma: Array, d_beta: Array, d_x: Array
) -> None:
    """Go back through each row."""
    rows, count = d_y.shape
    total, moment = np.zeros(BLOCK, d_y.dtype), np.zeros(BLOCK, d_y.dtype)
    for r in range(rows):
        q = inverse[r]
        for start in range(0, count, BLOCK):
            slopes, less = d_y[r, start : start + BLOCK], centred[r, start : start + BLOCK]
            for i in range(slopes.size):
                total[i] += slopes[i]
                moment[i] += slopes[i] * less[i]
        d_beta[r] = total_of(total)
        d_gamma[r] = total_of(moment) * q
        factor = gamma[r] * q
        shift, slope = d_y.dtype.type(d_beta[r] / count), d_y.dtype.type(d_gamma[r] * q / count)
        slopes, less, out = d_y[r], centred[r], d_x[r]
        for i in range(count):
            out[i] = factor * (slopes[i] - shift - less[i] * slope)


@compiled
def forward_by_column(
    x: Array, gamma: Array, beta: Array, epsilon: float,
    mean: Array, variance: Array, inverse: Array, centred: Array, y: Array,
) -> None:  # fmt: skip
    """Normalise each column of x (N, n)."""
    count, columns = x.shape
    total = np.zeros(columns, x.dtype)
    for i in range(count):
        for c in range(columns):
            total[c] += x[i, c]
    for c in range(columns):
        mean[c] = total[c] / count
        total[c] = 0.0
    for i in range(count):
        for c in range(columns):
            centred[i, c] = x[i, c] - mean[c]
            total[c] += centred[i, c] * centred[i, c]
    factor = np.empty(columns, x.dtype)
    for c in range(columns):
        variance[c] = total[c] / count
        inverse[c] = 1.0 / np.sqrt(total[c] / count + epsilon)
        factor[c] = gamma[c] * inverse[c]
    for i in range(count):
        for c in range(columns):
            y[i, c] = centred[i, c] * factor[c] + beta[c]


@compiled
def backward_by_column(
    d_y: Array, gamma: Array, centred: Array, inverse: Array, d_gamma: Array, d_beta: Array, d_x: Array
) -> None:
    """Go back through each column."""
    count, columns = d_y.shape
    total = np.zeros(columns, d_y.dtype)
    moment = np.zeros(columns, d_y.dtype)
    for i in range(count):
        for c in range(columns):
            total[c] += d_y[i, c]
            moment[c] += d_y[i, c] * centred[i, c]
    factor = np.empty(columns, d_y.dtype)
    for c in range(columns):
        d_beta[c] = total[c]
        d_gamma[c] = moment[c] * inverse[c]
        factor[c] = gamma[c] * inverse[c]
        total[c] /= count
        moment[c] = d_gamma[c] * inverse[c] / count
    for i in range(count):
        for c in range(columns):
            d_x[i, c] = factor[c] * (d_y[i, c] - total[c] - centred[i, c] * moment[c])


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
