"""Two-dimensional cross-correlation, any stride and padding, forward and backward.

Arrays are channel-major: inputs (D, B, H, W), outputs (O, B, oH, oW); filters ``W`` (O, D·fH·fW) with column
index c·fH·fW + kh·fW + kw, as in TMVA. Each direction is one matrix product per chunk of events with the
chunk's windows laid out as columns ("im2col"); a chunk is small enough for its columns to stay in the cache.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel
from tmva_py.kernels.memory import Memory

Array = Any

# Values in the columns of one chunk: 2 MB in single precision, about a second-level cache.
CHUNK_VALUES = 524288


class Window(NamedTuple):
    """A filter's or a pool's window: its size, its steps and the zeros around the image."""

    height: int
    width: int
    stride_rows: int
    stride_columns: int
    padding_height: int = 0
    padding_width: int = 0

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        """Return the output's height and width for an image of this size."""
        return (
            (height + 2 * self.padding_height - self.height) // self.stride_rows + 1,
            (width + 2 * self.padding_width - self.width) // self.stride_columns + 1,
        )


def pad_image(xp: Any, x: Array, window: Window, memory: Memory) -> Array:
    """Return `x` (D, B, H, W) with the window's zeros around each image, contiguous.

    Some more zeros lie behind the last pixel, so that the runs of windows of the last rows may be read.
    """
    depth, batch, height, width = x.shape
    rows, columns = window.padding_height, window.padding_width
    slack = (window.height - 1) * (width + 2 * columns) + window.width - 1
    shape = (depth, batch, height + 2 * rows, width + 2 * columns)

    def make() -> Array:
        values = shape[0] * shape[1] * shape[2] * shape[3]
        buffer = memory.array("padded", (values + slack,))
        buffer[...] = 0
        return buffer[:values].reshape(shape)

    # The frame is written once; each pass writes the inside only.
    padded = memory.once("padded", (*shape, slack), make)
    padded[:, :, rows : rows + height, columns : columns + width] = x
    return padded


def inside(padded: Array, window: Window) -> Array:
    """Return padded images (D, B, H + 2pH, W + 2pW) without the zeros around them, as a view."""
    top, left = window.padding_height, window.padding_width
    return padded[:, :, top : padded.shape[2] - top, left : padded.shape[3] - left]


def windows(xp: Any, padded: Array, window: Window, out_height: int, out_width: int) -> Array:
    """Return all windows of a padded image as a view (D, fH, fW, B, oH, oW)."""
    depth, batch = padded.shape[:2]
    s_depth, s_batch, s_row, s_column = padded.strides
    return xp.lib.stride_tricks.as_strided(
        padded,
        (depth, window.height, window.width, batch, out_height, out_width),
        (s_depth, s_row, s_column, s_batch, s_row * window.stride_rows, s_column * window.stride_columns),
    )


@kernel
def conv_forward(
    xp: Any, *, x: Array, W: Array, b: Array, window: Window, memory: Memory
) -> tuple[Array, Array]:
    """Z[o] = b[o] + Σ W[o, (c, kh, kw)] · X[c, i·sr − pH + kh, j·sc − pW + kw].

    Returns Z (O, B, oH, oW) and the padded input, which the backward pass needs.
    """
    out_height, out_width = window.output_size(*x.shape[2:])
    padded = pad_image(xp, x, window, memory)
    columns = windows(xp, padded, window, out_height, out_width).reshape(W.shape[1], -1)
    return (W @ columns + b[:, None]).reshape(-1, x.shape[1], out_height, out_width), padded


@kernel
def conv_backward(
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
    """Write the gradients of `W` and `b` from that of Z (O, B, oH, oW); return the input's (D, B, H, W).

    `padded` is what the forward pass gave beside Z.
    """
    depth, batch = padded.shape[:2]
    depth_out, _, out_height, out_width = d_z.shape
    columns = windows(xp, padded, window, out_height, out_width).reshape(W.shape[1], -1)
    flat = d_z.reshape(depth_out, -1)
    d_W[...] = flat @ columns.T
    d_b[...] = flat.sum(axis=1)
    if not input_gradient:
        return None
    d_columns = (W.T @ flat).reshape(depth, window.height, window.width, batch, out_height, out_width)
    d_padded = xp.zeros_like(padded)
    # Every window gives its gradient back to the pixels that it saw; overlapping ones add up.
    for i in range(window.height):
        for j in range(window.width):
            rows = slice(i, i + out_height * window.stride_rows, window.stride_rows)
            places = slice(j, j + out_width * window.stride_columns, window.stride_columns)
            d_padded[:, :, rows, places] += d_columns[:, i, j]
    return inside(d_padded, window)


class _Rows:
    """How the windows of stride 1 lie in memory: as rows of the padded images, shifted.

    For stride 1 the window at filter position (kh, kw) of pixel p of the padded image, counted along
    memory, is pixel p + kh·(W + 2pW) + kw. All windows of a chunk of events are then D·fH·fW long contiguous
    runs; where a run crosses the edge of an image its values are of no use and left out afterwards.
    """

    def __init__(self, padded: Array, window: Window) -> None:
        depth, batch, self.height, self.width = padded.shape
        self.pixels = self.height * self.width
        self.slack = (window.height - 1) * self.width + window.width - 1
        self.columns = depth * window.height * window.width
        self.chunk = max(1, min(batch, CHUNK_VALUES // (self.columns * self.pixels)))


@conv_forward.override("numpy")
def _conv_forward_numpy(
    xp: Any, *, x: Array, W: Array, b: Array, window: Window, memory: Memory
) -> tuple[Array, Array]:
    if (window.stride_rows, window.stride_columns) != (1, 1):
        return _conv_forward_strided(xp, x=x, W=W, b=b, window=window, memory=memory)
    batch = x.shape[1]
    out_height, out_width = window.output_size(*x.shape[2:])
    padded = pad_image(xp, x, window, memory)
    rows = _Rows(padded, window)
    z = memory.array("z", (W.shape[0], batch, out_height, out_width))
    for start in range(0, batch, rows.chunk):
        events = min(rows.chunk, batch - start)
        columns = _columns(xp, padded, start, events, rows, window, memory)
        whole = memory.array("z_whole", (W.shape[0], events * rows.pixels))
        xp.matmul(W, columns, out=whole)
        grid = whole.reshape(W.shape[0], events, rows.height, rows.width)
        xp.add(
            grid[:, :, :out_height, :out_width],
            b[:, None, None, None],
            out=z[:, start : start + events],
        )
    return z, padded


def _columns(
    xp: Any, padded: Array, start: int, events: int, rows: _Rows, window: Window, memory: Memory
) -> Array:
    """Lay the windows of some events out as columns, (D·fH·fW, events·pixels)."""
    depth = padded.shape[0]
    length = events * rows.pixels
    step = padded.itemsize
    view = xp.lib.stride_tricks.as_strided(
        padded[:, start:],
        (depth, window.height, window.width, length),
        (padded.strides[0], rows.width * step, step, step),
    )
    columns = memory.array("columns", (rows.columns, length))
    columns.reshape(view.shape)[...] = view
    return columns


@conv_backward.override("numpy")
def _conv_backward_numpy(
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
    depth_out, _, out_height, out_width = d_z.shape
    rows = _Rows(padded, window)
    filter_size = window.height * window.width
    # Row c, column (o, kh, kw): what pixel c gave to output o through filter position (kh, kw).
    W_back = xp.ascontiguousarray(W.reshape(depth_out, depth, filter_size).transpose(1, 0, 2)).reshape(
        depth, depth_out * filter_size
    )
    product = memory.array("d_W_part", W.shape)
    top, left = window.padding_height, window.padding_width
    height, width = rows.height - 2 * top, rows.width - 2 * left
    d_x = memory.array("d_x", (depth, batch, height, width))
    d_W[...] = 0
    for start in range(0, batch, rows.chunk):
        events = min(rows.chunk, batch - start)
        length = events * rows.pixels
        d_grid, d_flat = _gradient_grid(
            xp, d_z[:, start : start + events], rows, out_height, out_width, memory
        )
        columns = _columns(xp, padded, start, events, rows, window, memory)
        xp.matmul(d_grid, columns.T, out=product)
        d_W += product
        if not input_gradient:
            continue
        step = d_flat.itemsize
        # The same runs backwards: pixel p was seen by the outputs p − kh·(W + 2pW) − kw.
        view = xp.lib.stride_tricks.as_strided(
            d_flat[:, rows.slack :],
            (depth_out, window.height, window.width, length),
            (d_flat.strides[0], -rows.width * step, -step, step),
        )
        d_columns = memory.array("d_columns", (depth_out * filter_size, length))
        d_columns.reshape(view.shape)[...] = view
        d_padded = memory.array("d_padded", (depth, length))
        xp.matmul(W_back, d_columns, out=d_padded)
        d_x[:, start : start + events] = d_padded.reshape(depth, events, rows.height, rows.width)[
            :, :, top : top + height, left : left + width
        ]
    xp.sum(d_z.reshape(depth_out, -1), axis=1, out=d_b)
    return d_x if input_gradient else None


def _gradient_grid(
    xp: Any, d_z: Array, rows: _Rows, out_height: int, out_width: int, memory: Memory
) -> tuple[Array, Array]:
    """Put gradients of outputs where the outputs lie among the padded images' pixels, zeros elsewhere.

    Returns the grid (O, events·pixels), and the array that it lies in, with `slack` zeros in front of a row.
    """
    depth_out, events = d_z.shape[:2]
    shape = (depth_out, rows.slack + events * rows.pixels)

    def make() -> Array:
        zeros = memory.array("d_grid", shape)
        zeros[...] = 0
        return zeros

    d_flat = memory.once("d_grid", (*shape, rows.width), make)
    grid = d_flat[:, rows.slack :]
    images = xp.lib.stride_tricks.as_strided(
        grid,
        (depth_out, events, out_height, out_width),
        (grid.strides[0], rows.pixels * grid.itemsize, rows.width * grid.itemsize, grid.itemsize),
    )
    images[...] = d_z
    return grid, d_flat


def _conv_forward_strided(
    xp: Any, *, x: Array, W: Array, b: Array, window: Window, memory: Memory
) -> tuple[Array, Array]:
    batch = x.shape[1]
    out_height, out_width = window.output_size(*x.shape[2:])
    padded = pad_image(xp, x, window, memory)
    view = windows(xp, padded, window, out_height, out_width)
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
    view = windows(xp, padded, window, out_height, out_width)
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
        d_windows = columns.reshape(part.shape)
        for i in range(window.height):
            for j in range(window.width):
                rows = slice(i, i + out_height * window.stride_rows, window.stride_rows)
                lines = slice(j, j + out_width * window.stride_columns, window.stride_columns)
                d_padded[:, start : start + events, rows, lines] += d_windows[:, i, j]
    xp.sum(d_z.reshape(depth_out, -1), axis=1, out=d_b)
    return inside(d_padded, window) if input_gradient else None
