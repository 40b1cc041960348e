"""The GPU backend on CuPy. Importing this module does not import CuPy."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy.typing as npt

from tmva_py.backends.base import Backend
from tmva_py.errors import MissingExtraError
from tmva_py.plugins import hookimpl

# The part of the free memory that a training's events may take; the rest is for the work space.
SHARE_FOR_EVENTS = 0.5


class CupyBackend(Backend):
    """Arrays are CuPy's, on the current CUDA device.

    Memory comes from CuPy's pool, everything runs on CuPy's current stream, and nothing waits for the device
    but `to_numpy` and `synchronize`.

    Parameters
    ----------
    dtype : {"float32", "float64"}
        Precision.

    Raises
    ------
    MissingExtraError
        CuPy is not installed, or finds no device.
    """

    names: ClassVar[tuple[str, ...]] = ("cupy", "gpu", "cudnn")
    kernel_sets: ClassVar[tuple[str, ...]] = ("cupy",)
    asynchronous = True

    def __init__(self, dtype: npt.DTypeLike = "float32") -> None:
        if (reason := self.why_unavailable()) is not None:
            message = f"backend 'cupy': {reason}; backend='cpu' computes without it"
            raise MissingExtraError(message)
        importlib.import_module("tmva_py.kernels.cuda.overrides")
        super().__init__(importlib.import_module("cupy"), dtype)

    @staticmethod
    def why_unavailable() -> str | None:
        """Return why there is no GPU to compute on, with what to do about it; None when there is one."""
        try:
            cupy = importlib.import_module("cupy")
        except ImportError as error:
            # A package that is there but cannot be imported says more than that it is missing.
            found = "is not installed" if isinstance(error, ModuleNotFoundError) else f"fails: {error}"
            return (
                f"CuPy is needed for the GPU and {found}; install it with: pip install 'tmva-py[cuda12]' "
                "(or 'tmva-py[cuda13]', for drivers of CUDA 13)"
            )
        try:
            devices = cupy.cuda.runtime.getDeviceCount()
        except cupy.cuda.runtime.CUDARuntimeError as error:
            return f"CuPy {cupy.__version__} is installed but finds no CUDA device ({error})"
        return None if devices else f"CuPy {cupy.__version__} is installed but finds no CUDA device"

    def to_numpy(self, x: Any) -> npt.NDArray[Any]:
        """Return a copy of `x` on the host, after waiting for it."""
        found: npt.NDArray[Any] = self.xp.asnumpy(x)
        return found

    def fits(self, values: int) -> bool:
        """Return whether this many values of a training's events should be kept on the device."""
        free, _ = self.xp.cuda.runtime.memGetInfo()
        pooled = self.xp.get_default_memory_pool().free_bytes()
        return bool(values * self.dtype.itemsize <= SHARE_FOR_EVENTS * (free + pooled))

    def synchronize(self) -> None:
        """Wait until all requested work is done."""
        self.xp.cuda.get_current_stream().synchronize()


@hookimpl
def tmva_py_backends() -> Sequence[type]:
    """Register the backend."""
    return [CupyBackend]
