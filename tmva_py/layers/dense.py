"""The fully connected layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from tmva_py.backends import Array
from tmva_py.errors import ShapeError
from tmva_py.kernels.dense import dense_backward, dense_forward, dense_row_forward
from tmva_py.layers.arguments import drop_probability, make_activation, whole_numbers
from tmva_py.layers.base import VGeneralLayer
from tmva_py.layers.context import Context
from tmva_py.layers.dropout import drop_input
from tmva_py.layers.layout_fields import LayoutContext, parse_width_and_activation
from tmva_py.layers.parameters import ParameterStore
from tmva_py.layers.xml import LayerXML
from tmva_py.options import Option
from tmva_py.plugins import Registry, hookimpl


@dataclass
class Saved:
    """What the backward pass needs: input as used, pre-activation (where wanted), output, dropout mask."""

    x: Array
    z: Array | None
    y: Array
    mask: Array | None


class _Row(NamedTuple):
    """What layers in a row compute with."""

    parameters: list[tuple[Array, Array]]
    activate: list[Callable[..., Array]]
    can_be_one: bool
    """Whether compiled kernels have products of their own and know every activation."""


class TDenseLayer(VGeneralLayer):
    r"""Fully connected layer, :math:`y = f(x W^T + b)`.

    Parameters
    ----------
    width : int
        Number of units, at least 1.
    activation : str, default "IDENTITY"
        Name of the activation function.
    dropout : float, default 0
        Probability with which each value of the layer's *input* is dropped while training; what is kept is
        divided by 1 − `dropout` (inverted dropout). The gradient passes through what was kept only.
    registry : Registry, optional
        Where the activation is looked up.

    Raises
    ------
    OptionError
        `width` is not positive or `dropout` not in [0, 1).
    UnknownNameError
        There is no such activation.

    Notes
    -----
    Input (B, I), output (B, width); ``W`` (width, I), ``b`` (width,), as TMVA writes them. L1 and L2 apply
    to ``W``.
    """

    names = ("DENSE",)
    calls_blas = False
    takes_dropout = True
    options = (
        Option("width", int, 0, xml="Width", doc="number of units"),
        Option("activation", str, "IDENTITY", xml="ActivationFunction", doc="activation function"),
    )
    xml = LayerXML("DenseLayer", matrices=(("Weights", "W"), ("Biases", "b")), activations=("activation",))

    def __init__(
        self,
        width: int,
        activation: str = "IDENTITY",
        *,
        dropout: float = 0.0,
        registry: Registry | None = None,
    ) -> None:
        (self.width,) = whole_numbers("dense layer", {"width": (width, 1)})
        self.activation = activation
        self.function = make_activation(activation, registry)
        self.dropout = drop_probability(dropout)

    def build(self, input_shape: tuple[int, ...], store: ParameterStore) -> tuple[int, ...]:
        """Declare ``W`` and ``b``; the input must be flat."""
        if len(input_shape) != 1:
            message = (
                f"dense layer of width {self.width}: expected a flat input (n,), got {input_shape}; "
                "put RESHAPE|FLAT (.flatten() in the builder) before it"
            )
            raise ShapeError(message)
        store.add("W", (self.width, input_shape[0]), regularized=True)
        store.add("b", (self.width,), kind="bias")
        return (self.width,)

    def forward(self, x: Array, context: Context) -> tuple[Array, Saved]:
        """Return f(x Wᵀ + b) for `x` (B, I)."""
        backend, xp, memory = self.backend, self.backend.xp, context.memory(self)
        mask = None
        if self.dropout:
            x, mask = drop_input(self, x, context)
        z = memory.array("z", (x.shape[0], self.width))
        keep = self.function.needs_input
        y = memory.array("y", z.shape) if keep else z
        dense_forward.on(backend)(
            xp,
            x=x,
            W=self.parameters["W"],
            b=self.parameters["b"],
            z=z,
            y=y,
            activate=self.function.forward_on(backend),
            memory=memory,
        )
        return y, Saved(x, z if keep else None, y, mask)

    @classmethod
    def forward_in_row(cls, layers: Sequence[Self], x: Array, context: Context) -> Array:
        """Return the output of layers in a row: of one event at once, where compiled kernels can."""
        if cls is TDenseLayer and context.parameters_are_fixed and x.shape[0] == 1:
            memory = context.memory((cls, layers[0]))
            row = memory.once("row of layers", (), lambda: _row_of(layers))
            if row.can_be_one:
                return dense_row_forward.on(layers[0].backend)(
                    layers[0].backend.xp, x=x, parameters=row.parameters, activate=row.activate, memory=memory
                )
        return super().forward_in_row(layers, x, context)

    def backward(self, d_out: Array, saved: Saved, context: Context) -> Array | None:
        """Write the gradients of ``W`` and ``b`` and return the input's, (B, I)."""
        backend, xp, memory = self.backend, self.backend.xp, context.memory(self)
        d_x = dense_backward.on(backend)(
            xp,
            d_out=d_out,
            x=saved.x,
            z=saved.z,
            y=saved.y,
            W=self.parameters["W"],
            d_W=self.gradients["W"],
            d_b=self.gradients["b"],
            activate_back=self.function.backward_on(backend),
            memory=memory,
            input_gradient=context.input_gradient,
        )
        if d_x is not None and saved.mask is not None:
            d_x *= saved.mask
        return d_x

    @classmethod
    def parse_layout_fields(cls, fields: Sequence[str], context: LayoutContext) -> dict[str, Any]:
        """Read width and activation in either order; the activation is ``TANH`` when none is named."""
        return parse_width_and_activation(fields, context)


def _row_of(layers: Sequence[TDenseLayer]) -> _Row:
    backend = layers[0].backend
    activate = [layer.function.forward_on(backend) for layer in layers]
    return _Row(
        [(layer.parameters["W"], layer.parameters["b"]) for layer in layers],
        activate,
        backend.own_products and all(hasattr(one, "number") for one in activate),
    )


@hookimpl
def tmva_py_layers() -> Sequence[type]:
    """Register the layer."""
    return [TDenseLayer]
