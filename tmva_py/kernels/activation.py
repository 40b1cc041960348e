"""Activation functions and their derivatives, element by element.

Each forward kernel writes f(x) into `out`, which may be `x` itself. Each backward kernel writes
f'(x) · `d_out` into `out`, which must be an array of its own; it gets the value `y` = f(x), and the
pre-activation `x` where the value does not determine the derivative. Both return `out`.
"""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel
def linear_forward(xp: Any, *, x: Array, out: Array) -> Array:
    """Identity, f(x) = x."""
    if out is not x:
        out[...] = x
    return out


@kernel
def linear_backward(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    """Derivative 1."""
    out[...] = d_out
    return out


@kernel
def relu_forward(xp: Any, *, x: Array, out: Array) -> Array:
    """Rectifier, f(x) = max(0, x)."""
    out[...] = xp.maximum(x, 0.0)
    return out


@kernel
def relu_backward(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    """Derivative 1 for x ≥ 0 (TMVA's choice at 0), else 0."""
    out[...] = d_out * xp.astype(x >= 0, d_out.dtype)
    return out


@kernel
def sigmoid_forward(xp: Any, *, x: Array, out: Array) -> Array:
    """Logistic function, f(x) = 1/(1 + exp(−x)) = tanh(x/2)/2 + 1/2, which cannot overflow."""
    out[...] = 0.5 * xp.tanh(0.5 * x) + 0.5
    return out


@kernel
def sigmoid_backward(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    """Derivative y (1 − y)."""
    out[...] = (1 - y) * y * d_out
    return out


@kernel
def tanh_forward(xp: Any, *, x: Array, out: Array) -> Array:
    """Hyperbolic tangent."""
    out[...] = xp.tanh(x)
    return out


@kernel
def tanh_backward(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    """Derivative 1 − y²."""
    out[...] = (1 - y * y) * d_out
    return out


@kernel
def symmetric_relu_forward(xp: Any, *, x: Array, out: Array) -> Array:
    """Symmetric rectifier, f(x) = |x|."""
    out[...] = xp.abs(x)
    return out


@kernel
def symmetric_relu_backward(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    """Derivative +1 for x ≥ 0, else −1."""
    out[...] = xp.where(x >= 0, d_out, -d_out)
    return out


@kernel
def softsign_forward(xp: Any, *, x: Array, out: Array) -> Array:
    """Soft sign, f(x) = x/(1 + |x|)."""
    out[...] = x / (xp.abs(x) + 1)
    return out


@kernel
def softsign_backward(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    """Derivative 1/(1 + |x|)² = (1 − |y|)²."""
    rest = 1 - xp.abs(y)
    out[...] = rest * rest * d_out
    return out


@kernel
def gauss_forward(xp: Any, *, x: Array, out: Array) -> Array:
    """Bell curve, f(x) = exp(−x²)."""
    out[...] = xp.exp(-(x * x))
    return out


@kernel
def gauss_backward(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    """Derivative −2x·exp(−x²)."""
    out[...] = -2 * x * y * d_out
    return out
