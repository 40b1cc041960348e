"""Whether a network fits into the memory of this machine, before any is taken."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence

import numpy as np

from tmva_py.errors import ShapeError
from tmva_py.layers import ParameterStore, VGeneralLayer

# Values, gradients and best weights of a training; an optimiser takes as many again.
_COPIES = 3


def physical_memory() -> int:
    """Return the bytes of memory of this machine; a terabyte where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 1 << 40


def refuse_large_output(
    number: int, layer: VGeneralLayer, shape: Sequence[int], dtype: np.dtype[np.generic]
) -> None:
    """Refuse a layer that gives more values for one event than there is memory for.

    Raises
    ------
    ShapeError
        The message names the layer.
    """
    size = math.prod(shape) * dtype.itemsize
    if size > physical_memory():
        message = (
            f"layer {number} ({layer.describe()}): its output for one event has the shape {tuple(shape)}, "
            f"{_shown(size)}; this machine has {_shown(physical_memory())}"
        )
        raise _error(number, message)


def refuse_many_parameters(
    layers: Sequence[VGeneralLayer], stores: Sequence[ParameterStore], dtype: np.dtype[np.generic]
) -> None:
    """Refuse layers with more parameters than there is memory for.

    Raises
    ------
    ShapeError
        The message names the largest layer.
    """
    sizes = [store.size + store.buffer_size for store in stores]
    if _COPIES * sum(sizes) * dtype.itemsize > physical_memory():
        raise too_many_parameters(layers, stores, dtype)


def too_many_parameters(
    layers: Sequence[VGeneralLayer], stores: Sequence[ParameterStore], dtype: np.dtype[np.generic]
) -> ShapeError:
    """Return the error for layers whose parameters do not fit into memory; it names the largest one."""
    sizes = [store.size + store.buffer_size for store in stores]
    number = sizes.index(max(sizes))
    layer, bytes_needed = layers[number], _COPIES * sum(sizes) * dtype.itemsize
    message = (
        f"layer {number} ({layer.describe()}) with an input of shape {layer.input_shape} has {sizes[number]} "
        f"parameters; a training of the network takes {_shown(bytes_needed)}, and this machine has "
        f"{_shown(physical_memory())}"
    )
    return _error(number, message)


def _error(number: int, message: str) -> ShapeError:
    error = ShapeError(message)
    error.layer_number = number
    return error


def _shown(size: int) -> str:
    return f"{size / 1e9:.3g} GB"
