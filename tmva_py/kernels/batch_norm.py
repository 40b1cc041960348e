r"""Batch normalisation, forward and backward.

Arrays have two axes, one for the normalised features and one for the values of each; `axis` is the one of the
values: 1 for channel-major images (C, B·H·W), 0 for events in rows (B, n).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any


class BatchNormTrace(NamedTuple):
    """What a training pass gives in addition to its output.

    `centred` is x − μ in the shape of the input; `mean`, biased `variance` and `inverse_deviation` 1/√(v + ε)
    are those of each feature, (n,).
    """

    centred: Array
    mean: Array
    variance: Array
    inverse_deviation: Array


@kernel(memory=True)
def batch_norm_forward(
    xp: Any, *, x: Array, gamma: Array, beta: Array, epsilon: float, axis: int
) -> tuple[Array, BatchNormTrace]:
    """Y = γ(X − μ)/√(v + ε) + β with mean and biased variance over `axis`."""
    mean = xp.mean(x, axis=axis)
    centred = x - spread(mean, axis)
    variance = xp.mean(centred * centred, axis=axis)
    inverse = 1 / xp.sqrt(variance + epsilon)
    y = centred * spread(gamma * inverse, axis) + spread(beta, axis)
    return y, BatchNormTrace(centred, mean, variance, inverse)


@kernel(memory=True)
def batch_norm_backward(
    xp: Any,
    *,
    d_y: Array,
    gamma: Array,
    trace: BatchNormTrace,
    d_gamma: Array,
    d_beta: Array,
    axis: int,
) -> Array:
    """Write dγ = q Σ dy(x − μ), dβ = Σ dy; return dx = γ q (dy − dβ/N − q (x − μ) dγ/N), q = 1/√(v + ε)."""
    count = d_y.shape[axis]
    q = trace.inverse_deviation
    d_gamma[...] = xp.sum(d_y * trace.centred, axis=axis) * q
    d_beta[...] = xp.sum(d_y, axis=axis)
    return spread(gamma * q, axis) * (
        d_y - spread(d_beta / count, axis) - trace.centred * spread(q * d_gamma / count, axis)
    )


@kernel(memory=True)
def scale_and_shift(xp: Any, *, x: Array, factor: Array, shift: Array, axis: int) -> Array:
    """What inference does: x · factor + shift, with a factor and a shift for each feature."""
    return x * spread(factor, axis) + spread(shift, axis)


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
    old = batches / (batches + 1) if momentum < 0 else momentum * xp.astype(batches > 0, batches.dtype)
    running_mean[...] = old * running_mean + (1 - old) * mean
    running_variance[...] = old * running_variance + (1 - old) * (count / (count - 1 + epsilon)) * variance
    batches += 1


def spread(values: Array, axis: int) -> Array:
    """Return a value for each feature in the shape that arrays of two axes take."""
    return values[None, :] if axis == 0 else values[:, None]
