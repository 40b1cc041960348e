"""Shapes of images before and after a window, and their order in memory."""

from __future__ import annotations

import math

from tmva_py.backends import Array, Backend
from tmva_py.errors import ShapeError
from tmva_py.kernels.convolution import Window

_MOST_TRIED = 1000


def image_output(owner: str, input_shape: tuple[int, ...], window: Window) -> tuple[int, int]:
    """Return height and width of what a window makes of images of `input_shape`.

    Raises
    ------
    ShapeError
        The input is not an image, the window does not fit, or its steps leave a remainder.
    """
    if len(input_shape) != 3:
        message = (
            f"{owner}: expected an image (depth, height, width), got an input of shape {input_shape}; "
            "InputLayout=D|H|W or RESHAPE|D|H|W makes one"
        )
        raise ShapeError(message)
    sizes = []
    for what, length, size, stride, padding in (
        ("height", input_shape[1], window.height, window.stride_rows, window.padding_height),
        ("width", input_shape[2], window.width, window.stride_columns, window.padding_width),
    ):
        room = length - size + 2 * padding
        if room < 0 or room % stride:
            fits = "is larger than" if room < 0 else "does not fill"
            message = (
                f"{owner}: a window of {what} {size} with stride {stride} {fits} an image of {what} "
                f"{length} with padding {padding}: ({length} - {size} + 2*{padding})/{stride} must be a "
                f"whole number of at least 0{_what_fits(length, size, stride, padding)}"
            )
            raise ShapeError(message)
        sizes.append(room // stride + 1)
    return sizes[0], sizes[1]


def _what_fits(length: int, size: int, stride: int, padding: int) -> str:
    """Return which other stride or size would fit, nearest first."""
    whole = length + 2 * padding
    fitting = []
    if (other := _largest_divisor(whole - size, stride - 1)) is not None:
        fitting.append(f"a stride of {other}")
    # Sizes that fit have the remainder of the whole: those beside `size`, the smallest and the largest.
    below, smallest = size - (size - whole) % stride, padding + 1 + (whole - padding - 1) % stride
    candidates = [one for one in (below, below + stride, smallest, whole) if padding < one <= whole]
    fitting += [
        f"a window of {one}" for one in sorted(candidates, key=lambda one: (abs(one - size), one))[:1]
    ]
    return f"; {' or '.join(fitting)} fits" if fitting else ""


def _largest_divisor(number: int, most: int) -> int | None:
    """Return the largest divisor of a number that is not above `most`; None if it would take long to find."""
    divisors = [
        divisor
        for small in range(1, min(math.isqrt(max(number, 0)), _MOST_TRIED) + 1)
        if number % small == 0
        for divisor in (small, number // small)
        if divisor <= most
    ]
    return max(divisors, default=None)


def channel_major(backend: Backend, x: Array) -> Array:
    """Return images (B, D, H, W) as (D, B, H, W), or the other way round; a view."""
    return backend.permute_dims(x, (1, 0, 2, 3))
