"""Penalties and their derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tmva_py.plugins import default_registry

WEIGHTS = np.array([[0.5, -2.0], [0.0, 3.0]])


def find(name: str) -> Any:
    found: Any = default_registry().find("regularization", name)
    return found()


@pytest.mark.parametrize(
    ("name", "penalty", "gradient"),
    [
        ("NONE", 0.0, [[0, 0], [0, 0]]),
        ("L1", 5.5, [[1, -1], [1, 1]]),  # TMVA: sign(0) = +1
        ("L2", 13.25, [[1, -4], [0, 6]]),  # TMVA: no factor ½
    ],
)
def test_penalty_and_gradient(name: str, penalty: float, gradient: Any) -> None:
    regularization = find(name)
    assert float(regularization.penalty(np, WEIGHTS)) == penalty
    before = np.array([[10.0, 20.0], [30.0, 40.0]])
    written = before.copy()
    assert regularization.add_gradient(np, weights=WEIGHTS, weight_decay=0.25, gradient=written) is None
    np.testing.assert_array_equal(written, before + 0.25 * np.array(gradient, float))


@pytest.mark.parametrize("name", ["NONE", "L1", "L2"])
def test_precision(name: str) -> None:
    """The gradient stays in float32, the penalty is summed in double precision."""
    weights = np.full(1_000_000, 0.1, "float32")
    gradient = np.zeros_like(weights)
    find(name).add_gradient(np, weights=weights, weight_decay=1e-4, gradient=gradient)
    assert gradient.dtype == np.float32
    value = find(name).penalty(np, weights)
    assert value.dtype == np.float64
    expected = {"NONE": 0.0, "L1": 1e6 * float(np.float32(0.1)), "L2": 1e6 * float(np.float32(0.1) ** 2)}
    assert float(value) == pytest.approx(expected[name], rel=1e-12)


def test_codes_are_those_of_weight_files() -> None:
    assert [find(name).code for name in ("NONE", "L1", "L2")] == [0, 1, 2]
