"""Convolution on NumPy: one matrix product per chunk of events, whose windows are laid out as columns."""

from __future__ import annotations

import math
from typing import Any

from tmva_py.kernels.convolution import Window, conv_backward, conv_forward, inside
from tmva_py.kernels.memory import Memory

Array = Any

# Values in the columns of one chunk: 1 MB in single precision, about a second-level cache.
CHUNK_VALUES = 262144
# Up to this many runs of pixels the columns hold whole windows.
WHOLE_WINDOW_COLUMNS = 6


def pad_image(x: Array, window: Window, memory: Memory) -> Array:
    """Return `x` (D, B, H, W) with the window's zeros around each image, contiguous."""
    depth, batch, height, width = x.shape
    shape = (depth, batch, height + 2 * window.padding_height, width + 2 * window.padding_width)
    padded = _framed(shape, window, memory)
    inside(padded, window)[...] = x
    return padded


def _framed(shape: tuple[int, ...], window: Window, memory: Memory) -> Array:
    """Return padded images whose frame is zero: it is written once, each pass writes the inside only.

    Some more zeros follow the last pixel, so that the runs of windows of the last rows may be read.
    """
    slack = (window.height - 1) * shape[3] + window.width - 1

    def make() -> Array:
        values = math.prod(shape)
        buffer = memory.array("padded", (values + slack,))
        buffer[...] = 0
        return buffer[:values].reshape(shape)

    return memory.once("padded", (*shape, slack), make)


def _windows(xp: Any, padded: Array, window: Window, out_height: int, out_width: int) -> Array:
    """Return all windows of padded images as a view (D, fH, fW, B, oH, oW)."""
    depth, batch = padded.shape[:2]
    s_depth, s_batch, s_row, s_column = padded.strides
    return xp.lib.stride_tricks.as_strided(
        padded,
        (depth, window.height, window.width, batch, out_height, out_width),
        (s_depth, s_row, s_column, s_batch, s_row * window.stride_rows, s_column * window.stride_columns),
    )


class _Rows:
    """Where the windows of stride 1 are in memory, and how the work on them is split.

    For stride 1 the pixel at filter position (kh, kw) of the window at pixel p of the padded image, counted
    along memory, is p + kh·(W + 2pW) + kw: all windows are contiguous runs, shifted. Where a run crosses the
    edge of an image its values are of no use and are left out at the end.

    With few channels the columns hold every shift, D·fH·fW runs. Otherwise they are shifted by kw only, the
    product has one block of O rows for each kh, and the blocks are added, shifted by kh rows of the image: fH
    times less is copied, and the products are fH times as high, which BLAS does faster.
    """

    def __init__(self, padded: Array, window: Window, depth_out: int) -> None:
        depth, batch, self.height, self.width = padded.shape
        self.pixels = self.height * self.width
        self.blocks = window.height if depth * window.width > WHOLE_WINDOW_COLUMNS else 1
        # (kh, kw) of the shifts in the columns
        self.shifts = (window.height // self.blocks, window.width)
        self.columns = depth * self.shifts[0] * self.shifts[1]
        self.overlap = (self.blocks - 1) * self.width
        values = max(self.columns, depth_out * self.blocks) * self.pixels
        self.chunk = max(1, min(batch, CHUNK_VALUES // values))

    def by_block(self, W: Array) -> Array:
        """Return filters (O, D·fH·fW) as a view (blocks, O, D, shifts…)."""
        filters = W.reshape(W.shape[0], -1, self.blocks, *self.shifts)
        return filters.transpose(2, 0, 1, 3, 4)


@conv_forward.override("numpy")
def forward(xp: Any, *, x: Array, W: Array, b: Array, window: Window, memory: Memory) -> tuple[Array, Array]:
    """Convolve; other strides by the windows themselves."""
    if (window.stride_rows, window.stride_columns) != (1, 1):
        return _conv_forward_strided(xp, x=x, W=W, b=b, window=window, memory=memory)
    depth, batch = x.shape[:2]
    depth_out = W.shape[0]
    out_height, out_width = window.output_size(*x.shape[2:])
    padded = pad_image(x, window, memory)
    rows = _Rows(padded, window, depth_out)
    z = memory.array("z", (depth_out, batch, out_height, out_width))
    W_rows = memory.array("W_rows", (rows.blocks, depth_out, depth, *rows.shifts))
    W_rows[...] = rows.by_block(W)
    for start in range(0, batch, rows.chunk):
        events = min(rows.chunk, batch - start)
        length = events * rows.pixels
        columns = _columns(xp, padded, start, events, rows, memory)
        blocks = memory.array("z_blocks", (rows.blocks, depth_out, length))
        xp.matmul(W_rows.reshape(-1, rows.columns), columns, out=blocks.reshape(-1, length))
        whole, used = blocks[0], length - rows.overlap
        for kh in range(1, rows.blocks):
            shift = kh * rows.width
            whole[:, :used] += blocks[kh, :, shift : shift + used]
        grid = whole.reshape(depth_out, events, rows.height, rows.width)
        xp.add(
            grid[:, :, :out_height, :out_width],
            b[:, None, None, None],
            out=z[:, start : start + events],
        )
    return z, padded


def _columns(xp: Any, padded: Array, start: int, events: int, rows: _Rows, memory: Memory) -> Array:
    """Lay the pixels of some events out in all shifts, (D·shifts, events·pixels)."""
    depth = padded.shape[0]
    length = events * rows.pixels
    step = padded.itemsize
    view = xp.lib.stride_tricks.as_strided(
        padded[:, start:],
        (depth, *rows.shifts, length),
        (padded.strides[0], rows.width * step, step, step),
    )
    columns = memory.array("columns", (rows.columns, length))
    columns.reshape(view.shape)[...] = view
    return columns


@conv_backward.override("numpy")
def backward(
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
    """Go back through a convolution; other strides by the windows themselves."""
    if (window.stride_rows, window.stride_columns) != (1, 1):
        return _conv_backward_strided(
            xp,
            d_z=d_z,
            padded=padded,
            W=W,
            window=window,
            d_W=d_W,
            d_b=d_b,
            memory=memory,
            input_gradient=input_gradient,
        )
    depth, batch = padded.shape[:2]
    depth_out = d_z.shape[0]
    own = _framed(padded.shape, window, memory)
    if padded is not own:
        # Another forward pass: its images may end where their memory ends.
        own[...] = padded
        padded = own
    rows = _Rows(padded, window, depth_out)
    # Row (kw, c), column (kh, o): what pixel c gave to output o.
    W_back = memory.array("W_back", (window.width, depth, window.height, depth_out))
    W_back[...] = W.reshape(depth_out, depth, window.height, window.width).transpose(3, 1, 2, 0)
    product = memory.array("d_W_part", (rows.blocks, depth_out, depth, *rows.shifts))
    total = memory.array("d_W_rows", product.shape)
    top, left = window.padding_height, window.padding_width
    height, width = rows.height - 2 * top, rows.width - 2 * left
    d_x = memory.array("d_x", (depth, batch, height, width)) if input_gradient else None
    total[...] = 0
    for start in range(0, batch, rows.chunk):
        events = min(rows.chunk, batch - start)
        length = events * rows.pixels
        shifted = _shifted_gradients(
            xp,
            d_z[:, start : start + events],
            rows,
            window.height if input_gradient else rows.blocks,
            memory,
        )
        columns = _columns(xp, padded, start, events, rows, memory)
        xp.matmul(shifted[: rows.blocks * depth_out], columns.T, out=product.reshape(-1, rows.columns))
        total += product
        if d_x is None:
            continue
        blocks = memory.array("d_blocks", (window.width, depth, length))
        xp.matmul(W_back.reshape(-1, len(shifted)), shifted, out=blocks.reshape(-1, length))
        d_padded = blocks[0]
        for kw in range(1, window.width):
            d_padded[:, kw:] += blocks[kw, :, :-kw]
        d_x[:, start : start + events] = d_padded.reshape(depth, events, rows.height, rows.width)[
            :, :, top : top + height, left : left + width
        ]
    rows.by_block(d_W)[...] = total
    xp.sum(d_z.reshape(depth_out, -1), axis=1, out=d_b)
    return d_x


def _shifted_gradients(xp: Any, d_z: Array, rows: _Rows, shifts: int, memory: Memory) -> Array:
    """Put gradients of outputs at the outputs' places among the padded images' pixels, zeros elsewhere.

    Returns them shifted by 0, 1, … rows of the image, (shifts·O, events·pixels).
    """
    depth_out, events, out_height, out_width = d_z.shape
    length = events * rows.pixels
    shape = (shifts, depth_out, length)

    def make() -> Array:
        zeros = memory.array("d_shifted", shape)
        zeros[...] = 0
        return zeros

    # The zeros are written once: each pass writes the places of outputs, shifted, and nothing else.
    shifted = memory.once("d_shifted", (*shape, rows.width, out_height, out_width), make)
    grid = shifted[0].reshape(depth_out, events, rows.height, rows.width)
    grid[:, :, :out_height, :out_width] = d_z
    for kh in range(1, shifts):
        shifted[kh, :, kh * rows.width :] = shifted[0, :, : -kh * rows.width]
    return shifted.reshape(-1, length)


def _conv_forward_strided(
    xp: Any, *, x: Array, W: Array, b: Array, window: Window, memory: Memory
) -> tuple[Array, Array]:
    batch = x.shape[1]
    out_height, out_width = window.output_size(*x.shape[2:])
    padded = pad_image(x, window, memory)
    view = _windows(xp, padded, window, out_height, out_width)
    z = memory.array("z", (W.shape[0], batch, out_height, out_width))
    chunk = max(1, min(batch, CHUNK_VALUES // (W.shape[1] * out_height * out_width)))
    for start in range(0, batch, chunk):
        events = min(chunk, batch - start)
        columns = memory.array("columns", (W.shape[1], events * out_height * out_width))
        part = view[:, :, :, start : start + events]
        columns.reshape(part.shape)[...] = part
        whole = memory.array("z_whole", (W.shape[0], columns.shape[1]))
        xp.matmul(W, columns, out=whole)
        xp.add(
            whole.reshape(-1, events, out_height, out_width),
            b[:, None, None, None],
            out=z[:, start : start + events],
        )
    return z, padded


def _conv_backward_strided(
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
    batch = padded.shape[1]
    depth_out, _, out_height, out_width = d_z.shape
    view = _windows(xp, padded, window, out_height, out_width)
    d_padded = memory.array("d_padded", padded.shape)
    product = memory.array("d_W_part", W.shape)
    d_W[...] = 0
    d_padded[...] = 0
    chunk = max(1, min(batch, CHUNK_VALUES // (W.shape[1] * out_height * out_width)))
    for start in range(0, batch, chunk):
        events = min(chunk, batch - start)
        places = events * out_height * out_width
        columns = memory.array("columns", (W.shape[1], places))
        part = view[:, :, :, start : start + events]
        columns.reshape(part.shape)[...] = part
        flat = memory.array("d_z_flat", (depth_out, places))
        flat.reshape(depth_out, events, out_height, out_width)[...] = d_z[:, start : start + events]
        xp.matmul(flat, columns.T, out=product)
        d_W += product
        if not input_gradient:
            continue
        xp.matmul(W.T, flat, out=columns)
        d_windows = columns.reshape(part.shape[0], -1, *part.shape[3:])
        for number, (rows, lines) in enumerate(window.positions(out_height, out_width)):
            d_padded[:, start : start + events, rows, lines] += d_windows[:, number]
    xp.sum(d_z.reshape(depth_out, -1), axis=1, out=d_b)
    return inside(d_padded, window) if input_gradient else None
