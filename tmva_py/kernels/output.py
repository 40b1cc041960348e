"""What is applied to a network's raw outputs (B, n) when it predicts; each returns a new array."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel
def identity(xp: Any, *, x: Array) -> Array:
    """The outputs themselves."""
    return xp.asarray(x, copy=True)


@kernel
def sigmoid(xp: Any, *, x: Array) -> Array:
    """1/(1 + exp(−x)) for each output."""
    # Small probabilities keep their relative precision, and nothing overflows.
    small = xp.exp(-xp.abs(x))
    return xp.where(x >= 0, 1.0, small) / (1 + small)


@kernel
def softmax(xp: Any, *, x: Array) -> Array:
    """exp(x_j)/Σ_k exp(x_k) over the outputs of an event."""
    exponentials = xp.exp(x - xp.max(x, axis=1, keepdims=True))
    return exponentials / xp.sum(exponentials, axis=1, keepdims=True)
