"""The devices that the suite runs on: two pretended ones, and CuPy's where there is one."""

from __future__ import annotations

from typing import Any

import pytest
from pretend_cuda import PretendCupyBackend

from tmva_py.backends import Backend
from tmva_py.backends.cupy_backend import CupyBackend
from tmva_py.testing.strict import StrictBackend

# Reference kernels on the strict device; the GPU's kernels on it, run on the host; the same on a GPU.
DEVICES = ["strict", "pretend_cupy", pytest.param("cupy", marks=pytest.mark.gpu)]
PRETENDED = ["strict", "pretend_cupy"]


def make_device(name: str, dtype: str = "float64") -> Any:
    """Return the backend called `name`; skip the test where it cannot be had."""
    if name == "cupy":
        if (reason := CupyBackend.why_unavailable()) is not None:
            pytest.skip(reason)
        return CupyBackend(dtype)
    return {"strict": StrictBackend, "pretend_cupy": PretendCupyBackend}[name](dtype)


def on_host(backend: Backend, value: Any) -> Any:
    """Return `value` with every array in it on the host."""
    if isinstance(value, dict):
        return {key: on_host(backend, part) for key, part in value.items()}
    return backend.to_numpy(value) if hasattr(value, "shape") else value
