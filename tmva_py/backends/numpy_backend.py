"""The CPU backend on NumPy."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from tmva_py.plugins import hookimpl


class NumpyBackend:
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
        self.xp: Any = np
        self.dtype: np.dtype[Any] = np.dtype(dtype)

    def asarray(self, x: npt.ArrayLike) -> npt.NDArray[Any]:
        """Return `x` as an array in this backend's precision; no copy when it is one already."""
        return np.asarray(x, dtype=self.dtype)

    def to_numpy(self, x: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return `x` itself: it is on the host."""
        return x

    def empty(self, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        """Return an uninitialised array."""
        return np.empty(shape, self.dtype)

    def zeros(self, shape: tuple[int, ...]) -> npt.NDArray[Any]:
        """Return an array of zeros."""
        return np.zeros(shape, self.dtype)

    def synchronize(self) -> None:
        """Return at once: NumPy never runs ahead."""


@hookimpl
def tmva_py_backends() -> Sequence[type]:
    """Register the backend."""
    return [NumpyBackend]
