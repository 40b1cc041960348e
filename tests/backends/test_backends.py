"""Backends: choosing one by name, precision, transfer."""

from __future__ import annotations

import numpy as np
import pytest
from engine import ReferenceBackend

from tmva_py.backends import make_backend
from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.backends.selection import CPU_BACKENDS
from tmva_py.errors import OptionError, UnknownNameError
from tmva_py.network import NetworkBuilder
from tmva_py.plugins import default_registry


@pytest.mark.parametrize("name", ["numpy", "NUMPY", "NumPy"])
def test_name_in_any_case(name: str) -> None:
    assert isinstance(make_backend(name), NumpyBackend)


@pytest.mark.parametrize("name", ["cpu", "CPU"])
def test_cpu_is_the_fastest_that_is_installed(name: str) -> None:
    registry = default_registry()
    fastest = next(known for known in CPU_BACKENDS if registry.knows("backend", known))
    assert fastest in make_backend(name).names


@pytest.mark.parametrize("dtype", ["float32", "float64", np.float32, np.dtype("float64")])
def test_precision(dtype: object) -> None:
    backend = make_backend("numpy", dtype)  # type: ignore[arg-type]
    assert backend.dtype == np.dtype(dtype)  # type: ignore[call-overload]
    for array in (backend.zeros((2, 3)), backend.empty((2, 3)), backend.asarray([[1, 2, 3], [4, 5, 6]])):
        assert array.dtype == backend.dtype
        assert array.shape == (2, 3)
    assert (backend.zeros((4,)) == 0).all()


def test_no_copy_where_none_is_needed() -> None:
    backend, x = make_backend("numpy", "float32"), np.ones(3, "float32")
    assert backend.asarray(x) is x
    assert backend.to_numpy(x) is x
    backend.synchronize()


@pytest.mark.parametrize("dtype", ["float16", "int32", "double precision", "complex64", None])
def test_other_precisions_are_refused(dtype: str | None) -> None:
    with pytest.raises(OptionError, match="dtype: expected 'float32' or 'float64', got"):
        make_backend("numpy", dtype)


def test_unknown_name() -> None:
    with pytest.raises(UnknownNameError, match=r"numpyy.*did you mean 'numpy'"):
        make_backend("numpyy")


def test_an_object_is_taken_as_it_is() -> None:
    backend = ReferenceBackend("float64")
    assert make_backend(backend, "float32") is backend
    network = NetworkBuilder(3, backend=backend).dense(2).build()
    assert network.backend is backend
    assert network.forward(np.ones((4, 3))).dtype == np.float64


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_reference_kernels_train_to_the_same_network(dtype: str) -> None:
    """A whole training without overrides differs from one with them by rounding alone."""
    random = np.random.default_rng(0)
    x, y = random.normal(size=(64, 4, 3)), random.integers(0, 2, 64)
    trained = []
    for backend in (NumpyBackend(dtype), ReferenceBackend(dtype)):
        network = (
            NetworkBuilder((4, 3), backend=backend, seed=2)
            .lstm(4, return_sequence=True).gru(3, return_sequence=True).rnn(3).dense(1).build()
        )  # fmt: skip
        network.fit(x, y, batch_size=16, max_epochs=3, progress=False)
        trained.append(network.predict(x))
    tolerance = 2e-6 if dtype == "float32" else 1e-14
    np.testing.assert_allclose(trained[0], trained[1], rtol=0, atol=tolerance)
