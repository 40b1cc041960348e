"""The fully connected layer: product, bias and activation in one, forward and backward."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel(memory=True)
def dense_forward(
    xp: Any, *, x: Array, W: Array, b: Array, z: Array, y: Array, activate: Callable[..., Array]
) -> Array:
    """Z = X Wᵀ + b into `z` and f(Z) into `y` (which may be `z`), for X (B, I) and W (O, I).

    `activate` is a forward kernel of `tmva_py.kernels.activation`, or what may be called like one.
    """
    z[...] = x @ W.T + b
    return activate(xp, x=z, out=y)


@kernel(memory=True)
def dense_row_forward(
    xp: Any, *, x: Array, parameters: Sequence[tuple[Array, Array]], activate: Sequence[Callable[..., Array]]
) -> Array:
    """f(X Wᵀ + b) of several layers one after the other, whose W and b never change.

    An override with memory may keep what it makes of them, and gives an array that it uses again.
    """
    for (W, b), function in zip(parameters, activate, strict=True):
        z = x @ W.T + b
        x = function(xp, x=z, out=xp.zeros_like(z))
    return x


@kernel(memory=True)
def dense_backward(
    xp: Any,
    *,
    d_out: Array,
    x: Array,
    z: Array | None,
    y: Array,
    W: Array,
    d_W: Array,
    d_b: Array,
    activate_back: Callable[..., Array],
    input_gradient: bool,
) -> Array | None:
    """Write the gradients of `W` and `b`, given that of Y = f(Z) (B, O); return that of X (B, I).

    `z` is None where the derivative follows from `y`; the result is None unless `input_gradient`.
    """
    d_z = activate_back(xp, d_out=d_out, x=z, y=y, out=xp.zeros_like(y))
    d_W[...] = d_z.T @ x
    d_b[...] = xp.sum(d_z, axis=0)
    return d_z @ W if input_gradient else None
