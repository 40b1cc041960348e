"""Max pooling without padding, forward and backward. Arrays are channel-major, (D, B, H, W)."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.convolution import Window, windows
from tmva_py.kernels.kernel import kernel

Array = Any


@kernel(memory=True)
def max_pool_forward(xp: Any, *, x: Array, window: Window) -> Array:
    """Return the largest value of each window, (D, B, oH, oW)."""
    return xp.max(windows(xp, x, window, *window.output_size(*x.shape[2:])), axis=1)


@kernel(memory=True)
def max_pool_backward(xp: Any, *, d_out: Array, x: Array, out: Array, window: Window) -> Array:
    """Give the gradient of each window to the first largest value in row-major order."""
    d_x = xp.zeros_like(x)
    left = d_out
    for rows, columns in window.positions(*out.shape[2:]):
        is_largest = x[:, :, rows, columns] == out
        zero = xp.zeros_like(left)
        d_x[:, :, rows, columns] += xp.where(is_largest, left, zero)
        left = xp.where(is_largest, zero, left)
    return d_x
