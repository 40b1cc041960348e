"""Initialisers: bounds, moments, the truncation, and which side of a matrix counts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tmva_py.network import NetworkBuilder
from tmva_py.plugins import default_registry

ROWS, COLUMNS = 400, 1000  # outputs, inputs: unequal, so that a swap shows
N = ROWS * COLUMNS


def draw(name: str, rows: int = ROWS, columns: int = COLUMNS, seed: int = 1) -> Any:
    found: Any = default_registry().find("initializer", name)
    return found().draw(np.random.default_rng(seed), rows, columns)


def assert_standard_deviation(values: Any, expected: float, kurtosis: float) -> None:
    """Hold mean and standard deviation within five times their statistical errors."""
    assert abs(values.mean()) < 5 * expected / math.sqrt(N)
    error = expected * math.sqrt((kurtosis - 1) / (4 * N))
    assert abs(values.std() - expected) < 5 * error


def test_gauss() -> None:
    values, s = draw("GAUSS"), math.sqrt(2 / COLUMNS)
    assert_standard_deviation(values, s, 3.0)
    # Quantiles of the normal distribution, to five times their errors.
    for quantile, x in ((0.841344746, 1.0), (0.977249868, 2.0), (0.998650102, 3.0)):
        error = math.sqrt(quantile * (1 - quantile) / N)
        assert abs((values < x * s).mean() - quantile) < 5 * error


def test_uniform() -> None:
    values, limit = draw("UNIFORM"), math.sqrt(2 / COLUMNS)
    assert_standard_deviation(values, limit / math.sqrt(3), 1.8)
    assert limit * (1 - 1e-4) < values.max() <= limit
    assert -limit <= values.min() < -limit * (1 - 1e-4)


def test_xavier_uniform() -> None:
    values, limit = draw("XAVIERUNIFORM"), math.sqrt(6 / (COLUMNS + ROWS))
    assert_standard_deviation(values, limit / math.sqrt(3), 1.8)
    assert limit * (1 - 1e-4) < values.max() <= limit
    assert -limit <= values.min() < -limit * (1 - 1e-4)


def test_xavier_is_cut_at_two_standard_deviations() -> None:
    values, s = draw("XAVIER"), math.sqrt(6 / (COLUMNS + ROWS))
    assert np.abs(values).max() <= 2 * s
    assert np.abs(values).max() > 2 * s * (1 - 1e-3)
    # The normal distribution cut at ±2: variance 1 − 2·2·φ(2)/(2Φ(2) − 1).
    density, inside = math.exp(-2) / math.sqrt(2 * math.pi), math.erf(2 / math.sqrt(2))
    assert_standard_deviation(values, s * math.sqrt(1 - 4 * density / inside), 2.4)
    for x in (0.5, 1.0, 1.5):
        quantile = 0.5 + 0.5 * math.erf(x / math.sqrt(2)) / inside
        error = math.sqrt(quantile * (1 - quantile) / N)
        assert abs((values < x * s).mean() - quantile) < 5 * error


def test_identity_and_zero() -> None:
    np.testing.assert_array_equal(draw("IDENTITY", 2, 3), [[1, 0, 0], [0, 1, 0]])
    np.testing.assert_array_equal(draw("IDENTITY", 3, 2), [[1, 0], [0, 1], [0, 0]])
    np.testing.assert_array_equal(draw("ZERO", 2, 3), np.zeros((2, 3)))


def test_codes_are_those_of_weight_files() -> None:
    names = ("GAUSS", "UNIFORM", "XAVIER", "XAVIERUNIFORM", "IDENTITY", "ZERO")
    found: Any = [default_registry().find("initializer", name) for name in names]
    assert "".join(initializer.code for initializer in found) == "GUXFIZ"


@pytest.mark.parametrize("name", ["GAUSS", "UNIFORM", "XAVIER", "XAVIERUNIFORM"])
def test_same_seed_same_values(name: str) -> None:
    np.testing.assert_array_equal(draw(name, seed=3), draw(name, seed=3))
    assert (draw(name, seed=3) != draw(name, seed=4)).any()


def test_network_draws_every_matrix_by_its_own_size_and_leaves_biases_at_zero() -> None:
    """A recurrent matrix of each gate counts for itself: W has I columns, U has S."""
    net = NetworkBuilder((3, 200), seed=5, initializer="GAUSS", dtype="float64").lstm(100).dense(50).build()
    lstm, dense = net.layers
    for gate in "ifco":
        assert lstm.parameters[f"W_{gate}"].std() == pytest.approx(math.sqrt(2 / 200), rel=0.03)
        assert lstm.parameters[f"U_{gate}"].std() == pytest.approx(math.sqrt(2 / 100), rel=0.04)
        assert (lstm.parameters[f"b_{gate}"] == 0).all()
    assert dense.parameters["W"].std() == pytest.approx(math.sqrt(2 / 100), rel=0.05)
    assert (dense.parameters["b"] == 0).all()


def test_backends_and_precisions_start_from_the_same_values() -> None:
    nets = [
        NetworkBuilder(7, seed=5, dtype=dtype).dense(64).dense(1).build() for dtype in ("float32", "float64")
    ]
    np.testing.assert_array_equal(nets[0].parameters, nets[1].parameters.astype("float32"))
