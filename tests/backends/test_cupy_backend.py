"""The GPU backend where there is no GPU: what it says, and what it asks of CuPy."""

from __future__ import annotations

import subprocess
import sys
import types
from typing import Any

import numpy as np
import pytest

from tmva_py.backends import make_backend
from tmva_py.backends.cupy_backend import CupyBackend
from tmva_py.backends.namespace import NAMES
from tmva_py.errors import MissingExtraError
from tmva_py.network import NetworkBuilder


class CUDARuntimeError(RuntimeError):
    """Stands for CuPy's own."""


def pretend_cupy(devices: int | None) -> Any:
    """Return a module that looks like CuPy with so many devices; None for no driver."""

    def count() -> int:
        if devices is None:
            message = "cudaErrorInsufficientDriver: CUDA driver version is insufficient"
            raise CUDARuntimeError(message)
        return devices

    module = types.ModuleType("cupy")
    stream = types.SimpleNamespace(synchronize=lambda: waits.append(1))
    waits: list[int] = []
    module.__dict__.update(
        {name: getattr(np, name) for name in NAMES},
        __version__="14.2.0",
        asnumpy=np.array,
        waits=waits,
        get_default_memory_pool=lambda: types.SimpleNamespace(free_bytes=lambda: 600),
        cuda=types.SimpleNamespace(
            runtime=types.SimpleNamespace(
                getDeviceCount=count, CUDARuntimeError=CUDARuntimeError, memGetInfo=lambda: (400, 10_000)
            ),
            get_current_stream=lambda: stream,
        ),
    )
    return module


@pytest.mark.parametrize("name", ["cupy", "GPU", "CUDNN"])
def test_without_cupy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    with pytest.raises(
        MissingExtraError, match=r"pip install 'tmva-py\[cuda12\]' \(or 'tmva-py\[cuda13\]'"
    ) as error:
        make_backend(name)
    assert "CuPy is needed for the GPU and is not installed" in str(error.value)
    assert "backend='cpu' computes without it" in str(error.value)
    with pytest.raises(MissingExtraError, match="backend 'cupy': CuPy is needed"):
        NetworkBuilder(7, backend=name).dense(3).build()


def test_a_cupy_that_cannot_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> Any:
        message = "libcublas.so.12: cannot open shared object file"
        raise ImportError(message)

    monkeypatch.setattr("tmva_py.backends.cupy_backend.importlib.import_module", broken)
    assert "fails: libcublas.so.12: cannot open" in str(CupyBackend.why_unavailable())


@pytest.mark.parametrize(("devices", "text"), [(None, "cudaErrorInsufficientDriver"), (0, "no CUDA device;")])
def test_without_a_device(devices: int | None, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", pretend_cupy(devices))
    with pytest.raises(
        MissingExtraError, match=r"CuPy 14\.2\.0 is installed but finds no CUDA device"
    ) as error:
        make_backend("cupy")
    assert text in str(error.value)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_with_a_device(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cupy = pretend_cupy(1)
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    backend = make_backend("gpu", dtype)
    assert isinstance(backend, CupyBackend)
    assert backend.xp is cupy
    for array in (backend.empty((2, 3)), backend.zeros((2, 3)), backend.asarray([[1, 2, 3], [4, 5, 6]])):
        assert array.dtype == np.dtype(dtype)
        assert array.shape == (2, 3)
    assert not backend.zeros((4,)).any()
    assert (backend.to_numpy(backend.asarray([1.0, 2.0])) == [1.0, 2.0]).all()
    backend.synchronize()
    assert cupy.waits == [1]
    # Half of what is free, in the pool or out of it.
    assert backend.fits(500 // backend.dtype.itemsize)
    assert not backend.fits(500 // backend.dtype.itemsize + 1)


def test_nothing_imports_cupy() -> None:
    code = (
        "import sys, tmva_py.backends.cupy_backend, tmva_py.kernels.cuda.overrides; "
        "assert 'cupy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
