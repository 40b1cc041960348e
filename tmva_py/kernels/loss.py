"""Loss functions: value and gradient in one pass.

`output` and `target` are (m, n), `weight` is (m, 1) or None for all ones. Each kernel returns the sum over
the events (divided by the columns where the formula says so) as a scalar in double precision, and, when
`gradient` is an array, writes there the gradient of the mean over the events, that is divided by m. The
number of events divides, never the sum of weights, as in TMVA.
"""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel
def mean_squared_error(
    xp: Any, *, output: Array, target: Array, weight: Array | None, gradient: Array | None
) -> Array:
    """Σ_i w_i Σ_j (y_ij − o_ij)² / n; gradient −2 w_i (y_ij − o_ij)/(m n)."""
    events, columns = output.shape
    deviation = output - target
    weighted = deviation if weight is None else deviation * weight
    if gradient is not None:
        gradient[...] = weighted * (2.0 / (events * columns))
    return xp.sum(weighted * deviation, dtype=xp.float64) / columns


@kernel
def cross_entropy(
    xp: Any, *, output: Array, target: Array, weight: Array | None, gradient: Array | None
) -> Array:
    """Σ_i w_i Σ_j [−y ln σ(o) − (1−y) ln(1−σ(o))] / n; gradient w_i (σ(o) − y)/(m n).

    Written as max(o, 0) + ln(1 + exp(−|o|)) − y·o, which is finite for every finite output.
    """
    events, columns = output.shape
    # In this order a small loss keeps its digits: for targets 0 and 1 the first two cancel without rounding.
    value = xp.maximum(output, 0.0) - target * output + xp.log1p(xp.exp(-xp.abs(output)))
    if gradient is not None:
        slope = 0.5 * xp.tanh(0.5 * output) + 0.5 - target
        gradient[...] = _weighted(slope, weight) * (1.0 / (events * columns))
    return xp.sum(_weighted(value, weight), dtype=xp.float64) / columns


@kernel
def softmax_cross_entropy(
    xp: Any, *, output: Array, target: Array, weight: Array | None, gradient: Array | None
) -> Array:
    """Σ_i w_i Σ_j −y_ij ln softmax(o)_ij; gradient (w_i/m)(softmax_ij Σ_k y_ik − y_ij)."""
    shifted = output - xp.max(output, axis=1, keepdims=True)
    exponentials = xp.exp(shifted)
    total = xp.sum(exponentials, axis=1, keepdims=True)
    value = target * (xp.log(total) - shifted)
    if gradient is not None:
        slope = exponentials / total * xp.sum(target, axis=1, keepdims=True) - target
        gradient[...] = _weighted(slope, weight) * (1.0 / output.shape[0])
    return xp.sum(_weighted(value, weight), dtype=xp.float64)


def _weighted(values: Array, weight: Array | None) -> Array:
    return values if weight is None else values * weight
