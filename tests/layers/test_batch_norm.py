"""Batch normalisation: what is normalised, running statistics over epochs, ROOT's chunks of memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from engine import BACKENDS, make_network

from tmva_py.errors import OptionError, ShapeError, TrainingError
from tmva_py.layers.batch_norm import TBatchNormLayer
from tmva_py.layers.conv import TConvLayer
from tmva_py.layers.dense import TDenseLayer
from tmva_py.layers.gru import TBasicGRULayer
from tmva_py.layers.maxpool import TMaxPoolLayer
from tmva_py.layers.reshape import TReshapeLayer
from tmva_py.methods.dl.layer_xml import attributes_of
from tmva_py.network import Network, NetworkBuilder


@pytest.mark.parametrize(
    ("before", "shape", "features", "by_channel"),
    [
        ([TConvLayer(3, 2, 2)], (2, 4, 5), 3, True),
        ([TMaxPoolLayer(2, 2)], (2, 4, 5), 2, True),
        ([TDenseLayer(7)], (4,), 7, False),
        ([TReshapeLayer(flatten=True)], (2, 4, 5), 40, False),
        ([TReshapeLayer(2, 4, 5)], (40,), 40, False),
        ([TBasicGRULayer(3, return_sequence=True)], (5, 2), 15, False),
        # Only the layer right before counts, as in ROOT.
        ([TConvLayer(3, 2, 2), TBatchNormLayer()], (2, 4, 5), 36, False),
    ],
)
def test_what_is_normalised(before: Any, shape: Any, features: int, by_channel: bool) -> None:
    fresh = [type(layer)(**layer.option_values()) for layer in before]
    network = make_network([*fresh, TBatchNormLayer()], shape)
    layer: Any = network.layers[-1]
    assert layer.by_channel is by_channel
    assert {name: value.shape for name, value in layer.parameters.items()} == {
        "gamma": (features,),
        "beta": (features,),
    }
    assert layer.buffers["running_mean"].shape == (features,)
    layer.parameters["gamma"][...], layer.parameters["beta"][...] = 1.0, 0.0
    y = network.forward(np.random.default_rng(1).normal(3.0, 5.0, (50, *shape)), training=True)
    axes = (0, 2, 3) if by_channel else 0
    np.testing.assert_allclose(y.mean(axes), 0, atol=1e-12)
    np.testing.assert_allclose(y.var(axes), 1, atol=0.05)


def test_first_values() -> None:
    network = Network([TDenseLayer(3), TBatchNormLayer()], 2)
    layer = network.layers[1]
    assert (layer.parameters["gamma"] == 1).all()
    assert (layer.parameters["beta"] == 0).all()
    assert (layer.buffers["running_mean"] == 0).all()
    assert (layer.buffers["running_variance"] == 1).all()


@pytest.mark.parametrize("momentum", [-1.0, -0.5, 0.0, 0.25, 0.9, 1.0])
@pytest.mark.parametrize("backend", BACKENDS)
def test_running_statistics(momentum: float, backend: str) -> None:
    """The formulas of the specification, batch by batch, with batches of different sizes."""
    epsilon = 0.05
    network = make_network([TDenseLayer(3), TBatchNormLayer(momentum, epsilon)], 3, backend)
    dense, layer = network.layers
    random = np.random.default_rng(0)
    mean = variance = np.zeros(3)
    for number, events in enumerate((7, 4, 9, 2, 1)):
        x = random.normal(number, 2, (events, 3))
        hidden = x @ dense.parameters["W"].T + dense.parameters["b"]
        network.forward(x, training=True)
        unbiased = hidden.var(0) * events / (events - 1 + epsilon)
        old = 0.0 if number == 0 else momentum if momentum >= 0 else number / (number + 1)
        mean = old * mean + (1 - old) * hidden.mean(0)
        variance = old * variance + (1 - old) * unbiased
        np.testing.assert_allclose(layer.buffers["running_mean"], mean, rtol=1e-12)
        np.testing.assert_allclose(layer.buffers["running_variance"], variance, rtol=1e-12)
        before = network.buffers.copy()
        out = network.forward(x)  # inference does not touch them
        np.testing.assert_array_equal(network.buffers, before)
        gamma, beta = layer.parameters["gamma"], layer.parameters["beta"]
        expected = gamma * (hidden - mean) / np.sqrt(variance + epsilon) + beta
        np.testing.assert_allclose(out, expected, rtol=1e-11)


def sample(events: int = 60) -> tuple[Any, Any]:
    random = np.random.default_rng(2)
    y = random.integers(0, 2, events).astype(float)
    return random.normal(size=(events, 3)) + y[:, None], y


def small(seed: int = 3, momentum: float = -1.0) -> Network:
    builder = NetworkBuilder(3, seed=seed, dtype="float64", backend="numpy")
    return builder.dense(4, "TANH").batch_norm(momentum).dense(1).build()


def test_statistics_start_again_with_each_epoch_and_stay_through_validation() -> None:
    network = small()
    x, y = sample()
    seen = []

    def look(network: Network, record: Any) -> None:
        layer = network.layers[1]
        hidden = np.tanh(x[:40] @ network.layers[0].parameters["W"].T + network.layers[0].parameters["b"])
        seen.append(
            (layer.buffers["running_mean"].copy(), hidden.mean(0), float(layer.buffers["batches"][0]))
        )
        network.layers[0].parameters["W"][...] *= -3  # what the next epoch sees is far from this one

    network.fit(
        x[:40], y[:40], batch_size=10, max_epochs=3, learning_rate=1e-12, validation=(x[40:], y[40:]),
        convergence_steps=9, progress=False, callbacks=[look],
    )  # fmt: skip
    assert len(seen) == 3
    for mean, expected, batches in seen:
        # The mean over the epoch's batches alone, with the weights of this epoch.
        np.testing.assert_allclose(mean, expected, atol=1e-8)
        assert batches == 4


def test_best_weights_come_with_their_statistics() -> None:
    network = small(momentum=0.7)
    x, y = sample()
    best: dict[str, Any] = {}

    def look(network: Network, record: Any) -> None:
        if record.improved:
            best.update(parameters=network.parameters.copy(), buffers=network.buffers.copy())
        elif record.epoch > 3:
            network.parameters[...] *= 5  # never better again

    history = network.fit(
        x[:40], y[:40], batch_size=10, max_epochs=8, validation=(x[40:], y[40:]), progress=False,
        learning_rate=0.05, convergence_steps=20, callbacks=[look],
    )  # fmt: skip
    assert 0 < history.best_epoch < 8
    np.testing.assert_array_equal(network.parameters, best["parameters"])
    np.testing.assert_array_equal(network.buffers, best["buffers"])
    assert not np.array_equal(network.layers[1].buffers["running_mean"], np.zeros(4))


def test_checkpoints_keep_the_statistics(tmp_path: Any) -> None:
    network = small(momentum=0.7)
    x, y = sample()
    network.fit(x, y, batch_size=10, max_epochs=2, validation=0, progress=False)
    network.save(tmp_path / "net.npz")
    again = Network.load(tmp_path / "net.npz", backend="numpy")
    np.testing.assert_array_equal(again.buffers, network.buffers)
    np.testing.assert_array_equal(again.predict(x), network.predict(x))
    assert again.layers[1].momentum == 0.7


def test_neither_gamma_nor_beta_is_regularised() -> None:
    network = small()
    sizes = [view.size for view in network.regularized_views(network.parameters)]
    assert sizes == [12, 4]


def test_messages() -> None:
    with pytest.raises(ShapeError, match=r"BNORM cannot be the first layer; VarTransform=N"):
        Network([TBatchNormLayer()], 3)
    with pytest.raises(OptionError, match=r"epsilon must be positive, got 0"):
        TBatchNormLayer(-1, 0)
    with pytest.raises(OptionError, match=r"momentum must be in \[0, 1\], or negative for a plain mean"):
        TBatchNormLayer(1.5)
    with pytest.raises(OptionError, match=r"momentum must be in \[0, 1\]"):
        TBatchNormLayer(float("nan"))


# --- ROOT's CPU code ----------------------------------------------------------------------------------


def root_cpu_inference(x: Any, layer: Any, events: int) -> Any:
    """ROOT's loop over the memory of each batch, chunk after chunk; the rest of the events one by one."""
    channels, height, width = x.shape[1:]
    result = []
    start = 0
    while start < len(x):
        together = events if start + events <= len(x) else 1
        batch = x[start : start + together]
        # Column-major with axes (channel, pixel, event): the channel runs fastest.
        memory = batch.reshape(together, channels, height * width).transpose(1, 2, 0).ravel(order="F").copy()
        length = height * width * together
        for k in range(channels):
            for i in range(k * length, (k + 1) * length):
                centred = memory[i] - layer.buffers["running_mean"][k]
                scale = np.sqrt(layer.buffers["running_variance"][k] + layer.epsilon)
                memory[i] = layer.parameters["gamma"][k] * centred / scale + layer.parameters["beta"][k]
        back = memory.reshape((channels, height * width, together), order="F").transpose(2, 0, 1)
        result.append(back.reshape(batch.shape))
        start += together
    return np.concatenate(result)


def chunk_network(layers: list[Any], shape: tuple[int, int, int], **settings: Any) -> Network:
    network = make_network(layers, shape, **settings)
    layer: Any = network.layers[1]
    layer.buffers["running_mean"][...] = np.random.default_rng(8).normal(size=len(layer.parameters["gamma"]))
    layer.buffers["running_variance"][...] = np.random.default_rng(9).random(len(layer.parameters["gamma"]))
    return network


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("events", [1, 2, 3, 5, 20])
@pytest.mark.parametrize("pooling", [False, True], ids=["conv", "maxpool"])
def test_chunks_of_root(pooling: bool, events: int, backend: str) -> None:
    before = TMaxPoolLayer(2, 1) if pooling else TConvLayer(4, 2, 3, 1, 1, 1, 0)
    network = chunk_network([before, TBatchNormLayer()], (3, 4, 5), backend=backend)
    x = np.random.default_rng(3).normal(size=(11, 3, 4, 5))
    hidden = Network([type(before)(*before.option_values().values())], (3, 4, 5), backend="numpy", dtype="f8")
    hidden.parameters[...] = network.parameters[: len(hidden.parameters)]
    expected = root_cpu_inference(np.array(hidden.forward(x)), network.layers[1], events)
    channels = np.array(network.forward(x))
    assert network.use_cpu_chunks(events) is network
    found = network.forward(x)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert np.abs(found - channels).max() > 0.1
    np.testing.assert_array_equal(network.use_cpu_chunks(0).forward(x), channels)


def test_single_events_are_the_default_and_batches_differ() -> None:
    """As ROOT's Reader; what the Factory writes into its trees is that of batches."""
    network = chunk_network(
        [TConvLayer(2, 3, 3), TBatchNormLayer(), TReshapeLayer(flatten=True), TDenseLayer(1)], (1, 6, 6)
    )
    x = np.random.default_rng(3).normal(size=(30, 1, 6, 6))
    together = network.use_cpu_chunks().predict(x)
    singly = np.concatenate([network.predict(x[i : i + 1]) for i in range(30)])
    np.testing.assert_allclose(together, singly, rtol=1e-12)
    batches = network.use_cpu_chunks(10).predict(x)
    assert np.abs(batches - together).max() > 1e-3
    # However many go through together, ROOT's batches begin where they began.
    np.testing.assert_allclose(network.predict(x, batch_size=14), batches, rtol=1e-12)
    np.testing.assert_allclose(network.predict(x, batch_size=3), batches, rtol=1e-12)


def test_chunks_in_files_and_messages(tmp_path: Any) -> None:
    network = chunk_network(
        [TConvLayer(2, 3, 3), TBatchNormLayer(), TReshapeLayer(flatten=True), TDenseLayer(1)], (1, 6, 6)
    )
    x = np.random.default_rng(3).normal(size=(7, 1, 6, 6))
    network.use_cpu_chunks(3).save(tmp_path / "net.npz")
    again = Network.load(tmp_path / "net.npz", backend="numpy")
    np.testing.assert_allclose(again.predict(x), network.predict(x), rtol=1e-12)
    assert network.layers[1].describe() == "BNORM|-1.0|0.0001"
    assert attributes_of(network.layers[1], network.registry).keys() == {"Momentum", "Epsilon"}
    with pytest.raises(TrainingError, match=r"statistics of ROOT's chunks .* cannot be trained"):
        network.forward(x, training=True)
    network.use_cpu_chunks(0).forward(x, training=True)
    with pytest.raises(OptionError, match="use_cpu_chunks: events must be a whole number of at least 0"):
        network.use_cpu_chunks(-1)
    # Behind a dense layer ROOT's memory and the features agree.
    dense = small()
    expected = dense.predict(x.reshape(7, -1)[:, :3])
    np.testing.assert_array_equal(dense.use_cpu_chunks(4).predict(x.reshape(7, -1)[:, :3]), expected)
    dense.forward(x.reshape(7, -1)[:, :3], training=True)
