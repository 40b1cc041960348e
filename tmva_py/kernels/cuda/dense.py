"""The fully connected layer on the GPU: matrix products, and one launch for bias and activation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tmva_py.kernels.cuda.activation import NUMBERS
from tmva_py.kernels.cuda.launch import contiguous, launch
from tmva_py.kernels.cuda.products import matrix_product
from tmva_py.kernels.dense import dense_backward, dense_forward
from tmva_py.kernels.memory import Memory

Array = Any


@dense_forward.override("cupy")
def _dense_forward_cupy(
    xp: Any,
    *,
    x: Array,
    W: Array,
    b: Array,
    z: Array,
    y: Array,
    activate: Callable[..., Array],
    memory: Memory,
) -> Array:
    if not (z.flags.c_contiguous and y.flags.c_contiguous):
        return dense_forward(xp, x=x, W=W, b=b, z=z, y=y, activate=activate, memory=memory)
    number = NUMBERS.get(activate)
    matrix_product(xp, x, W.T, out=z)
    if number is None:
        # A plugin's function.
        z += b
        return activate(xp, x=z, out=y)
    arguments = (z, contiguous(xp, b), y, number, z.shape[1], z.size)
    launch(xp, "activation", "bias_and_activation", z.dtype, z.size, *arguments)
    return y


@dense_backward.override("cupy")
def _dense_backward_cupy(
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
    memory: Memory,
    input_gradient: bool,
) -> Array | None:
    events, units = y.shape
    d_z = activate_back(xp, d_out=d_out, x=z, y=y, out=memory.array("d_z", y.shape))
    matrix_product(xp, d_z.T, x, out=d_W)
    ones = memory.once("ones", (events,), lambda: _ones(memory, events))
    matrix_product(xp, ones, d_z, out=d_b.reshape(1, units))
    if not input_gradient:
        return None
    d_x = memory.array("d_x", x.shape)
    if units == 1:
        xp.multiply(d_z, W, out=d_x)
    else:
        matrix_product(xp, d_z, W, out=d_x)
    return d_x


def _ones(memory: Memory, length: int) -> Array:
    ones = memory.array("ones", (1, length))
    ones[...] = 1
    return ones
