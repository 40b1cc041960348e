"""Losses against closed forms, and where a naive formula would overflow."""

from __future__ import annotations

import math
from decimal import Decimal, getcontext
from typing import Any

import numpy as np
import pytest
from engine import BACKENDS

from tmva_py.plugins import default_registry

getcontext().prec = 60
NAMES = ("SUMOFSQUARES", "CROSSENTROPY", "MUTUALEXCLUSIVE")


def total(
    name: str, output: Any, target: Any, weight: Any = None, dtype: str = "float64"
) -> tuple[float, Any]:
    """Return loss summed over events and gradient of the mean."""
    output, target = np.asarray(output, dtype), np.asarray(target, dtype)
    weight = None if weight is None else np.asarray(weight, dtype).reshape(-1, 1)
    found: Any = default_registry().find("loss", name)
    gradient = np.full_like(output, np.nan)
    value = found().total(
        BACKENDS["numpy"](dtype), output=output, target=target, weight=weight, gradient=gradient
    )
    return float(value), gradient


def exact_cross_entropy(o: float, y: float) -> Decimal:
    """Return −y ln σ(o) − (1 − y) ln(1 − σ(o)) with 60 digits."""
    small = (-Decimal(o)).exp()
    return Decimal(y) * (1 + small).ln() + (1 - Decimal(y)) * ((1 + small) / small).ln()


@pytest.mark.parametrize("y", [0.0, 1.0, 0.3])
@pytest.mark.parametrize("o", [0.0, 1e-9, 0.5, -0.5, 3.0, -3.0, 20.0, -20.0, 40.0, -40.0])
def test_cross_entropy_to_the_last_digit(o: float, y: float) -> None:
    """Small losses keep their relative precision: log1p, not log of a sum."""
    value, gradient = total("CROSSENTROPY", [[o]], [[y]])
    exact = exact_cross_entropy(o, y)
    largest = max(1.0, abs(o)) if y not in (0.0, 1.0) else 0.0  # y·o and max(o, 0) cancel in part
    assert value == pytest.approx(float(exact), rel=1e-15, abs=4e-16 * largest)
    sigma = 1 / (1 + (-Decimal(o)).exp())
    assert gradient[0, 0] == pytest.approx(float(sigma - Decimal(y)), rel=1e-15, abs=2e-16)


def test_cross_entropy_of_a_certain_right_answer_is_not_zero() -> None:
    value, _ = total("CROSSENTROPY", [[40.0]], [[1.0]])
    assert value == pytest.approx(math.exp(-40.0), rel=1e-15)


def test_mean_squared_error() -> None:
    value, gradient = total("SUMOFSQUARES", [[1.0, 2.0], [0.5, -1.0]], [[0.0, 1.0], [1.0, 1.0]], [2.0, -1.0])
    assert value == pytest.approx((2 * (1 + 1) - (0.25 + 4)) / 2, rel=1e-15)
    np.testing.assert_allclose(gradient, [[1.0, 1.0], [0.25, 1.0]], rtol=1e-15)


def test_softmax_cross_entropy() -> None:
    output = [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]
    value, gradient = total("MUTUALEXCLUSIVE", output, [[0.0, 0.0, 1.0], [0.5, 0.0, 0.0]], [2.0, -3.0])
    logarithm = math.log(math.exp(1) + math.exp(2) + math.exp(3))
    assert value == pytest.approx(2 * (logarithm - 3) - 3 * 0.5 * math.log(3), rel=1e-14)
    p = np.exp([1.0, 2.0, 3.0]) / np.exp([1.0, 2.0, 3.0]).sum()
    np.testing.assert_allclose(gradient[0], p - [0, 0, 1], rtol=1e-14)
    # Targets that do not sum to one: softmax · Σ y − y.
    np.testing.assert_allclose(gradient[1], -1.5 * (0.5 / 3 - np.array([0.5, 0, 0])), rtol=1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_overflows_at_ten_thousand(name: str, dtype: str) -> None:
    """ROOT's softmax gives NaN beyond 88 in float32, its cross entropy ln(0)."""
    output = [[1e4, -1e4], [-1e4, 1e4], [1e4, 1e4], [0.0, -1e4]]
    target = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 0.0]]
    value, gradient = total(name, output, target, [1.0, 1.0, -1.0, 0.5], dtype)
    assert np.isfinite(value)
    assert gradient.dtype == np.dtype(dtype)
    assert np.isfinite(gradient).all()
    if name == "CROSSENTROPY":  # 0, 2·10⁴, −(10⁴ + 0), ln 2 and 0; over two columns
        assert value == pytest.approx((2e4 - 1e4 + 0.5 * math.log(2)) / 2, rel=1e-6)
    if name == "MUTUALEXCLUSIVE":
        assert value == pytest.approx(2e4 - math.log(2), rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_weights(name: str) -> None:
    """A weight multiplies the event, zero takes it out, and the number of events divides all the same."""
    random = np.random.default_rng(0)
    output, target = random.normal(size=(4, 3)), random.random((4, 3))
    parts = [total(name, output[i : i + 1], target[i : i + 1]) for i in range(4)]
    weight = np.array([2.0, 0.0, -1.0, 0.5])
    value, gradient = total(name, output, target, weight)
    assert value == pytest.approx(sum(w * part[0] for w, part in zip(weight, parts, strict=True)), rel=1e-13)
    for i in range(4):
        np.testing.assert_allclose(gradient[i], weight[i] * parts[i][1][0] / 4, rtol=1e-13, atol=1e-17)
    assert (gradient[1] == 0).all()
    same, _ = total(name, output, target, np.ones(4))
    assert same == total(name, output, target)[0]


def test_value_is_summed_in_double_precision() -> None:
    """A million events of loss 0.1 in float32: a float32 sum would be off in the third digit or so."""
    value, _ = total("SUMOFSQUARES", np.full((1_000_000, 1), 0.5), np.zeros((1_000_000, 1)), dtype="float32")
    assert value == 250_000.0


def test_codes_and_output_functions() -> None:
    found: Any = {name: default_registry().find("loss", name) for name in NAMES}
    assert [found[name].code for name in NAMES] == ["R", "C", "S"]
    assert [found[name].default_output for name in NAMES] == ["IDENTITY", "SIGMOID", "SOFTMAX"]
