"""Output functions against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tmva_py.errors import UnknownNameError
from tmva_py.functions.outputs import find_output_function


def test_identity_gives_an_array_of_its_own() -> None:
    x = np.array([[1.0, -2.0]])
    out = find_output_function("IDENTITY").apply(np, x)
    np.testing.assert_array_equal(out, x)
    assert not np.shares_memory(out, x)


def test_sigmoid() -> None:
    x = np.array([[0.0, 1.0, -1.0, 40.0, -40.0, -700.0]])
    out = find_output_function("SIGMOID").apply(np, x)
    expected = [
        0.5,
        1 / (1 + math.exp(-1)),
        math.exp(-1) / (1 + math.exp(-1)),
        1.0,
        math.exp(-40),
        math.exp(-700),
    ]
    np.testing.assert_allclose(out[0], expected, rtol=1e-15)
    assert (out + find_output_function("S").apply(np, -x) == 1).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["SIGMOID", "SOFTMAX", "IDENTITY"])
def test_nothing_overflows(name: str, dtype: str) -> None:
    x = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4], [1e30, 1e30, -1e30]], dtype)
    out = find_output_function(name).apply(np, x)
    assert out.dtype == np.dtype(dtype)
    assert np.isfinite(out).all()
    if name != "IDENTITY":
        assert out.min() >= 0
        assert out.max() <= 1
    if name == "SOFTMAX":
        np.testing.assert_allclose(out, [[1, 0, 0], [1 / 3] * 3, [0.5, 0.5, 0]], rtol=1e-6)


def test_softmax() -> None:
    x = np.random.default_rng(0).normal(0, 3, (50, 4))
    out = find_output_function("SOFTMAX").apply(np, x)
    np.testing.assert_allclose(out, np.exp(x) / np.exp(x).sum(axis=1, keepdims=True), rtol=1e-14)
    np.testing.assert_allclose(out.sum(axis=1), 1, rtol=1e-15)


def test_names_and_codes() -> None:
    for name, code in (("identity", "I"), ("Sigmoid", "S"), ("SOFTMAX", "M")):
        assert find_output_function(name) is find_output_function(code)
    with pytest.raises(
        UnknownNameError, match="unknown output function 'SIGMOIDE'; did you mean 'SIGMOID'"
    ) as error:
        find_output_function("SIGMOIDE")
    assert "known: IDENTITY, SIGMOID, SOFTMAX" in str(error.value)
