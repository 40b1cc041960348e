"""The CPU backend on NumPy."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tmva_py.backends.base import Backend
from tmva_py.plugins import hookimpl

Array = npt.NDArray[Any]


class NumpyBackend(Backend):
    """Arrays are NumPy's, on the host.

    Parameters
    ----------
    dtype : {"float32", "float64"}
        Precision; TMVA's CPU network uses float32.
    """

    names: ClassVar[tuple[str, ...]] = ("numpy",)
    kernel_sets: ClassVar[tuple[str, ...]] = ("numpy",)

    def __init__(self, dtype: npt.DTypeLike = "float32") -> None:
        importlib.import_module("tmva_py.kernels.numpy")
        super().__init__(np, dtype)

    def asarray(self, x: npt.ArrayLike) -> Array:
        """Return `x` as an array in this backend's precision; no copy when it is one already."""
        return np.asarray(x, self.dtype)

    def to_numpy(self, x: Array) -> Array:
        """Return `x` itself: it is on the host."""
        return x

    # NumPy's functions take several times as long as the methods, which counts for single events.

    def reshape(self, x: Array, shape: tuple[int, ...]) -> Array:
        """Return `x` in another shape."""
        return x.reshape(shape)

    def permute_dims(self, x: Array, axes: tuple[int, ...]) -> Array:
        """Return `x` with its axes in another order."""
        return x.transpose(axes)


@hookimpl
def tmva_py_backends() -> Sequence[type]:
    """Register the backend."""
    return [NumpyBackend]
