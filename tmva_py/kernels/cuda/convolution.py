"""Convolution on the GPU: windows laid out as columns, and one matrix product for each direction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tmva_py.kernels.convolution import Window, conv_backward, conv_forward
from tmva_py.kernels.cuda.launch import contiguous, launch
from tmva_py.kernels.memory import Memory

Array = Any

# Values in the columns of one product at most, 256 MB in single precision: more events go in parts.
COLUMN_VALUES = 2**26


def _parts(batch: int, values_of_one: int) -> Iterator[tuple[int, int]]:
    """Yield the first event and the number of events of each part."""
    chunk = max(1, min(batch, COLUMN_VALUES // max(1, values_of_one)))
    for first in range(0, batch, chunk):
        yield first, min(chunk, batch - first)


def _padded(xp: Any, x: Array, window: Window, memory: Memory) -> Array:
    depth, batch, height, width = x.shape
    top, left = window.padding_height, window.padding_width
    padded = memory.array("padded", (depth, batch, height + 2 * top, width + 2 * left))
    strides = [stride // x.itemsize for stride in x.strides]
    sizes = (depth, batch, height, width, top, left)
    launch(xp, "convolution", "pad_images", x.dtype, padded.size, x, *strides, padded, *sizes)
    return padded


def _columns(
    xp: Any, padded: Array, window: Window, part: tuple[int, int], output: tuple[int, int], memory: Memory
) -> Array:
    depth, batch, rows, width = padded.shape
    filters = (window.height, window.width)
    shape = (depth * window.height * window.width, part[1] * output[0] * output[1])
    columns = memory.array("columns", shape)
    launch(
        *(xp, "convolution", "windows_to_columns", padded.dtype, columns.size, padded, columns),
        *(depth, batch, rows, width, *part, *filters, window.stride_rows, window.stride_columns, *output),
    )
    return columns


@conv_forward.override("cupy")
def _conv_forward_cupy(
    xp: Any, *, x: Array, W: Array, b: Array, window: Window, memory: Memory
) -> tuple[Array, Array]:
    batch, filters = x.shape[1], W.shape[0]
    output = window.output_size(*x.shape[2:])
    pixels = output[0] * output[1]
    padded = _padded(xp, x, window, memory)
    z = memory.array("z", (filters, batch, *output))
    bias = contiguous(xp, b)
    for part in _parts(batch, W.shape[1] * pixels):
        columns = _columns(xp, padded, window, part, output, memory)
        places = columns.shape[1]
        product = memory.array("z_product", (filters, places))
        xp.matmul(W, columns, out=product)
        launch(
            *(xp, "convolution", "add_bias", z.dtype, product.size, product, bias, z),
            *(filters, places, batch * pixels, part[0] * pixels),
        )
    return z, padded


@conv_backward.override("cupy")
def _conv_backward_cupy(
    xp: Any,
    *,
    d_z: Array,
    padded: Array,
    W: Array,
    window: Window,
    d_W: Array,
    d_b: Array,
    memory: Memory,
    input_gradient: bool,
) -> Array | None:
    depth, batch, rows, columns_in_all = padded.shape
    filters, _, *output_sizes = d_z.shape
    output = (output_sizes[0], output_sizes[1])
    top, left = window.padding_height, window.padding_width
    d_x = memory.array("d_x", (depth, batch, rows - 2 * top, columns_in_all - 2 * left))
    parts = list(_parts(batch, W.shape[1] * output[0] * output[1]))
    for number, part in enumerate(parts):
        columns = _columns(xp, padded, window, part, output, memory)
        flat = contiguous(xp, d_z[:, part[0] : part[0] + part[1]]).reshape(filters, columns.shape[1])
        if number == 0:
            xp.matmul(flat, columns.T, out=d_W)
        else:
            d_W += flat @ columns.T
        if not input_gradient:
            continue
        # The columns have done their work; their gradients take their place.
        xp.matmul(W.T, flat, out=columns)
        launch(
            *(xp, "convolution", "columns_to_images", d_x.dtype, d_x.size // batch * part[1], columns, d_x),
            *(*d_x.shape, *part, top, left, window.height, window.width),
            *(window.stride_rows, window.stride_columns, *output),
        )
    xp.sum(contiguous(xp, d_z).reshape(filters, -1), axis=1, out=d_b)
    return d_x if input_gradient else None
