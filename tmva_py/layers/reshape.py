"""The layer that changes the shape and nothing else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tmva_py.backends import Array
from tmva_py.errors import ShapeError, warn
from tmva_py.kernels.order import in_rows
from tmva_py.layers.arguments import whole_numbers
from tmva_py.layers.base import VGeneralLayer
from tmva_py.layers.context import Context
from tmva_py.layers.layout_fields import LayoutContext, parse_sizes_and_flat
from tmva_py.layers.parameters import ParameterStore
from tmva_py.layers.xml import LayerXML
from tmva_py.options import Option
from tmva_py.plugins import hookimpl


class TReshapeLayer(VGeneralLayer):
    """Give each event another shape; values keep their order (C order).

    Parameters
    ----------
    depth, height, width : int
        New shape; not needed with `flatten`.
    flatten : bool
        Make one row of each event: (T, I) becomes t·I + i, an image (D, H, W) becomes c·H·W + h·W + w.

    Notes
    -----
    Output (B, depth·height·width) with `flatten`; otherwise (B, depth, height, width), where leading ones
    are left out: (1, 1, W) is a flat event (W,), (T, 1, W) a sequence (T, W).
    """

    names = ("RESHAPE",)
    calls_blas = False
    xml = LayerXML("ReshapeLayer")
    options = (
        Option("depth", int, 0, xml="Depth", doc="new depth"),
        Option("height", int, 0, xml="Height", doc="new height"),
        Option("width", int, 0, xml="Width", doc="new width"),
        Option("flatten", bool, False, xml="Flattening", doc="one row per event (FLAT)"),
    )

    def __init__(self, depth: int = 0, height: int = 0, width: int = 0, flatten: bool = False) -> None:
        self.depth, self.height, self.width = whole_numbers(
            "RESHAPE", {"depth": (depth, 0), "height": (height, 0), "width": (width, 0)}
        )
        self.flatten = bool(flatten)

    @classmethod
    def parse_layout_fields(cls, fields: Sequence[str], context: LayoutContext) -> dict[str, Any]:
        """Read depth, height and width, and ``FLAT`` anywhere."""
        return parse_sizes_and_flat(fields, cls.options, context)

    def describe(self) -> str:
        """Return the layer as a layout entry; with the flag the sizes do not matter."""
        return "RESHAPE|FLAT" if self.flatten else f"RESHAPE|{self.depth}|{self.height}|{self.width}"

    def build(self, input_shape: tuple[int, ...], store: ParameterStore) -> tuple[int, ...]:
        """Check that the number of values stays the same."""
        del store
        given, values = self.depth * self.height * self.width, math.prod(input_shape)
        if self.flatten:
            if given not in (0, values):
                warn(
                    f"RESHAPE|{self.depth}|{self.height}|{self.width}|FLAT: the input {input_shape} "
                    f"has {values} values, not {given}; FLAT gives {values} whatever the sizes"
                )
            self.depth, self.height, self.width = 1, 1, values
            return (values,)
        if given != values:
            message = (
                f"RESHAPE|{self.depth}|{self.height}|{self.width}: {given} values, but the input "
                f"{input_shape} has {values}; write RESHAPE|FLAT for one row per event"
            )
            raise ShapeError(message)
        return event_shape(self.depth, self.height, self.width)

    def forward(self, x: Array, context: Context) -> tuple[Array, None]:
        """Return `x` in the new shape; a view where its memory order allows."""
        shape, memory = (x.shape[0], *self.output_shape), context.memory(self)
        rows = in_rows.on(self.backend)
        return rows(self.backend.xp, x=x, shape=shape, name="out", memory=memory), None

    def backward(self, d_out: Array, saved: None, context: Context) -> Array:
        """Return the gradient in the input's shape."""
        del saved, context
        return self.backend.reshape(d_out, (d_out.shape[0], *self.input_shape))


def event_shape(depth: int, height: int, width: int) -> tuple[int, ...]:
    """Return TMVA's (depth, height, width) as the shape of one event: flat, sequence or image."""
    if depth == 1 and height == 1:
        return (width,)
    return (depth, width) if height == 1 else (depth, height, width)


@hookimpl
def tmva_py_layers() -> Sequence[type]:
    """Register the layer."""
    return [TReshapeLayer]
