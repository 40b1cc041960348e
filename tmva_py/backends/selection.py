"""From a backend's name to a backend object."""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt

from tmva_py.backends.base import Backend
from tmva_py.errors import MissingExtraError, OptionError
from tmva_py.plugins import Registry, default_registry

# "cpu" is whichever of these comes first among the registered backends, the fastest first.
CPU_BACKENDS = ("numba", "numpy")
# Names of the GPU backend; none of them is part of this version.
GPU_NAMES = ("cupy", "gpu", "cudnn")


def make_backend(
    name: str | Backend = "cpu", dtype: npt.DTypeLike = "float32", *, registry: Registry | None = None
) -> Backend:
    """Return the backend called `name` in precision `dtype`.

    Parameters
    ----------
    name : str or Backend
        ``"cpu"`` takes the fastest CPU backend installed; else a registered name, or a backend object,
        which is returned as it is.
    dtype : {"float32", "float64"}
        Precision of parameters and arrays.
    registry : Registry, optional
        Where to look; default is the process's own.

    Raises
    ------
    OptionError
        `dtype` is neither float32 nor float64.
    MissingExtraError
        A GPU backend is asked for and none is installed.
    UnknownNameError
        No backend has this name.
    """
    if not isinstance(name, str):
        return name
    # Names are compared: NumPy takes None for float64.
    try:
        precision = "" if dtype is None else np.dtype(dtype).name
    except TypeError:
        precision = ""
    if precision not in ("float32", "float64"):
        message = f"dtype: expected 'float32' or 'float64', got {dtype!r}"
        raise OptionError(message)
    registry = default_registry() if registry is None else registry
    folded = name.casefold()
    if folded == "cpu":
        folded = next(known for known in CPU_BACKENDS if registry.knows("backend", known))
    if folded in GPU_NAMES and not registry.knows("backend", folded):
        message = (
            f"backend {name!r}: no GPU backend is installed, and this version does not bring one; "
            "use backend='cpu', or install a plugin that offers it"
        )
        raise MissingExtraError(message)
    return cast(Backend, registry.find("backend", folded)(dtype=precision))
