"""Activation functions against known values and closed forms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from engine import BACKENDS

from tmva_py.functions.activations import Activation
from tmva_py.plugins import default_registry

# Values with more digits than a double holds (x = 0.75 and x = -1.5), from the functions' series.
KNOWN = {
    "LINEAR": (0.75, -1.5),
    "RELU": (0.75, 0.0),
    "SIGMOID": (0.679178699175392997, 0.182425523806356349),
    "TANH": (0.635148952387287319, -0.905148253644866438),
    "FTANH": (0.635148952387287319, -0.905148253644866438),
    "SYMMRELU": (0.75, 1.5),
    "SOFTSIGN": (3 / 7, -0.6),
    "GAUSS": (0.569782824730923010, 0.105399224561864337),
}
DERIVATIVE = {
    "LINEAR": lambda _: 1.0,
    "RELU": lambda x: 1.0 if x >= 0 else 0.0,
    "SIGMOID": lambda x: 1 / (2 * math.cosh(x / 2)) ** 2,
    "TANH": lambda x: 1 / math.cosh(x) ** 2,
    "FTANH": lambda x: 1 / math.cosh(x) ** 2,
    "SYMMRELU": lambda x: 1.0 if x >= 0 else -1.0,
    "SOFTSIGN": lambda x: 1 / (1 + abs(x)) ** 2,
    "GAUSS": lambda x: -2 * x * math.exp(-x * x),
}
CODES = {
    "LINEAR": 0,
    "RELU": 1,
    "SIGMOID": 2,
    "TANH": 3,
    "SYMMRELU": 4,
    "SOFTSIGN": 5,
    "GAUSS": 6,
    "FTANH": 7,
}


def find(name: str) -> Activation:
    found: Any = default_registry().find("activation", name)
    return found()


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", KNOWN)
def test_known_values(name: str, backend: str) -> None:
    x = np.array([[0.75, -1.5]])
    out = find(name).forward(BACKENDS[backend]("float64"), x=x, out=np.empty_like(x))
    np.testing.assert_allclose(out[0], KNOWN[name], rtol=3e-16, atol=0)
    np.testing.assert_array_equal(x, [[0.75, -1.5]])


@pytest.mark.parametrize("name", KNOWN)
def test_derivatives(name: str) -> None:
    backend, function = BACKENDS["numpy"]("float64"), find(name)
    x = np.array([[-3.0, -0.5, 0.0, 1e-3, 0.7, 2.5]])
    d_out = np.array([[1.0, -2.0, 0.5, 3.0, 1.0, 1.0]])
    y = function.forward(backend, x=x, out=np.empty_like(x))
    seen = function.backward(
        backend, d_out=d_out, x=x if function.needs_input else None, y=y, out=np.full_like(x, np.nan)
    )
    expected = [[d * DERIVATIVE[name](value) for d, value in zip(d_out[0], x[0], strict=True)]]
    np.testing.assert_allclose(seen, expected, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize("name", [name for name in KNOWN if not find(name).needs_input])
def test_may_work_in_place(name: str) -> None:
    """As the dense layer does when the derivative needs only the value."""
    backend, x = BACKENDS["numpy"]("float64"), np.linspace(-3, 3, 12).reshape(3, 4)
    expected = find(name).forward(backend, x=x.copy(), out=np.empty_like(x))
    np.testing.assert_array_equal(find(name).forward(backend, x=x, out=x), expected)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", KNOWN)
def test_nothing_overflows(name: str, dtype: str) -> None:
    """At ±10⁴ and at the largest values that a product may give, without a warning (they are errors here)."""
    backend, function = BACKENDS["numpy"](dtype), find(name)
    x = np.array([[1e4, -1e4, 1e18, -1e18, 0.0]], dtype)
    y = function.forward(backend, x=x, out=np.empty_like(x))
    gradient = function.backward(backend, d_out=np.ones_like(x), x=x, y=y, out=np.empty_like(x))
    assert y.dtype == gradient.dtype == np.dtype(dtype)
    assert np.isfinite(y).all()
    assert np.isfinite(gradient).all()
    if name in ("SIGMOID", "TANH", "FTANH", "SOFTSIGN"):
        assert np.abs(y).max() <= 1


def test_codes_are_those_of_weight_files() -> None:
    assert {name: find(name).code for name in KNOWN} == CODES
    assert isinstance(find("IDENTITY"), type(find("LINEAR")))
