"""Aidan Gomez, "Backpropogating an LSTM: A Numerical Example", to every digit printed there.

State size 1, two steps, loss ½(h − y)² at both steps, plain gradient descent with learning rate 0.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engine import BACKENDS

from tmva_py.layers.lstm import TBasicLSTMLayer
from tmva_py.network import Network

X = np.array([[[1.0, 2.0], [0.5, 3.0]]])
Y = np.array([[[0.5], [1.25]]])
BEFORE: dict[str, Any] = {
    "W_c": [0.45, 0.25], "U_c": 0.15, "b_c": 0.20,
    "W_i": [0.95, 0.80], "U_i": 0.80, "b_i": 0.65,
    "W_f": [0.70, 0.45], "U_f": 0.10, "b_f": 0.15,
    "W_o": [0.60, 0.40], "U_o": 0.25, "b_o": 0.10,
}  # fmt: skip
AFTER: dict[str, Any] = {
    "W_c": [0.45267, 0.25922], "U_c": 0.15104, "b_c": 0.20364,
    "W_i": [0.95022, 0.80066], "U_i": 0.80006, "b_i": 0.65028,
    "W_f": [0.70032, 0.45189], "U_f": 0.10034, "b_f": 0.15063,
    "W_o": [0.60259, 0.41626], "U_o": 0.25297, "b_o": 0.10536,
}  # fmt: skip


@pytest.fixture(params=BACKENDS)
def network(request: pytest.FixtureRequest) -> Network:
    layer = TBasicLSTMLayer(1, return_sequence=True)
    network = Network([layer], (2, 2), backend=BACKENDS[request.param]("float64"))
    for name, value in BEFORE.items():
        layer.parameters[name][...] = value
    return network


def test_forward(network: Network) -> None:
    out, final = network.forward(X, return_state=True)
    assert out.ravel() == pytest.approx([0.53631, 0.77198], abs=5e-6)
    assert float(final[0]["c"][0, 0]) == pytest.approx(1.51763, abs=5e-6)
    # Without its last step the sequence ends in the first cell.
    short = Network([TBasicLSTMLayer(1)], (1, 2), backend=network.backend)
    short.parameters[...] = network.parameters
    _, final = short.forward(X[:, :1], return_state=True)
    assert float(final[0]["c"][0, 0]) == pytest.approx(0.78573, abs=5e-6)


def test_gradients_of_the_input(network: Network) -> None:
    out = network.forward(X, training=True)
    d_x = network.backward(out - Y)
    assert d_x[0, 0] == pytest.approx([-0.0081655, -0.0048668], abs=5e-8)
    assert d_x[0, 1] == pytest.approx([-0.0474241, -0.0307277], abs=5e-8)


def test_weights_after_one_step(network: Network) -> None:
    out = network.forward(X, training=True)
    network.backward(out - Y)
    network.parameters[...] -= 0.1 * network.gradients
    for name, value in AFTER.items():
        updated = np.ravel(network.layers[0].parameters[name])
        assert updated == pytest.approx(np.ravel(value), abs=5e-6), name


def test_the_same_step_through_fit(network: Network) -> None:
    """The mean over two outputs of (y − h)² is the example's loss ½ Σ (h − y)²."""
    network.fit(
        X, Y, loss="SUMOFSQUARES", optimizer="SGD", learning_rate=0.1, batch_size=1, max_epochs=1,
        validation=0, progress=False,
    )  # fmt: skip
    for name, value in AFTER.items():
        updated = np.ravel(network.layers[0].parameters[name])
        assert updated == pytest.approx(np.ravel(value), abs=5e-6), name
