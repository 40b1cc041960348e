"""Output functions against closed forms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.errors import UnknownNameError
from tmva_py.plugins import default_registry


def apply(name: str, x: np.ndarray) -> np.ndarray:
    found: Any = default_registry().find("output", name)
    return found().apply(NumpyBackend(x.dtype), x)


def test_identity_gives_an_array_of_its_own() -> None:
    x = np.array([[1.0, -2.0]])
    out = apply("IDENTITY", x)
    np.testing.assert_array_equal(out, x)
    assert not np.shares_memory(out, x)


def test_sigmoid() -> None:
    x = np.array([[0.0, 1.0, -1.0, 40.0, -40.0, -700.0]])
    out = apply("SIGMOID", x)
    expected = [
        0.5,
        1 / (1 + math.exp(-1)),
        math.exp(-1) / (1 + math.exp(-1)),
        1.0,
        math.exp(-40),
        math.exp(-700),
    ]
    np.testing.assert_allclose(out[0], expected, rtol=1e-15)
    assert (out + apply("SIGMOID", -x) == 1).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["SIGMOID", "SOFTMAX", "IDENTITY"])
def test_nothing_overflows(name: str, dtype: str) -> None:
    x = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4], [1e30, 1e30, -1e30]], dtype)
    out = apply(name, x)
    assert out.dtype == np.dtype(dtype)
    assert np.isfinite(out).all()
    if name != "IDENTITY":
        assert out.min() >= 0
        assert out.max() <= 1
    if name == "SOFTMAX":
        np.testing.assert_allclose(out, [[1, 0, 0], [1 / 3] * 3, [0.5, 0.5, 0]], rtol=1e-6)


def test_softmax() -> None:
    x = np.random.default_rng(0).normal(0, 3, (50, 4))
    out = apply("SOFTMAX", x)
    np.testing.assert_allclose(out, np.exp(x) / np.exp(x).sum(axis=1, keepdims=True), rtol=1e-14)
    np.testing.assert_allclose(out.sum(axis=1), 1, rtol=1e-15)


def test_names_and_codes() -> None:
    codes: dict[str, Any] = default_registry().by_code("output")
    assert {code: cls.names for code, cls in codes.items()} == {
        "I": ("IDENTITY",),
        "S": ("SIGMOID",),
        "M": ("SOFTMAX",),
    }
    with pytest.raises(UnknownNameError, match="unknown output 'SIGMOIDE'; did you mean 'SIGMOID'") as error:
        apply("SIGMOIDE", np.zeros((1, 1)))
    assert "known: IDENTITY, SIGMOID, SOFTMAX" in str(error.value)
