"""The convolution layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tmva_py.backends import Array
from tmva_py.errors import OptionError
from tmva_py.kernels.convolution import Window, conv_backward, conv_forward
from tmva_py.layers.arguments import make_activation, whole_numbers
from tmva_py.layers.base import VGeneralLayer
from tmva_py.layers.context import Context
from tmva_py.layers.images import channel_major, image_output
from tmva_py.layers.parameters import ParameterStore
from tmva_py.layers.xml import LayerXML
from tmva_py.options import Option
from tmva_py.plugins import Registry, hookimpl


@dataclass
class Saved:
    """What the backward pass needs, channel-major: padded input, pre-activation (where wanted), output."""

    padded: Array
    z: Array | None
    y: Array


class TConvLayer(VGeneralLayer):
    r"""Convolution of images, which is here, as in TMVA and other frameworks, a correlation without flip.

    .. math::
        Z[o, i, j] = b[o] +
        \sum_{c, k_h, k_w} W[o, (c, k_h, k_w)]\, X[c, i s_r - p_h + k_h, j s_c - p_w + k_w]

    Parameters
    ----------
    depth : int
        Number O of filters.
    filter_height, filter_width : int
        Size of a filter.
    stride_rows, stride_columns : int, default 1
        Steps of the window.
    padding_height, padding_width : int, default 0
        Rows and columns of zeros on either side of the image.
    activation : str, default "IDENTITY"
        Name of the activation function.
    registry : Registry, optional
        Where the activation is looked up.

    Raises
    ------
    OptionError
        A size is not a whole number in its range.

    Notes
    -----
    Input (B, D, H, W), output (B, O, oH, oW) with oH = (H − fH + 2 pH)/sr + 1, which must be whole; ``W``
    (O, D·fH·fW) with column index c·fH·fW + kh·fW + kw, ``b`` (O,). L1 and L2 apply to ``W``. ROOT's
    gradients on the CPU are right for stride 1 only; these are right at every stride.
    """

    names = ("CONV",)
    gives_images = True
    options = (
        Option("depth", int, None, xml="Depth", doc="number of filters", minimum=1),
        Option("filter_height", int, None, xml="FilterHeight", doc="rows of a filter", minimum=1),
        Option("filter_width", int, None, xml="FilterWidth", doc="columns of a filter", minimum=1),
        Option("stride_rows", int, None, xml="StrideRows", doc="rows of a step", minimum=1),
        Option("stride_columns", int, None, xml="StrideCols", doc="columns of a step", minimum=1),
        Option("padding_height", int, 0, xml="PaddingHeight", doc="rows of zeros on either side", minimum=0),
        Option("padding_width", int, 0, xml="PaddingWidth", doc="columns of zeros on either side", minimum=0),
        Option("activation", str, "TANH", xml="ActivationFunction", doc="activation function"),
    )
    xml = LayerXML("ConvLayer", matrices=(("Weights", "W"), ("Biases", "b")), activations=("activation",))

    def __init__(
        self,
        depth: int,
        filter_height: int,
        filter_width: int,
        stride_rows: int = 1,
        stride_columns: int = 1,
        padding_height: int = 0,
        padding_width: int = 0,
        activation: str = "IDENTITY",
        *,
        registry: Registry | None = None,
    ) -> None:
        (
            self.depth,
            self.filter_height,
            self.filter_width,
            self.stride_rows,
            self.stride_columns,
            self.padding_height,
            self.padding_width,
        ) = whole_numbers(
            "CONV",
            {
                "depth": (depth, 1),
                "filter_height": (filter_height, 1),
                "filter_width": (filter_width, 1),
                "stride_rows": (stride_rows, 1),
                "stride_columns": (stride_columns, 1),
                "padding_height": (padding_height, 0),
                "padding_width": (padding_width, 0),
            },
        )
        if self.padding_height >= self.filter_height or self.padding_width >= self.filter_width:
            message = (
                f"CONV: the padding {self.padding_height}|{self.padding_width} must be smaller than the "
                f"filter {self.filter_height}|{self.filter_width}, or some windows see zeros only"
            )
            raise OptionError(message)
        self.activation = activation
        self.function = make_activation(activation, registry)

    @property
    def window(self) -> Window:
        """The filter's window."""
        return Window(
            self.filter_height,
            self.filter_width,
            self.stride_rows,
            self.stride_columns,
            self.padding_height,
            self.padding_width,
        )

    def build(self, input_shape: tuple[int, ...], store: ParameterStore) -> tuple[int, ...]:
        """Declare ``W`` and ``b``; the input must be an image into which the windows fit."""
        height, width = image_output(self.describe(), input_shape, self.window)
        columns = input_shape[0] * self.filter_height * self.filter_width
        store.add("W", (self.depth, columns), regularized=True)
        store.add("b", (self.depth,), kind="bias")
        return (self.depth, height, width)

    def forward(self, x: Array, context: Context) -> tuple[Array, Saved]:
        """Return the activated convolution of `x` (B, D, H, W)."""
        backend, memory = self.backend, context.memory(self)
        z, padded = conv_forward.on(backend)(
            backend.xp, x=channel_major(backend, x), window=self.window, memory=memory, **self.parameters
        )
        keep = self.function.needs_input
        y = memory.array("y", z.shape) if keep else z
        self.function.forward(backend, x=z, out=y)
        return channel_major(backend, y), Saved(padded, z if keep else None, y)

    def backward(self, d_out: Array, saved: Saved, context: Context) -> Array | None:
        """Write the gradients of ``W`` and ``b`` and return the input's, (B, D, H, W)."""
        backend, memory = self.backend, context.memory(self)
        d_z = self.function.backward(
            backend,
            d_out=channel_major(backend, d_out),
            x=saved.z,
            y=saved.y,
            out=memory.array("d_z", saved.y.shape),
        )
        d_x = conv_backward.on(backend)(
            backend.xp,
            d_z=d_z,
            padded=saved.padded,
            W=self.parameters["W"],
            window=self.window,
            d_W=self.gradients["W"],
            d_b=self.gradients["b"],
            memory=memory,
            input_gradient=context.input_gradient,
        )
        return None if d_x is None else channel_major(backend, d_x)


@hookimpl
def tmva_py_layers() -> Sequence[type]:
    """Register the layer."""
    return [TConvLayer]
