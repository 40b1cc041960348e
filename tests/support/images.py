"""Shapes and events that the tests of convolution, pooling and batch normalisation share."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tmva_py.kernels.convolution import Window
from tmva_py.layers.conv import TConvLayer
from tmva_py.layers.maxpool import TMaxPoolLayer


class ImageShape(NamedTuple):
    """A batch of images and a window."""

    batch: int
    depth: int
    height: int
    width: int
    window: Window
    filters: int = 1

    def conv(self, activation: str = "IDENTITY") -> TConvLayer:
        """Return a convolution with this window."""
        return TConvLayer(self.filters, *self.window, activation)

    def maxpool(self) -> TMaxPoolLayer:
        """Return a pooling layer with this window."""
        return TMaxPoolLayer(*self.window[:4])

    def __str__(self) -> str:
        sizes = "x".join(map(str, self[:4]))
        return f"{sizes}-{self.filters}|{'|'.join(map(str, self.window))}"


# Smallest first; strides 1 to 3, paddings 0 to 2, images and filters not square, one channel and many.
CONV_SHAPES = [
    ImageShape(1, 1, 3, 3, Window(1, 1, 1, 1), 1),
    ImageShape(1, 1, 4, 3, Window(2, 3, 1, 1), 1),
    ImageShape(1, 1, 1, 5, Window(1, 3, 1, 1, 0, 1), 2),
    ImageShape(1, 2, 5, 1, Window(2, 1, 1, 1), 3),
    ImageShape(2, 3, 5, 4, Window(3, 2, 1, 1, 1, 0), 2),
    ImageShape(3, 2, 5, 7, Window(3, 3, 2, 2, 1, 1), 4),
    ImageShape(2, 4, 7, 6, Window(3, 2, 1, 1, 2, 1), 3),
    ImageShape(1, 2, 7, 8, Window(4, 2, 3, 2), 3),
    ImageShape(2, 1, 6, 5, Window(3, 3, 3, 1, 0, 2), 2),
    ImageShape(4, 5, 6, 6, Window(3, 3, 1, 1, 1, 1), 6),
    ImageShape(2, 7, 5, 6, Window(5, 3, 1, 1, 2, 2), 2),
    ImageShape(2, 3, 7, 7, Window(3, 3, 2, 3, 1, 1), 2),
    ImageShape(2, 2, 8, 5, Window(3, 3, 3, 3, 2, 2), 2),
    ImageShape(3, 10, 8, 8, Window(3, 3, 1, 1, 1, 1), 10),
]
POOL_SHAPES = [
    ImageShape(1, 1, 1, 1, Window(1, 1, 1, 1)),
    ImageShape(1, 1, 3, 4, Window(2, 2, 1, 1)),
    ImageShape(3, 2, 4, 5, Window(2, 2, 1, 1)),
    ImageShape(2, 3, 5, 4, Window(3, 2, 1, 1)),
    ImageShape(2, 1, 4, 4, Window(1, 3, 1, 1)),
    ImageShape(1, 4, 4, 3, Window(4, 1, 1, 1)),
    ImageShape(2, 2, 6, 4, Window(2, 2, 2, 2)),
    ImageShape(2, 3, 7, 8, Window(3, 2, 2, 3)),
    ImageShape(4, 1, 8, 7, Window(2, 3, 3, 2)),
    ImageShape(1, 2, 7, 7, Window(3, 3, 2, 2)),
    ImageShape(3, 5, 6, 9, Window(3, 3, 3, 3)),
]


def distinct(shape: tuple[int, ...], random: np.random.Generator, step: float = 0.1) -> Any:
    """Return numbers of which no two are closer than `step`: no window has two that are nearly largest."""
    numbers = random.permutation(int(np.prod(shape))) - np.prod(shape) / 2
    return (step * numbers).reshape(shape)
