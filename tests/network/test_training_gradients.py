"""The step that training takes is minus the learning rate times the derivative of the whole loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engine import BACKENDS, make_network
from finite_differences import worst_error

from tmva_py.layers.dense import TDenseLayer
from tmva_py.layers.lstm import TBasicLSTMLayer
from tmva_py.layers.reshape import TReshapeLayer
from tmva_py.plugins import default_registry

TOLERANCE = 1e-7
WEIGHTS = np.array([1.0, 0.3, -0.7, 2.5, 0.0, -1.1])


def expected_loss(name: str, output: Any, y: Any, weight: Any) -> float:
    """Return the loss by its definition, written without regard to overflow."""
    events, columns = output.shape
    w = weight[:, None]
    if name == "SUMOFSQUARES":
        return float((w * (y - output) ** 2).sum() / (events * columns))
    if name == "CROSSENTROPY":
        p = 1 / (1 + np.exp(-output))
        return float((w * (-y * np.log(p) - (1 - y) * np.log(1 - p))).sum() / (events * columns))
    p = np.exp(output) / np.exp(output).sum(axis=1, keepdims=True)
    return float((w * -y * np.log(p)).sum() / events)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("regularization", ["NONE", "L1", "L2"])
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("loss", ["SUMOFSQUARES", "CROSSENTROPY", "MUTUALEXCLUSIVE"])
def test_one_step_of_gradient_descent(
    loss: str, weighted: bool, regularization: str, backend: str, figures: Any
) -> None:
    outputs, decay, rate = 3, 0.05, 1.0
    network = make_network(
        [
            TBasicLSTMLayer(3, return_sequence=True),
            TReshapeLayer(flatten=True),
            TDenseLayer(4, "TANH"),
            TDenseLayer(outputs),
        ],
        (3, 2),
        backend,
    )
    random = np.random.default_rng(2)
    x, y = random.normal(size=(6, 3, 2)), random.random((6, outputs))
    if loss == "MUTUALEXCLUSIVE":
        y /= y.sum(axis=1, keepdims=True)
    dense = [layer.parameters["W"] for layer in network.layers if isinstance(layer, TDenseLayer)]
    for W in dense:  # away from the kink of |W|
        W[np.abs(W) < 0.05] = 0.05

    def value() -> float:
        penalty = {
            "NONE": 0.0,
            "L1": sum(np.abs(W).sum() for W in dense),
            "L2": sum((W**2).sum() for W in dense),
        }[regularization]
        weight = WEIGHTS if weighted else np.ones(6)
        return expected_loss(loss, np.asarray(network.forward(x)), y, weight) + decay * penalty

    before, loss_before = network.parameters.copy(), value()
    history = network.fit(
        x,
        y,
        event_weight=WEIGHTS if weighted else None,
        loss=loss,
        optimizer="SGD",
        learning_rate=rate,
        regularization=regularization,
        weight_decay=decay,
        batch_size=6,
        max_epochs=1,
        validation=0,
        progress=False,
    )
    step = before - network.parameters
    network.parameters[...] = before
    error = worst_error(value, network.parameters, step / rate, components=network.n_parameters)
    assert figures.note("finite differences: whole training step", error) <= TOLERANCE
    # The batch loss is that before the step, the penalty that after it.
    network.parameters[...] = before - step
    assert len(history.training_loss) == 1
    if regularization == "NONE":
        assert history.training_loss[0] == pytest.approx(loss_before, rel=1e-12)


@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (5, 1), (3, 2), (6, 3)])
@pytest.mark.parametrize("loss", ["SUMOFSQUARES", "CROSSENTROPY", "MUTUALEXCLUSIVE"])
def test_loss_gradient(loss: str, shape: tuple[int, int], weighted: bool, figures: Any) -> None:
    """Value and gradient of each loss; the softmax's targets need not sum to one."""
    network = make_network([TDenseLayer(1)], 1)
    found = default_registry().find("loss", loss)()
    random = np.random.default_rng(1)
    output, target = random.normal(0, 2, shape), random.random(shape)
    weight = WEIGHTS[: shape[0], None].copy() if weighted else None
    gradient = np.full(shape, np.nan)
    backend = network.backend

    def mean() -> float:
        return float(found.total(backend, output=output, target=target, weight=weight)) / shape[0]

    total = found.total(backend, output=output, target=target, weight=weight, gradient=gradient)
    assert float(total) / shape[0] == mean()
    all_weights = weight[:, 0] if weight is not None else np.ones(shape[0])
    assert mean() == pytest.approx(expected_loss(loss, output, target, all_weights), rel=1e-12, abs=1e-14)
    error = worst_error(mean, output, gradient, components=20)
    assert figures.note("finite differences: losses", error) <= TOLERANCE
