"""States of recurrent layers: remembered within an epoch, reset between, or handed around by the user."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engine import make_network

from tmva_py.errors import ShapeError
from tmva_py.layers import Context
from tmva_py.layers.gru import TBasicGRULayer
from tmva_py.layers.lstm import TBasicLSTMLayer
from tmva_py.layers.rnn import TBasicRNNLayer
from tmva_py.network import EpochRecord, Network, NetworkBuilder

LAYERS = [TBasicRNNLayer, TBasicLSTMLayer, TBasicGRULayer]
RANDOM = np.random.default_rng(4)
X, Y = RANDOM.normal(size=(13, 3, 2)), RANDOM.integers(0, 2, (13, 1)).astype(float)


def build(make: Any, remember: bool) -> Network:
    network = (
        NetworkBuilder((3, 2), seed=1, dtype="float64")
        .layer(make(4, remember_state=remember))
        .dense(1)
        .build()
    )
    network.parameters[...] = np.random.default_rng(1).normal(0, 0.5, network.parameters.shape)
    return network


@pytest.mark.parametrize("make", LAYERS)
def test_remembered_from_batch_to_batch_and_reset_at_each_epoch(make: Any) -> None:
    """The training is replayed by hand: gradients treat the state before the first step as a constant."""
    network, by_hand = build(make, True), build(make, True)
    losses: list[float] = []

    def note(network: Network, record: EpochRecord) -> None:
        losses.append(record.training_loss)

    settings: Any = {"loss": "SUMOFSQUARES", "optimizer": "SGD", "learning_rate": 0.1, "progress": False}
    network.fit(X, Y, batch_size=4, max_epochs=2, validation=0, callbacks=[note], **settings)

    shuffle, expected, carried_at_all = by_hand.random("shuffle", 1), [], False
    for _ in range(2):
        order, state, total = shuffle.permutation(13), None, 0.0
        for step in range(3):
            index = order[4 * step : 4 * step + 4]
            plain = by_hand.forward(X[index])
            out, state = by_hand.forward(X[index], training=True, state=state, return_state=True)
            carried_at_all |= bool(np.abs(out - plain).max() > 1e-3)
            total += float(((out - Y[index]) ** 2).sum())
            by_hand.backward(2 * (out - Y[index]) / 4)
            by_hand.parameters[...] -= 0.1 * by_hand.gradients
        expected.append(total / 12)
    assert carried_at_all
    np.testing.assert_allclose(losses, expected, rtol=1e-12)
    np.testing.assert_allclose(network.parameters, by_hand.parameters, rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("make", LAYERS)
def test_without_remembering_every_batch_starts_from_zero(make: Any) -> None:
    trained = []
    for remember in (False, True):
        network = build(make, remember)
        network.fit(X, Y, batch_size=4, max_epochs=1, validation=0, progress=False)
        trained.append(network.parameters.copy())
    assert np.abs(trained[0] - trained[1]).max() > 1e-6
    one_batch = []
    for remember in (False, True):
        network = build(make, remember)
        network.fit(X, Y, batch_size=13, max_epochs=3, validation=0, progress=False)
        one_batch.append(network.parameters.copy())
    np.testing.assert_array_equal(one_batch[0], one_batch[1])  # one batch per epoch: nothing to carry


@pytest.mark.parametrize("make", LAYERS)
def test_predicting_starts_from_zero_each_time(make: Any) -> None:
    remembering, forgetful = build(make, True), build(make, False)
    first = remembering.predict(X)
    np.testing.assert_array_equal(remembering.predict(X), first)
    np.testing.assert_array_equal(forgetful.predict(X), first)
    np.testing.assert_allclose(remembering.predict(X, batch_size=1), first, rtol=1e-13)


@pytest.mark.parametrize("make", LAYERS)
def test_the_user_may_keep_the_state(make: Any) -> None:
    """A long sequence in pieces, state in, state out."""
    network = build(make, False)
    long = NetworkBuilder((6, 2), dtype="float64").layer(make(4)).dense(1).build()
    long.parameters[...] = network.parameters
    x = RANDOM.normal(size=(5, 6, 2))
    _, state = network.predict(x[:, :3], return_state=True)
    assert set(state) == {0}
    assert set(state[0]) == set(network.layers[0].state_names)
    assert all(value.shape == (5, 4) for value in state[0].values())
    kept = {name: value.copy() for name, value in state[0].items()}
    second, final = network.predict(x[:, 3:], state=state, return_state=True)
    np.testing.assert_allclose(second, long.predict(x), rtol=1e-13)
    _, expected = long.predict(x, return_state=True)
    for name in kept:
        np.testing.assert_array_equal(state[0][name], kept[name])  # the pass left it as it was
        np.testing.assert_allclose(final[0][name], expected[0][name], rtol=1e-12, atol=1e-15)


def test_states_outlive_the_next_pass() -> None:
    network = make_network([TBasicLSTMLayer(4)], (3, 2))
    _, first = network.forward(X, return_state=True)
    kept = first[0]["h"].copy()
    network.forward(2 * X, return_state=True)
    np.testing.assert_array_equal(first[0]["h"], kept)


@pytest.mark.parametrize("make", LAYERS)
def test_states_outlive_the_work_space(make: Any) -> None:
    """Two passes in one context write into the same arrays; the state of the first is a copy."""
    network = make_network([make(4)], (3, 2))
    context = Context(network.backend)
    network.run_forward(X, context)
    state = context.state(network.layers[0]).final
    assert state is not None
    kept = {name: value.copy() for name, value in state.items()}
    network.run_forward(2 * X, context)
    for name, value in state.items():
        np.testing.assert_array_equal(value, kept[name])


def test_states_that_do_not_fit() -> None:
    network = build(TBasicLSTMLayer, False)
    h, c = np.zeros((13, 4)), np.zeros((13, 4))
    with pytest.raises(ShapeError, match=r"LSTM\|4\|2\|3\|0\|0: the initial state needs h and c, got h"):
        network.forward(X, state={0: {"h": h}})
    with pytest.raises(
        ShapeError, match=r"initial state 'c' must be \(batch, state size\) = \(13, 4\), got \(12, 4\)"
    ):
        network.forward(X, state={0: {"h": h, "c": c[1:]}})
    with pytest.raises(ShapeError, match=r"state: layer 1 has none; layers with a state: \[0\]"):
        network.forward(X, state={1: {"h": h}})
    with pytest.raises(ShapeError, match="state: layer 7 has none"):
        network.predict(X, state={7: {"h": h}})
    dense = NetworkBuilder(2).dense(1).build()
    with pytest.raises(ShapeError, match="layers with a state: none"):
        dense.forward(np.ones((1, 2)), state={0: {}})
