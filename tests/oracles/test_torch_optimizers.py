"""Optimiser steps against PyTorch's where the formulas agree.

They agree for SGD with momentum; for Adagrad, RMSProp and Adadelta with ε → 0 (TMVA adds ε inside the root,
PyTorch outside, except for Adadelta, where both add it inside); for Adam PyTorch divides by √(V/(1−β₂ᵗ)) + ε,
TMVA by √V + ε with the correction outside, so PyTorch's ε is TMVA's divided by √(1−β₂ᵗ), another one at each
step. The formulas with ε are tested in tests/functions/test_optimizers.py.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from engine import make_network

from tmva_py.layers.dense import TDenseLayer
from tmva_py.plugins import default_registry

torch = pytest.importorskip("torch", reason="PyTorch is not installed (make test-oracles installs it)")
pytestmark = pytest.mark.oracle

STEPS = 12


def trajectories(name: str, ours: dict[str, Any], theirs: Any) -> tuple[Any, Any]:
    """Return the parameters after each step, ours and PyTorch's, for the same random gradients."""
    backend = make_network([TDenseLayer(1)], 1).backend
    random = np.random.default_rng(6)
    start = random.normal(size=20)
    optimizer = default_registry().find("optimizer", name)(**ours)
    optimizer.start(backend, start.size)
    parameters, parameter = start.copy(), torch.nn.Parameter(torch.tensor(start))
    other = theirs([parameter])
    seen, expected = [], []
    for step in range(1, STEPS + 1):
        gradient = random.normal(size=start.size)
        optimizer.step(parameters, gradient)
        parameter.grad = torch.tensor(gradient)
        if name == "ADAM":
            other.param_groups[0]["eps"] = 1e-7 / math.sqrt(1 - 0.999**step)
        other.step()
        seen.append(parameters.copy())
        expected.append(parameter.detach().numpy().copy())
    return np.array(seen), np.array(expected)


@pytest.mark.parametrize(
    ("name", "ours", "theirs"),
    [
        ("SGD", {"learning_rate": 0.1}, lambda p: torch.optim.SGD(p, lr=0.1)),
        ("SGD", {"learning_rate": 0.1, "momentum": 0.7}, lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.7)),
        ("ADAM", {"learning_rate": 0.01}, lambda p: torch.optim.Adam(p, lr=0.01)),
        (
            "ADAGRAD",
            {"learning_rate": 0.1, "eps": 0.0},
            lambda p: torch.optim.Adagrad(p, lr=0.1, eps=0.0),
        ),
        (
            "RMSPROP",
            {"learning_rate": 0.1, "eps": 0.0, "momentum": 0.4, "rho": 0.8},
            lambda p: torch.optim.RMSprop(p, lr=0.1, eps=0.0, momentum=0.4, alpha=0.8),
        ),
        (
            "ADADELTA",
            {"learning_rate": 0.7, "rho": 0.9, "eps": 1e-6},
            lambda p: torch.optim.Adadelta(p, lr=0.7, rho=0.9, eps=1e-6),
        ),
    ],
    ids=["SGD", "SGD_momentum", "ADAM", "ADAGRAD", "RMSPROP", "ADADELTA"],
)
def test_steps(name: str, ours: dict[str, Any], theirs: Any, figures: Any) -> None:
    seen, expected = trajectories(name, ours, theirs)
    error = float(np.abs(seen - expected).max())
    assert figures.note(f"PyTorch: optimiser {name}", error) <= 1e-12
    assert np.abs(seen[-1] - seen[0]).max() > 1e-4


def test_adam_of_torch_as_it_is_differs_by_little() -> None:
    """With PyTorch's own ε the difference is of the order of ε after the first steps."""
    backend = make_network([TDenseLayer(1)], 1).backend
    optimizer = default_registry().find("optimizer", "ADAM")(learning_rate=1e-3, eps=1e-8)
    optimizer.start(backend, 3)
    parameters, parameter = np.ones(3), torch.nn.Parameter(torch.ones(3, dtype=torch.float64))
    other = torch.optim.Adam([parameter], lr=1e-3, eps=1e-8)
    for _ in range(5):
        optimizer.step(parameters, np.array([1.0, -0.1, 0.01]))
        parameter.grad = torch.tensor([1.0, -0.1, 0.01], dtype=torch.float64)
        other.step()
    np.testing.assert_allclose(parameters, parameter.detach().numpy(), rtol=0, atol=2e-7)
