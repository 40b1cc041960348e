"""Max pooling on the GPU, one launch in each direction."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.convolution import Window
from tmva_py.kernels.cuda.launch import contiguous, launch
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.pooling import max_pool_backward, max_pool_forward

Array = Any


def _sizes(x: Array, window: Window) -> tuple[int, ...]:
    depth, batch, height, width = x.shape
    return (
        *(depth * batch, height, width, window.height, window.width),
        *(window.stride_rows, window.stride_columns, *window.output_size(height, width)),
    )


@max_pool_forward.override("cupy")
def _max_pool_forward_cupy(xp: Any, *, x: Array, window: Window, memory: Memory) -> Array:
    x = contiguous(xp, x)
    out = memory.array("out", (*x.shape[:2], *window.output_size(*x.shape[2:])))
    launch(xp, "pooling", "max_pool_forward", x.dtype, out.size, x, out, *_sizes(x, window))
    return out


@max_pool_backward.override("cupy")
def _max_pool_backward_cupy(
    xp: Any, *, d_out: Array, x: Array, out: Array, window: Window, memory: Memory
) -> Array:
    d_out, x, out = (contiguous(xp, array) for array in (d_out, x, out))
    d_x = memory.array("d_x", x.shape)
    launch(xp, "pooling", "max_pool_backward", x.dtype, x.size, d_out, x, out, d_x, *_sizes(x, window))
    return d_x
