r"""Batch normalisation, forward and backward.

Arrays have two axes, one for the normalised features and one for the values of each; `axis` is the one of the
values: 1 for channel-major images (C, B·H·W), 0 for events in rows (B, n).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel
from tmva_py.kernels.memory import Memory

Array = Any


class BatchNormTrace(NamedTuple):
    """What a training pass gives beside its output.

    Attributes
    ----------
    centred : Array
        x − μ, in the shape of the input.
    mean, variance : Array
        Mean and biased variance of each feature, (n,).
    inverse_deviation : Array
        1/√(v + ε), (n,).
    """

    centred: Array
    mean: Array
    variance: Array
    inverse_deviation: Array


@kernel
def batch_norm_forward(
    xp: Any, *, x: Array, gamma: Array, beta: Array, epsilon: float, axis: int, memory: Memory
) -> tuple[Array, BatchNormTrace]:
    """Y = γ(X − μ)/√(v + ε) + β with mean and biased variance over `axis`."""
    mean = xp.mean(x, axis=axis)
    centred = x - _spread(mean, axis)
    variance = xp.mean(centred * centred, axis=axis)
    inverse = 1 / xp.sqrt(variance + epsilon)
    y = centred * _spread(gamma * inverse, axis) + _spread(beta, axis)
    return y, BatchNormTrace(centred, mean, variance, inverse)


@kernel
def batch_norm_backward(
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
    """Write dγ = q Σ dy(x − μ), dβ = Σ dy; return dx = γ q (dy − dβ/N − q (x − μ) dγ/N), q = 1/√(v + ε)."""
    count = d_y.shape[axis]
    q = trace.inverse_deviation
    d_gamma[...] = xp.sum(d_y * trace.centred, axis=axis) * q
    d_beta[...] = xp.sum(d_y, axis=axis)
    return _spread(gamma * q, axis) * (
        d_y - _spread(d_beta / count, axis) - trace.centred * _spread(q * d_gamma / count, axis)
    )


@kernel
def batch_norm_statistics(
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
    """R ← d R + (1 − d) batch, with v N/(N − 1 + ε) for the variance; then one batch more.

    d is 0 for the first batch, then `momentum`, or k/(k + 1) after k batches where `momentum` is negative.
    """
    old = batches / (batches + 1) if momentum < 0 else momentum * (batches > 0)
    running_mean[...] = old * running_mean + (1 - old) * mean
    running_variance[...] = old * running_variance + (1 - old) * (count / (count - 1 + epsilon)) * variance
    batches += 1


def _spread(values: Array, axis: int) -> Array:
    return values[None, :] if axis == 0 else values[:, None]


def _constant(value: float, length: int, memory: Memory, name: str) -> Array:
    constant = memory.array(name, (length,))
    constant[...] = value
    return constant


@batch_norm_forward.override("numpy")
def _batch_norm_forward_numpy(
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
    xp.subtract(x, _spread(mean, axis), out=centred)
    xp.multiply(centred, centred, out=y)
    _dot(xp, y, parts, axis, variance)
    xp.add(variance, epsilon, out=inverse)
    xp.sqrt(inverse, out=inverse)
    xp.divide(1, inverse, out=inverse)
    xp.multiply(centred, _spread(gamma * inverse, axis), out=y)
    y += _spread(beta, axis)
    return y, BatchNormTrace(centred, mean, variance, inverse)


@batch_norm_backward.override("numpy")
def _batch_norm_backward_numpy(
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
    xp.multiply(trace.centred, _spread(spare, axis), out=d_x)
    d_x += d_y
    xp.multiply(d_beta, 1.0 / count, out=spare)
    d_x -= _spread(spare, axis)
    xp.multiply(gamma, q, out=spare)
    d_x *= _spread(spare, axis)
    return d_x


def _dot(xp: Any, x: Array, constant: Array, axis: int, out: Array) -> None:
    if axis == 0:
        xp.dot(constant, x, out=out)
    else:
        xp.dot(x, constant, out=out)


@batch_norm_statistics.override("numpy")
def _batch_norm_statistics_numpy(
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
