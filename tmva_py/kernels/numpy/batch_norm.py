"""Batch normalisation on NumPy."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.batch_norm import (
    BatchNormTrace,
    batch_norm_backward,
    batch_norm_forward,
    batch_norm_statistics,
    scale_and_shift,
    spread,
)
from tmva_py.kernels.memory import Memory

Array = Any


def _constant(value: float, length: int, memory: Memory, name: str) -> Array:
    constant = memory.array(name, (length,))
    constant[...] = value
    return constant


@batch_norm_forward.override("numpy")
def _batch_norm_forward(
    xp: Any, *, x: Array, gamma: Array, beta: Array, epsilon: float, axis: int, memory: Memory
) -> tuple[Array, BatchNormTrace]:
    count = x.shape[axis]
    # Products with a constant vector run several times faster than means over rows.
    parts = memory.once("parts", (count,), lambda: _constant(1.0 / count, count, memory, "parts"))
    mean = memory.array("mean", gamma.shape)
    variance = memory.array("variance", gamma.shape)
    inverse = memory.array("inverse", gamma.shape)
    centred = memory.array("centred", x.shape)
    y = memory.array("y", x.shape)
    _dot(xp, x, parts, axis, mean)
    xp.subtract(x, spread(mean, axis), out=centred)
    xp.multiply(centred, centred, out=y)
    _dot(xp, y, parts, axis, variance)
    xp.add(variance, epsilon, out=inverse)
    xp.sqrt(inverse, out=inverse)
    xp.divide(1, inverse, out=inverse)
    xp.multiply(centred, spread(gamma * inverse, axis), out=y)
    y += spread(beta, axis)
    return y, BatchNormTrace(centred, mean, variance, inverse)


@batch_norm_backward.override("numpy")
def _batch_norm_backward(
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
    count = d_y.shape[axis]
    ones = memory.once("ones", (count,), lambda: _constant(1.0, count, memory, "ones"))
    d_x = memory.array("d_x", d_y.shape)
    spare = memory.array("spare", gamma.shape)
    q = trace.inverse_deviation
    xp.multiply(d_y, trace.centred, out=d_x)
    _dot(xp, d_x, ones, axis, d_gamma)
    d_gamma *= q
    _dot(xp, d_y, ones, axis, d_beta)
    xp.multiply(d_gamma, q, out=spare)
    spare *= -1.0 / count
    xp.multiply(trace.centred, spread(spare, axis), out=d_x)
    d_x += d_y
    xp.multiply(d_beta, 1.0 / count, out=spare)
    d_x -= spread(spare, axis)
    xp.multiply(gamma, q, out=spare)
    d_x *= spread(spare, axis)
    return d_x


def _dot(xp: Any, x: Array, constant: Array, axis: int, out: Array) -> None:
    if axis == 0:
        xp.dot(constant, x, out=out)
    else:
        xp.dot(x, constant, out=out)


@batch_norm_statistics.override("numpy")
def _batch_norm_statistics(
    xp: Any,
    *,
    mean: Array,
    variance: Array,
    count: int,
    momentum: float,
    epsilon: float,
    running_mean: Array,
    running_variance: Array,
    batches: Array,
) -> None:
    before = float(batches[0])
    # Plain numbers: on a host reading one costs nothing.
    old = before / (before + 1) if momentum < 0 else momentum * (before > 0)
    running_mean *= old
    running_mean += mean * (1 - old)
    running_variance *= old
    running_variance += variance * ((1 - old) * count / (count - 1 + epsilon))
    batches += 1


@scale_and_shift.override("numpy")
def scaled(xp: Any, *, x: Array, factor: Array, shift: Array, axis: int, memory: Memory) -> Array:
    """Scale and shift in the work space."""
    y = memory.array("y", x.shape)
    xp.multiply(x, spread(factor, axis), out=y)
    return xp.add(y, spread(shift, axis), out=y)
