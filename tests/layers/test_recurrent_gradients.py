"""Every gradient of RNN, LSTM and GRU against finite differences: weights, biases, inputs, initial states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engine import BACKENDS, make_network, random_states
from finite_differences import worst_error

from tmva_py.layers import VGeneralLayer
from tmva_py.layers.dense import TDenseLayer
from tmva_py.layers.gru import TBasicGRULayer
from tmva_py.layers.lstm import TBasicLSTMLayer
from tmva_py.layers.reshape import TReshapeLayer
from tmva_py.layers.rnn import TBasicRNNLayer
from tmva_py.network import Network

TOLERANCE = 1e-7

# (time steps, batch, state size, input width): first the smallest, then those of ROOT's own tests.
SMALLEST = [(1, 1, 1, 1), (3, 1, 1, 1), (1, 3, 1, 2), (1, 1, 3, 1), (2, 3, 2, 1)]
RNN_SHAPES = [(1, 2, 1, 2), (1, 2, 3, 2), (2, 3, 4, 5), (4, 2, 10, 5), (5, 64, 10, 5), (3, 1, 10, 5)]
LSTM_SHAPES = [
    (2, 1, 1, 2),
    (1, 2, 3, 2),
    (2, 3, 4, 5),
    (4, 2, 10, 5),
    (5, 64, 10, 5),
    (3, 1, 10, 5),
    (4, 32, 10, 20),
    (4, 32, 10, 5),
]
GRU_SHAPES = [
    (2, 1, 2, 3),
    (1, 2, 1, 10),
    (1, 2, 3, 2),
    (2, 3, 4, 5),
    (4, 2, 10, 5),
    (5, 16, 10, 20),
    (3, 1, 10, 5),
    (4, 8, 20, 10),
    (3, 8, 5, 4),
    (4, 8, 10, 5),
]

CASES: list[Any] = [
    pytest.param(make, shape, id=f"{name}-{'x'.join(map(str, shape))}")
    for name, make, shapes in (
        ("RNN", TBasicRNNLayer, RNN_SHAPES),
        ("LSTM", TBasicLSTMLayer, LSTM_SHAPES),
        ("GRU_before", TBasicGRULayer, GRU_SHAPES),
        ("GRU_after", lambda *a, **k: TBasicGRULayer(*a, **k, reset_gate_after=True), GRU_SHAPES),
    )
    for shape in (*SMALLEST, *shapes)
]


def check_gradients(
    network: Network, batch: int, *, with_states: bool, components: int = 3
) -> dict[str, float]:
    """Return the relative error of each gradient of a loss that depends on all outputs and final states.

    Few components each: the derivative along a random direction sees every one.
    """
    random = np.random.default_rng(3)
    x = random.normal(size=(batch, *network.input_shape))
    states = random_states(network, batch, random) if with_states else None
    d_states = random_states(network, batch, random) if with_states else None
    d_out = random.normal(size=(batch, *network.output_shape))

    def loss() -> float:
        out, final = network.forward(x, state=states, return_state=True)
        total = float((out * d_out).sum())
        for number, gradients in (d_states or {}).items():
            total += sum(
                float((final[number][name] * gradient).sum()) for name, gradient in gradients.items()
            )
        return total

    network.forward(x, training=True, state=states)
    network.gradients[...] = np.nan  # whatever backward leaves out would stay
    d_x = np.array(network.backward(d_out, d_state=d_states))
    errors = {"x": worst_error(loss, x, d_x, components=components)}
    for number, layer in enumerate(network.layers):
        for name, parameter in layer.parameters.items():
            errors[f"{number}.{name}"] = worst_error(
                loss, parameter, layer.gradients[name].copy(), components=components
            )
    for number, values in (states or {}).items():
        for name, value in values.items():
            gradient = network.state_gradients[number][name]
            errors[f"{number}.{name}_0"] = worst_error(loss, value, gradient, components=components)
    return errors


def assert_small(errors: dict[str, float], figures: Any, title: str) -> None:
    """Hold every error below the tolerance and note the largest."""
    figures.note(f"finite differences: {title}", max(errors.values()))
    too_large = {name: error for name, error in errors.items() if not error <= TOLERANCE}
    assert not too_large, too_large


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("with_states", [False, True], ids=["from_zero", "with_states"])
@pytest.mark.parametrize("return_sequence", [False, True], ids=["last", "sequence"])
@pytest.mark.parametrize(("make", "shape"), CASES)
def test_gradients_of_one_layer(
    make: Any,
    shape: tuple[int, int, int, int],
    return_sequence: bool,
    with_states: bool,
    backend: str,
    figures: Any,
) -> None:
    steps, batch, size, width = shape
    layer = make(size, return_sequence=return_sequence)
    network = make_network([layer], (steps, width), backend)
    errors = check_gradients(network, batch, with_states=with_states)
    assert len(errors) == 1 + len(layer.parameters) + (len(layer.state_names) if with_states else 0)
    assert_small(errors, figures, f"{layer.names[0]} ({backend})")


def stacks() -> dict[str, tuple[list[VGeneralLayer], tuple[int, int], int]]:
    """Return networks of several layers, with input shape and batch size."""
    return {
        "RNN+dense": ([TBasicRNNLayer(10), TDenseLayer(3, "TANH")], (4, 20), 32),
        "RNN+RNN+dense": (
            [
                TBasicRNNLayer(10, return_sequence=True),
                TBasicRNNLayer(6, return_sequence=True),
                TReshapeLayer(flatten=True),
                TDenseLayer(4, "TANH"),
                TDenseLayer(1),
            ],
            (4, 5),
            32,
        ),
        "LSTM+LSTM+dense": (
            [
                TBasicLSTMLayer(4, return_sequence=True),
                TBasicLSTMLayer(3),
                TDenseLayer(2, "SIGMOID"),
            ],
            (3, 5),
            7,
        ),
        "GRU+LSTM+RNN": (
            [
                TBasicGRULayer(4, return_sequence=True),
                TBasicLSTMLayer(3, return_sequence=True),
                TBasicRNNLayer(5),
            ],
            (5, 2),
            3,
        ),
        "reshape+GRU_after+dense": (
            [
                TReshapeLayer(3, 1, 4),
                TBasicGRULayer(4, return_sequence=True, reset_gate_after=True),
                TReshapeLayer(flatten=True),
                TDenseLayer(2, "SOFTSIGN"),
            ],
            (6, 2),
            5,
        ),
        "dense+reshape+LSTM": (
            [TDenseLayer(12, "TANH"), TReshapeLayer(4, 1, 3), TBasicLSTMLayer(3)],
            (7,),
            4,
        ),
    }


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("with_states", [False, True], ids=["from_zero", "with_states"])
@pytest.mark.parametrize("title", stacks())
def test_gradients_of_stacks(title: str, with_states: bool, backend: str, figures: Any) -> None:
    layers, input_shape, batch = stacks()[title]
    network = make_network(layers, input_shape, backend)
    errors = check_gradients(network, batch, with_states=with_states, components=4)
    assert_small(errors, figures, f"stacks ({backend})")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("make", [TBasicRNNLayer, TBasicLSTMLayer, TBasicGRULayer])
def test_gradient_of_the_final_state_alone(make: Any, backend: str) -> None:
    """With no gradient of the outputs, that of the final states still reaches everything."""
    network = make_network([make(3, return_sequence=True)], (4, 2), backend)
    random = np.random.default_rng(0)
    x, d_states = random.normal(size=(5, 4, 2)), random_states(network, 5, random)
    network.forward(x, training=True)
    d_x = np.array(network.backward(np.zeros((5, 4, 3)), d_state=d_states))

    def loss() -> float:
        _, final = network.forward(x, return_state=True)
        return sum(float((final[0][name] * gradient).sum()) for name, gradient in d_states[0].items())

    assert worst_error(loss, x, d_x, components=40) <= TOLERANCE
    assert np.abs(d_x).max() > 1e-3


@pytest.mark.parametrize("make", [TBasicRNNLayer, TBasicLSTMLayer, TBasicGRULayer])
def test_backward_overwrites_and_may_be_repeated(make: Any) -> None:
    """Gradients are written, not added, and a second backward of one pass gives the same."""
    network = make_network([make(3, return_sequence=True), make(2), TDenseLayer(2, "TANH")], (4, 2))
    random = np.random.default_rng(0)
    x, d_out = random.normal(size=(5, 4, 2)), random.normal(size=(5, 2))
    network.forward(x, training=True)
    first_x = network.backward(d_out)
    first_copy, first = np.array(first_x), network.gradients.copy()
    network.backward(2.0 * d_out)
    np.testing.assert_array_equal(
        first_x, first_copy, err_msg="the first result was overwritten by the second"
    )
    np.testing.assert_array_equal(network.gradients, 2.0 * first)
    again = network.backward(d_out)
    np.testing.assert_array_equal(network.gradients, first)
    np.testing.assert_array_equal(again, first_copy)


@pytest.mark.parametrize("make", [TBasicRNNLayer, TBasicLSTMLayer, TBasicGRULayer])
def test_parts_of_a_sequence_give_the_whole(make: Any) -> None:
    """Two halves, the state handed over forward and its gradient backward, are one long pass."""
    network = make_network([make(3, return_sequence=True)], (6, 2))
    halves = make_network([make(3, return_sequence=True)], (3, 2))
    halves.parameters[...] = network.parameters
    random = np.random.default_rng(0)
    x, d_out = random.normal(size=(5, 6, 2)), random.normal(size=(5, 6, 3))
    whole = np.array(network.forward(x, training=True))
    d_x = np.array(network.backward(d_out))

    first, state = halves.forward(x[:, :3], return_state=True)
    second = halves.forward(x[:, 3:], training=True, state=state)
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), whole, rtol=1e-13, atol=1e-15)
    d_second = np.array(halves.backward(d_out[:, 3:]))
    gradients, d_state = halves.gradients.copy(), halves.state_gradients
    halves.forward(x[:, :3], training=True)
    d_first = np.array(halves.backward(d_out[:, :3], d_state=d_state))
    np.testing.assert_allclose(np.concatenate([d_first, d_second], axis=1), d_x, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(gradients + halves.gradients, network.gradients, rtol=1e-11, atol=1e-14)
