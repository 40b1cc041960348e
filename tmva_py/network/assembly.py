"""From layers to what each of them declares."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.backends import Backend
from tmva_py.errors import ShapeError
from tmva_py.layers import ParameterStore, VGeneralLayer


def build_layers(
    layers: Sequence[VGeneralLayer], input_shape: tuple[int, ...], backend: Backend
) -> tuple[list[ParameterStore], tuple[int, ...]]:
    """Build the layers one behind the other; nothing large is allocated.

    Returns
    -------
    stores : list of ParameterStore
        What each layer declares.
    output_shape : tuple of int
        Shape of one event behind the last layer.

    Raises
    ------
    ShapeError
        A layer's input does not fit it, or it is part of a network already.
    """
    stores: list[ParameterStore] = []
    shape = input_shape
    for number, layer in enumerate(layers):
        if layer.output_shape:
            message = f"layer {number} ({layer.describe()}) belongs to a network already; make a new one"
            raise ShapeError(message)
        store = ParameterStore()
        layer.backend = backend
        layer.previous = layers[number - 1] if number else None
        layer.input_shape = shape
        try:
            shape = tuple(layer.build(shape, store))
        except ShapeError as error:
            message = f"layer {number}: {error}"
            refused = ShapeError(message)
            refused.layer_number = number
            raise refused from None
        layer.output_shape = shape
        stores.append(store)
    return stores, shape
