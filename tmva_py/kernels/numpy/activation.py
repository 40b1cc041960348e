"""Activation functions on NumPy: no array is made on the way; the rare ones are left to their references."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.activation import (
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    tanh_backward,
    tanh_forward,
)

Array = Any

# Values that the rectifier works on at a time.
RELU_VALUES = 16384


@relu_forward.override("numpy")
def _relu(xp: Any, *, x: Array, out: Array) -> Array:
    if not (x.flags.c_contiguous and out.flags.c_contiguous):
        return xp.maximum(x, 0, out=out)
    # The maximum with an array of zeros is vectorised, that with one number is not: a quarter of the time.
    zeros = xp.zeros(min(x.size, RELU_VALUES), x.dtype)
    flat_x, flat_out = x.reshape(-1), out.reshape(-1)
    for start in range(0, x.size, RELU_VALUES):
        part = slice(start, start + RELU_VALUES)
        seen = flat_x[part]
        xp.maximum(seen, zeros[: len(seen)], out=flat_out[part])
    return out


@relu_backward.override("numpy")
def _relu_back(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    return xp.multiply(d_out, x >= 0, out=out)


@sigmoid_forward.override("numpy")
def _sigmoid(xp: Any, *, x: Array, out: Array) -> Array:
    xp.multiply(x, 0.5, out=out)
    xp.tanh(out, out=out)
    xp.multiply(out, 0.5, out=out)
    return xp.add(out, 0.5, out=out)


@sigmoid_backward.override("numpy")
def _sigmoid_back(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    xp.subtract(1, y, out=out)
    xp.multiply(out, y, out=out)
    return xp.multiply(out, d_out, out=out)


@tanh_forward.override("numpy")
def _tanh(xp: Any, *, x: Array, out: Array) -> Array:
    return xp.tanh(x, out=out)


@tanh_backward.override("numpy")
def _tanh_back(xp: Any, *, d_out: Array, x: Array, y: Array, out: Array) -> Array:
    xp.multiply(y, y, out=out)
    xp.subtract(1, out, out=out)
    return xp.multiply(out, d_out, out=out)
