"""From a backend's name to a backend object."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tmva_py.backends.base import Backend
from tmva_py.errors import OptionError
from tmva_py.plugins import Registry, default_registry

# "cpu" is whichever of these comes first among the registered backends, the fastest first.
CPU_BACKENDS = ("numba", "numpy")


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
        The backend needs something that is not installed, or a device that is not there.
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
        folded = next(
            known
            for known in CPU_BACKENDS
            if registry.knows("backend", known) and why_unavailable(known, registry) is None
        )
    made: Backend = registry.find("backend", folded)(dtype=precision)
    return made


def why_unavailable(name: str, registry: Registry) -> str | None:
    """Return what the backend called `name` misses here, as the end of a sentence; None when nothing.

    Raises
    ------
    UnknownNameError
        No backend has this name.
    """
    found: type[Backend] = registry.find("backend", name)
    return found.why_unavailable()
