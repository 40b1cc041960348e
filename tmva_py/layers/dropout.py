"""Dropout on the input of a layer."""

from __future__ import annotations

from tmva_py.backends import Array
from tmva_py.errors import TrainingError
from tmva_py.kernels.dropout import dropout_mask
from tmva_py.layers.base import VGeneralLayer
from tmva_py.layers.context import Context


def drop_input(layer: VGeneralLayer, x: Array, context: Context) -> tuple[Array, Array | None]:
    """Return `x` with values dropped and the rest divided by 1 − p, and the mask that does so.

    p is the layer's `dropout`. Where nothing is dropped, without training or with p = 0, it is `x` itself and
    None. The gradient goes the same way: multiply that of the result by the mask.

    Raises
    ------
    TrainingError
        The context has no source of random numbers.
    """
    if not context.training or layer.dropout <= 0:
        return x, None
    if context.random is None:
        message = (
            f"{layer.describe()} with dropout {layer.dropout}: training needs a source of random numbers"
        )
        raise TrainingError(message)
    mask = dropout_mask.on(layer.backend)(
        layer.backend.xp,
        random=context.random,
        probability=layer.dropout,
        out=context.memory(layer).array("mask", x.shape),
    )
    return x * mask, mask
