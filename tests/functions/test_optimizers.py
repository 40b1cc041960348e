"""Optimisers against TMVA's formulas, written for one number in plain Python."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from engine import BACKENDS

from tmva_py.errors import OptionError
from tmva_py.plugins import default_registry

GRADIENTS = [0.5, -0.25, 1e-5, 0.0, 3.0, -1e3, 0.125, 1e-9]


def sgd(theta: float, eta: float, mu: float = 0.0) -> Iterator[float]:
    v = 0.0
    for g in GRADIENTS:
        v = mu * v + g
        theta -= eta * v
        yield theta


def adam(theta: float, eta: float, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-7) -> Iterator[float]:
    m = v = 0.0
    for t, g in enumerate(GRADIENTS, start=1):
        m = b1 * m + (1 - b1) * g
        v = b2 * v + (1 - b2) * g * g
        theta -= eta * math.sqrt(1 - b2**t) / (1 - b1**t) * m / (math.sqrt(v) + eps)
        yield theta


def adagrad(theta: float, eta: float, eps: float = 1e-8) -> Iterator[float]:
    v = 0.0
    for g in GRADIENTS:
        v += g * g
        theta -= eta * g / math.sqrt(v + eps)
        yield theta


def rmsprop(
    theta: float, eta: float, mu: float = 0.0, rho: float = 0.9, eps: float = 1e-7
) -> Iterator[float]:
    v = a = 0.0
    for g in GRADIENTS:
        v = rho * v + (1 - rho) * g * g
        a = mu * a + eta * g / math.sqrt(v + eps)
        theta -= a
        yield theta


def adadelta(theta: float, eta: float, rho: float = 0.95, eps: float = 1e-8) -> Iterator[float]:
    v = a = 0.0
    for g in GRADIENTS:
        v = rho * v + (1 - rho) * g * g
        delta = math.sqrt(a + eps) / math.sqrt(v + eps) * g
        theta -= eta * delta
        a = rho * a + (1 - rho) * delta * delta
        yield theta


CASES: list[tuple[str, dict[str, float], Callable[..., Iterator[float]], dict[str, float]]] = [
    ("SGD", {}, sgd, {}),
    ("SGD", {"momentum": 0.9}, sgd, {"mu": 0.9}),
    ("ADAM", {}, adam, {}),
    ("ADAM", {"momentum": 0.9}, adam, {}),
    ("ADAM", {"beta1": 0.7, "beta2": 0.9, "eps": 1e-2}, adam, {"b1": 0.7, "b2": 0.9, "eps": 1e-2}),
    ("ADAGRAD", {}, adagrad, {}),
    ("ADAGRAD", {"eps": 0.1}, adagrad, {"eps": 0.1}),
    ("RMSPROP", {}, rmsprop, {}),
    ("RMSPROP", {"momentum": 0.5, "rho": 0.8, "eps": 0.1}, rmsprop, {"mu": 0.5, "rho": 0.8, "eps": 0.1}),
    ("ADADELTA", {}, adadelta, {}),
    ("ADADELTA", {"rho": 0.5, "eps": 1e-3}, adadelta, {"rho": 0.5, "eps": 1e-3}),
]


def make(name: str, dtype: str = "float64", **settings: float) -> Any:
    found: Any = default_registry().find("optimizer", name)
    optimizer = found(**settings)
    optimizer.start(BACKENDS["numpy"](dtype), 3)
    return optimizer


@pytest.mark.parametrize(("name", "settings", "formula", "symbols"), CASES)
def test_formula(name: str, settings: Any, formula: Any, symbols: Any, figures: Any) -> None:
    """All steps agree, for the first as for later ones, and each parameter goes its own way."""
    optimizer = make(name, learning_rate=0.05, **settings)
    start = np.array([1.0, -2.0, 0.5])
    factors = np.array([1.0, 0.0, 1.0])
    parameters = start.copy()
    expected = [list(formula(theta, 0.05, **symbols)) for theta in start]
    for step, gradient in enumerate(GRADIENTS):
        given = gradient * factors
        optimizer.step(parameters, given)
        np.testing.assert_array_equal(given, gradient * factors)  # gradients are only read
        for place in (0, 2):
            error = abs(parameters[place] - expected[place][step])
            assert figures.note("optimisers: scalar formulas", error) <= 2e-14 * max(
                1, abs(parameters[place])
            )
        assert parameters[1] == start[1]  # no gradient, no step


@pytest.mark.parametrize("name", ["SGD", "ADAM", "ADAGRAD", "RMSPROP", "ADADELTA"])
def test_precision_is_kept_and_the_vector_changed_in_place(name: str) -> None:
    optimizer = make(name, "float32", learning_rate=0.1)
    parameters = np.ones(3, "float32")
    optimizer.step(parameters, np.array([1.0, -1.0, 0.5], "float32"))
    assert parameters.dtype == np.float32
    assert {array.dtype for array in optimizer.state.values()} == {np.dtype("float32")}
    assert parameters[0] < 1 < parameters[1]


@pytest.mark.parametrize("name", ["SGD", "ADAM", "ADAGRAD", "RMSPROP", "ADADELTA"])
def test_start_begins_anew(name: str) -> None:
    optimizer, first, second = make(name, learning_rate=0.1), np.ones(3), np.ones(3)
    gradient = np.array([1.0, -1.0, 0.5])
    for _ in range(3):
        optimizer.step(first, gradient)
    optimizer.start(BACKENDS["numpy"]("float64"), 3)
    for _ in range(3):
        optimizer.step(second, gradient)
    np.testing.assert_array_equal(first, second)


def test_unknown_setting() -> None:
    with pytest.raises(OptionError, match="ADAM: unknown setting 'beta_1'; did you mean 'beta1'") as error:
        make("ADAM", learning_rate=1e-3, beta_1=0.9)
    assert "known: beta1, beta2, eps" in str(error.value)
    with pytest.raises(OptionError, match=r"SGD: unknown setting 'eps'.*known: none"):
        make("SGD", learning_rate=1e-3, eps=0.1)


def test_defaults_are_those_of_tmva() -> None:
    registry: Any = default_registry()
    defaults = {
        name: {option.name: option.default for option in registry.find("optimizer", name).options}
        for name in ("SGD", "ADAM", "ADAGRAD", "RMSPROP", "ADADELTA")
    }
    assert defaults == {
        "SGD": {},
        "ADAM": {"beta1": 0.9, "beta2": 0.999, "eps": 1e-7},
        "ADAGRAD": {"eps": 1e-8},
        "RMSPROP": {"rho": 0.9, "eps": 1e-7},
        "ADADELTA": {"rho": 0.95, "eps": 1e-8},
    }
