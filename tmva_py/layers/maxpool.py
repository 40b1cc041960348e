"""The layer that keeps the largest value of each window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tmva_py.backends import Array
from tmva_py.kernels.convolution import Window
from tmva_py.kernels.order import in_rows
from tmva_py.kernels.pooling import max_pool_backward, max_pool_forward
from tmva_py.layers.arguments import whole_numbers
from tmva_py.layers.base import VGeneralLayer
from tmva_py.layers.context import Context
from tmva_py.layers.images import channel_major, image_output
from tmva_py.layers.parameters import ParameterStore
from tmva_py.layers.xml import LayerXML
from tmva_py.options import Option
from tmva_py.plugins import hookimpl


class Saved(NamedTuple):
    """What the backward pass needs, channel-major: input and output."""

    x: Array
    out: Array


class TMaxPoolLayer(VGeneralLayer):
    """Largest value of each window, without padding.

    Parameters
    ----------
    filter_height, filter_width : int
        Size of a window.
    stride_rows, stride_columns : int, default 1
        Steps of the window.

    Raises
    ------
    OptionError
        A size is not a whole number of at least 1.

    Notes
    -----
    Input (B, D, H, W), output (B, D, oH, oW) with oH = (H − fH)/sr + 1, which must be whole. The gradient
    goes to the first largest value in row-major order; windows that overlap add up.
    """

    names = ("MAXPOOL",)
    calls_blas = False
    gives_images = True
    options = (
        Option("filter_height", int, None, xml="FilterHeight", doc="rows of a window", minimum=1),
        Option("filter_width", int, None, xml="FilterWidth", doc="columns of a window", minimum=1),
        Option("stride_rows", int, None, xml="StrideRows", doc="rows of a step", minimum=1),
        Option("stride_columns", int, None, xml="StrideCols", doc="columns of a step", minimum=1),
    )
    # What the files of 2018 called the window.
    xml = LayerXML(
        "MaxPoolLayer",
        old_names=(("FrameHeight", "FilterHeight"), ("FrameWidth", "FilterWidth")),
    )

    def __init__(
        self, filter_height: int, filter_width: int, stride_rows: int = 1, stride_columns: int = 1
    ) -> None:
        self.filter_height, self.filter_width, self.stride_rows, self.stride_columns = whole_numbers(
            "MAXPOOL",
            {
                "filter_height": (filter_height, 1),
                "filter_width": (filter_width, 1),
                "stride_rows": (stride_rows, 1),
                "stride_columns": (stride_columns, 1),
            },
        )

    @property
    def window(self) -> Window:
        """The window."""
        return Window(self.filter_height, self.filter_width, self.stride_rows, self.stride_columns)

    def build(self, input_shape: tuple[int, ...], store: ParameterStore) -> tuple[int, ...]:
        """Check that the windows fit into the image."""
        del store
        return (input_shape[0], *image_output(self.describe(), input_shape, self.window))

    def forward(self, x: Array, context: Context) -> tuple[Array, Saved]:
        """Return the largest values of `x` (B, D, H, W)."""
        memory = context.memory(self)
        images = channel_major(self.backend, x)
        rows = in_rows.on(self.backend)
        images = rows(self.backend.xp, x=images, shape=images.shape, name="x", memory=memory)
        out = max_pool_forward.on(self.backend)(self.backend.xp, x=images, window=self.window, memory=memory)
        return channel_major(self.backend, out), Saved(images, out)

    def backward(self, d_out: Array, saved: Saved, context: Context) -> Array:
        """Return the gradient of the input, (B, D, H, W)."""
        d_x = max_pool_backward.on(self.backend)(
            self.backend.xp,
            d_out=channel_major(self.backend, d_out),
            x=saved.x,
            out=saved.out,
            window=self.window,
            memory=context.memory(self),
        )
        return channel_major(self.backend, d_x)


@hookimpl
def tmva_py_layers() -> Sequence[type]:
    """Register the layer."""
    return [TMaxPoolLayer]
