"""The fully connected layer on the GPU: a matrix product, and one launch for bias and activation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tmva_py.kernels.cuda.activation import NUMBERS
from tmva_py.kernels.cuda.launch import contiguous, launch
from tmva_py.kernels.dense import dense_backward, dense_forward
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numpy import dense as on_numpy

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
    number = NUMBERS.get(activate)
    if number is None or not (z.flags.c_contiguous and y.flags.c_contiguous):
        # A plugin's function.
        return on_numpy.forward(xp, x=x, W=W, b=b, z=z, y=y, activate=activate, memory=memory)
    xp.matmul(x, W.T, out=z)
    arguments = (z, contiguous(xp, b), y, number, z.shape[1], z.size)
    launch(xp, "activation", "bias_and_activation", z.dtype, z.size, *arguments)
    return y


# Products and sums of CuPy's own.
dense_backward.override("cupy")(on_numpy.backward)
