"""Two-dimensional cross-correlation, any stride and padding, forward and backward.

Arrays are channel-major: inputs (D, B, H, W), outputs (O, B, oH, oW); filters ``W`` (O, D·fH·fW) with column
index c·fH·fW + kh·fW + kw, as in TMVA. With the windows laid out as columns ("im2col") each direction is one
matrix product.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any


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

    def positions(self, out_height: int, out_width: int) -> list[tuple[slice, slice]]:
        """Return the rows and columns that each pixel of a window sees of the image, in row-major order."""
        return [
            (
                slice(i, i + (out_height - 1) * self.stride_rows + 1, self.stride_rows),
                slice(j, j + (out_width - 1) * self.stride_columns + 1, self.stride_columns),
            )
            for i in range(self.height)
            for j in range(self.width)
        ]


def inside(padded: Array, window: Window) -> Array:
    """Return padded images (D, B, H + 2pH, W + 2pW) without the zeros around them, as a view."""
    top, left = window.padding_height, window.padding_width
    return padded[:, :, top : padded.shape[2] - top, left : padded.shape[3] - left]


def with_zeros_around(xp: Any, x: Array, window: Window) -> Array:
    """Return images (D, B, H, W) with the window's zeros around each."""
    depth, batch, height, width = x.shape
    shape = (depth, batch, height + 2 * window.padding_height, width + 2 * window.padding_width)
    padded = xp.zeros(shape, dtype=x.dtype, device=x.device)
    inside(padded, window)[...] = x
    return padded


def windows(xp: Any, padded: Array, window: Window, out_height: int, out_width: int) -> Array:
    """Return all windows of padded images, (D, fH·fW, B, oH, oW)."""
    seen = [padded[:, :, rows, columns] for rows, columns in window.positions(out_height, out_width)]
    return xp.stack(seen, axis=1)


@kernel(memory=True)
def conv_forward(xp: Any, *, x: Array, W: Array, b: Array, window: Window) -> tuple[Array, Array]:
    """Z[o] = b[o] + Σ W[o, (c, kh, kw)] · X[c, i·sr − pH + kh, j·sc − pW + kw].

    Returns Z (O, B, oH, oW) and the padded input, which the backward pass needs.
    """
    filters, batch, size = W.shape[0], x.shape[1], window.output_size(*x.shape[2:])
    padded = with_zeros_around(xp, x, window)
    columns = xp.reshape(windows(xp, padded, window, *size), (W.shape[1], -1))
    return xp.reshape(W @ columns + b[:, None], (filters, batch, *size)), padded


@kernel(memory=True)
def conv_backward(
    xp: Any,
    *,
    d_z: Array,
    padded: Array,
    W: Array,
    window: Window,
    d_W: Array,
    d_b: Array,
    input_gradient: bool,
) -> Array | None:
    """Write the gradients of `W` and `b` from that of Z (O, B, oH, oW); return the input's (D, B, H, W).

    `padded` is what the forward pass gave in addition to Z.
    """
    filters, size = d_z.shape[0], d_z.shape[2:]
    seen = windows(xp, padded, window, *size)
    flat = xp.reshape(d_z, (filters, -1))
    d_W[...] = flat @ xp.reshape(seen, (W.shape[1], -1)).T
    d_b[...] = xp.sum(flat, axis=1)
    if not input_gradient:
        return None
    d_seen = xp.reshape(W.T @ flat, seen.shape)
    d_padded = xp.zeros_like(padded)
    # Every window gives its gradient back to the pixels that it saw; overlapping ones add up.
    for number, (rows, columns) in enumerate(window.positions(*size)):
        d_padded[:, :, rows, columns] += d_seen[:, number, ...]
    return inside(d_padded, window)
