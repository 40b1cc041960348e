"""Every gradient of dense layers against finite differences: every activation, with and without dropout."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from engine import BACKENDS, make_network
from finite_differences import worst_error

from tmva_py.layers import Context
from tmva_py.layers.dense import TDenseLayer
from tmva_py.network import Network
from tmva_py.plugins import default_registry

TOLERANCE = 1e-7
ACTIVATIONS = [found.names[0] for found in default_registry().classes("activation")]
# (batch, width, input width)
SHAPES = [(1, 1, 1), (1, 3, 2), (4, 1, 3), (2, 3, 1), (5, 4, 3), (3, 7, 2), (16, 5, 4)]


def events_off_the_kink(
    network: Network, batch: int, distance: float = 0.1
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return events none of whose pre-activations in the first layer is near 0, and those pre-activations."""
    W, b = network.layers[0].parameters["W"], network.layers[0].parameters["b"]
    random = np.random.default_rng(9)
    chosen: list[npt.NDArray[np.float64]] = []
    while len(chosen) < batch:
        event = random.normal(size=network.input_shape)
        if np.abs(W @ event + b).min() > distance:
            chosen.append(event)
    x = np.stack(chosen)
    return x, x @ W.T + b


def test_every_activation_of_tmva_is_here() -> None:
    assert set(ACTIVATIONS) == {"LINEAR", "RELU", "SIGMOID", "TANH", "SYMMRELU", "SOFTSIGN", "GAUSS", "FTANH"}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "x".join(map(str, shape)))
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients(activation: str, shape: tuple[int, int, int], backend: str, figures: Any) -> None:
    batch, width, inputs = shape
    network = make_network([TDenseLayer(width, activation), TDenseLayer(2)], inputs, backend, scale=0.8)
    x, _ = events_off_the_kink(network, batch)
    d_out = np.random.default_rng(4).normal(size=(batch, 2))

    def loss() -> float:
        return float((network.forward(x) * d_out).sum())

    network.forward(x, training=True)
    network.gradients[...] = np.nan
    errors = {"x": worst_error(loss, x, np.array(network.backward(d_out)), components=40)}
    for number, layer in enumerate(network.layers):
        for name, parameter in layer.parameters.items():
            errors[f"{number}.{name}"] = worst_error(
                loss, parameter, layer.gradients[name].copy(), components=40
            )
    assert figures.note(f"finite differences: dense ({backend})", max(errors.values())) <= TOLERANCE, errors


@pytest.mark.parametrize("activation", ["TANH", "GAUSS", "SOFTSIGN", "SIGMOID", "RELU"])
def test_gradients_with_dropout(activation: str, figures: Any) -> None:
    """The mask is held fixed: the gradient passes through what was kept, scaled as it was."""
    network = make_network(
        [TDenseLayer(6, activation, dropout=0.3), TDenseLayer(3, "TANH", dropout=0.5), TDenseLayer(1)],
        5,
        scale=0.8,
    )
    random = np.random.default_rng(5)
    x, d_out = random.normal(size=(7, 5)), random.normal(size=(7, 1))

    def forward() -> tuple[Any, Any, Context]:
        context = Context(network.backend, training=True, random=np.random.default_rng(11))
        return (*network.run_forward(x, context), context)

    def loss() -> float:
        return float((forward()[0] * d_out).sum())

    _, saved, context = forward()
    assert 0 < (saved[0].mask == 0).sum() < saved[0].mask.size
    assert set(np.unique(saved[0].mask)) <= {0.0, 1 / 0.7}
    assert np.abs(saved[0].z if saved[0].z is not None else 1).min() > 0.02  # no kink near
    d_x = np.array(network.run_backward(d_out, saved, context, input_gradient=True))
    assert (d_x[saved[0].mask == 0] == 0).all()
    errors = {"x": worst_error(loss, x, d_x, components=35)}
    for number, layer in enumerate(network.layers):
        for name, parameter in layer.parameters.items():
            errors[f"{number}.{name}"] = worst_error(
                loss, parameter, layer.gradients[name].copy(), components=30
            )
    assert figures.note("finite differences: dropout", max(errors.values())) <= TOLERANCE, errors


@pytest.mark.parametrize(("activation", "expected"), [("RELU", 1.0), ("SYMMRELU", 1.0)])
def test_derivative_at_the_kink_is_root_s(activation: str, expected: float) -> None:
    network = make_network([TDenseLayer(1, activation)], 1)
    network.layers[0].parameters["W"][...] = 1.0
    network.layers[0].parameters["b"][...] = 0.0
    network.forward([[0.0]], training=True)
    assert network.backward([[1.0]]) == [[expected]]


def test_input_gradient_may_be_left_out() -> None:
    """As the first layer does while training; the parameters' gradients stay the same."""
    network = make_network([TDenseLayer(4, "TANH"), TDenseLayer(1)], 3)
    x, d_out = np.random.default_rng(0).normal(size=(6, 3)), np.ones((6, 1))
    network.forward(x, training=True)
    network.backward(d_out)
    expected = network.gradients.copy()
    context = Context(network.backend, training=True)
    _, saved = network.run_forward(x, context)
    network.gradients[...] = np.nan
    assert network.run_backward(d_out, saved, context, input_gradient=False) is None
    np.testing.assert_array_equal(network.gradients, expected)
