"""Activation functions and their derivatives, element by element.

Each forward kernel writes f(x) into `out`, which may be `x` itself. Each backward kernel writes
f'(x) · `d_out` into `out`, which must be an array of its own; it gets the value `y` = f(x), and the
pre-activation `x` where the value does not determine the derivative.
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
    return xp.maximum(x, 0, out=out)


@kernel
def relu_backward(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    """Derivative 1 for x ≥ 0 (TMVA's choice at 0), else 0."""
    return xp.multiply(d_out, x >= 0, out=out)


@kernel
def sigmoid_forward(xp: Any, *, x: Array, out: Array) -> Array:
    """Logistic function, f(x) = 1/(1 + exp(−x)) = tanh(x/2)/2 + 1/2, which cannot overflow."""
    xp.multiply(x, 0.5, out=out)
    xp.tanh(out, out=out)
    xp.multiply(out, 0.5, out=out)
    return xp.add(out, 0.5, out=out)


@kernel
def sigmoid_backward(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    """Derivative y (1 − y)."""
    xp.subtract(1, y, out=out)
    xp.multiply(out, y, out=out)
    return xp.multiply(out, d_out, out=out)


@kernel
def tanh_forward(xp: Any, *, x: Array, out: Array) -> Array:
    """Hyperbolic tangent."""
    return xp.tanh(x, out=out)


@kernel
def tanh_backward(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    """Derivative 1 − y²."""
    xp.multiply(y, y, out=out)
    xp.subtract(1, out, out=out)
    return xp.multiply(out, d_out, out=out)


@kernel
def symmetric_relu_forward(xp: Any, *, x: Array, out: Array) -> Array:
    """Symmetric rectifier, f(x) = |x|."""
    return xp.absolute(x, out=out)


@kernel
def symmetric_relu_backward(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    """Derivative +1 for x ≥ 0, else −1."""
    xp.negative(d_out, out=out)
    xp.copyto(out, d_out, where=x >= 0)
    return out


@kernel
def softsign_forward(xp: Any, *, x: Array, out: Array) -> Array:
    """Soft sign, f(x) = x/(1 + |x|)."""
    return xp.divide(x, xp.absolute(x) + 1, out=out)


@kernel
def softsign_backward(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    """Derivative 1/(1 + |x|)² = (1 − |y|)²."""
    xp.absolute(y, out=out)
    xp.subtract(1, out, out=out)
    xp.multiply(out, out, out=out)
    return xp.multiply(out, d_out, out=out)


@kernel
def gauss_forward(xp: Any, *, x: Array, out: Array) -> Array:
    """Bell curve, f(x) = exp(−x²)."""
    xp.multiply(x, x, out=out)
    xp.negative(out, out=out)
    return xp.exp(out, out=out)


@kernel
def gauss_backward(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    """Derivative −2x·exp(−x²)."""
    xp.multiply(x, -2, out=out)
    xp.multiply(out, y, out=out)
    return xp.multiply(out, d_out, out=out)
