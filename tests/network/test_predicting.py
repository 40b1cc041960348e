"""Predicting: re-entrant, independent of batches, and nothing but forward and the output function."""

from __future__ import annotations

import copy
import threading
from typing import Any

import numpy as np
import pytest

from tmva_py.errors import ShapeError, TrainingError
from tmva_py.functions.activations import Activation
from tmva_py.layers import Context
from tmva_py.layers.dense import TDenseLayer
from tmva_py.network import Network, NetworkBuilder
from tmva_py.network.work_spaces import MOST, MOST_VALUES

RANDOM = np.random.default_rng(4)


def networks() -> dict[str, Network]:
    def builder(dtype: str = "float32") -> NetworkBuilder:
        return NetworkBuilder((10, 6), seed=1, dtype=dtype)

    wide = builder().flatten().dense(64, "RELU").dropout(0.5).dense(64, "GAUSS")
    return {
        "LSTM": builder().lstm(8, return_sequence=True).flatten().dense(16, "TANH").dense(1).build(),
        "GRU": builder().gru(8).dense(3).build(),
        "RNN": builder("float64").rnn(8, remember_state=True).dense(2).build(output="IDENTITY"),
        "dense": wide.dense(1).build(),
    }


@pytest.mark.parametrize("name", networks())
def test_eight_threads_on_one_network(name: str) -> None:
    """Each its own events, again and again, together; every result is that of the quiet run."""
    network = networks()[name]
    samples = [RANDOM.normal(size=(150 + number, 10, 6)) for number in range(8)]
    expected = [network.predict(sample, batch_size=64) for sample in samples]
    barrier, wrong = threading.Barrier(8), []

    def work(number: int) -> None:
        barrier.wait()
        for _ in range(20):
            seen = network.predict(samples[number], batch_size=64)
            if seen.tobytes() != expected[number].tobytes():
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("name", networks())
def test_predicting_between_forward_and_backward_changes_nothing(name: str) -> None:
    network = networks()[name]
    x, d_out = RANDOM.normal(size=(20, 10, 6)), RANDOM.normal(size=(20, *network.output_shape))
    for layer in network.layers:  # the same masks each time
        if hasattr(layer, "dropout"):
            layer.dropout = 0.0
    network.forward(x, training=True)
    d_x, gradients = network.backward(d_out), network.gradients.copy()
    network.forward(x, training=True)
    network.predict(RANDOM.normal(size=(20, 10, 6)))
    network.forward(RANDOM.normal(size=(20, 10, 6)))
    np.testing.assert_array_equal(network.backward(d_out), d_x)
    np.testing.assert_array_equal(network.gradients, gradients)


@pytest.mark.parametrize("name", networks())
def test_predict_is_forward_and_the_output_function(name: str) -> None:
    network = networks()[name]
    x = RANDOM.normal(size=(30, 10, 6))
    raw = np.asarray(network.forward(x))
    expected = {
        1: lambda o: 1 / (1 + np.exp(-o)),
        3: lambda o: np.exp(o) / np.exp(o).sum(axis=1, keepdims=True),
        2: lambda o: o,
    }[network.n_outputs](raw)
    predicted = network.predict(x)
    assert predicted.dtype == network.backend.dtype
    assert isinstance(predicted, np.ndarray)
    np.testing.assert_allclose(predicted, expected, rtol=3e-6, atol=1e-7)


@pytest.mark.parametrize("name", networks())
def test_events_do_not_see_their_batch(name: str) -> None:
    network = networks()[name]
    x = RANDOM.normal(size=(33, 10, 6))
    whole, eps = network.predict(x), np.finfo(network.backend.dtype).eps
    for batch_size in (1, 2, 32, 33, 1000):
        np.testing.assert_allclose(network.predict(x, batch_size=batch_size), whole, rtol=0, atol=40 * eps)
    order = RANDOM.permutation(33)
    np.testing.assert_allclose(network.predict(x[order]), whole[order], rtol=0, atol=40 * eps)
    np.testing.assert_array_equal(network.predict(x.reshape(33, 60)), whole)
    many = network.predict(np.tile(x, (63, 1, 1)))  # more than one piece of 1024
    np.testing.assert_allclose(many, np.tile(whole, (63, 1)), rtol=0, atol=40 * eps)


@pytest.mark.parametrize("name", networks())
@pytest.mark.parametrize("dtype", ["float32", "float64", "int16"])
def test_the_input_is_not_modified(name: str, dtype: str) -> None:
    network = networks()[name]
    x = (RANDOM.normal(size=(20, 10, 6)) * 3).astype(dtype)
    before = x.copy()
    x.flags.writeable = False
    network.predict(x)
    network.forward(x)
    network.forward(x, training=True)
    network.backward(np.ones((20, *network.output_shape)))
    np.testing.assert_array_equal(x, before)


def test_strided_and_reversed_arrays() -> None:
    network = networks()["LSTM"]
    x = RANDOM.normal(size=(40, 10, 6)).astype("float32")
    for view in (
        x[::2],
        x[::-1],
        np.asfortranarray(x),
        np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, 2)), 1, 2),
    ):
        np.testing.assert_allclose(network.predict(view), network.predict(view.copy(order="C")), rtol=1e-6)


def test_no_events() -> None:
    for network in networks().values():
        assert network.predict(np.empty((0, 10, 6))).shape == (0, *network.output_shape)


def test_results_belong_to_the_caller() -> None:
    network = networks()["GRU"]
    x = RANDOM.normal(size=(20, 10, 6))
    first, raw = network.predict(x), network.forward(x)
    kept, kept_raw = first.copy(), np.array(raw)
    network.predict(2 * x)
    network.forward(2 * x)
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_array_equal(raw, kept_raw)
    trained = network.forward(x, training=True)
    kept_trained = np.array(trained)
    network.forward(2 * x, training=True)
    np.testing.assert_array_equal(trained, kept_trained)


def test_float32_is_near_float64() -> None:
    single = NetworkBuilder((10, 6), seed=1).lstm(8).dense(1).build()
    double = NetworkBuilder((10, 6), seed=1, dtype="float64").lstm(8).dense(1).build()
    double.parameters[...] = single.parameters
    x = RANDOM.normal(size=(200, 10, 6)).astype("float32")
    np.testing.assert_allclose(single.predict(x), double.predict(x), rtol=0, atol=5e-7)


def test_outputs_that_are_sequences() -> None:
    """The output function works on the values of an event, whatever their shape."""
    network = NetworkBuilder((4, 2), seed=1).rnn(3, return_sequence=True).build()
    x = RANDOM.normal(size=(7, 4, 2))
    p = network.predict(x)
    assert p.shape == (7, 4, 3)
    np.testing.assert_allclose(p.sum(axis=(1, 2)), 1, rtol=1e-6)  # softmax over an event's values


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (np.ones((3, 10, 5)), r"expected events of shape \(N, 10, 6\), got \(3, 10, 5\)"),
        (np.ones((3, 59)), r"expected events of shape \(N, 10, 6\), got \(3, 59\)"),
        (np.ones((10, 6)), r"expected events of shape \(N, 10, 6\), got \(10, 6\)"),
        (np.ones(60), r"expected events of shape \(N, 10, 6\), got \(60,\)"),
        (1.0, r"expected events of shape \(N, 10, 6\), got \(\)"),
    ],
)
def test_wrong_shapes(x: Any, text: str) -> None:
    network = networks()["LSTM"]
    for call in (network.predict, network.forward):
        with pytest.raises(ShapeError, match=text):
            call(x)


def test_backward_needs_a_training_pass() -> None:
    network = networks()["LSTM"]
    with pytest.raises(TrainingError, match=r"call forward\(x, training=True\) first"):
        network.backward(np.ones((1, 1)))
    network.forward(np.ones((1, 10, 6)))
    with pytest.raises(TrainingError, match="backward needs a pass to go back"):
        network.backward(np.ones((1, 1)))


@pytest.mark.parametrize("shape", [(20,), (19, 1), (1, 1), (20, 2), ()])
def test_backward_of_another_shape(shape: tuple[int, ...]) -> None:
    network = networks()["LSTM"]
    network.forward(RANDOM.normal(size=(20, 10, 6)), training=True)
    with pytest.raises(ShapeError, match=r"d_out: expected the outputs' shape \(20, 1\), got"):
        network.backward(np.ones(shape))


def test_parameters_are_live_views() -> None:
    network = networks()["LSTM"]
    W = network.layers[0].parameters["W_i"]
    assert np.shares_memory(W, network.parameters)
    assert np.shares_memory(network.layers[0].gradients["W_i"], network.gradients)
    x = RANDOM.normal(size=(5, 10, 6))
    before = network.predict(x)
    W[...] += 1.0
    assert (network.predict(x) != before).any()
    assert network.n_parameters == sum(p.size for layer in network.layers for p in layer.parameters.values())


def test_fixed_parameters_give_the_same_bits_and_are_read_only() -> None:
    network = NetworkBuilder((20,), seed=3).dense(200, "TANH").dense(130, "RELU").dense(2).build()
    x = RANDOM.normal(size=(300, 20))
    parts = (slice(0, 1), slice(1, 6), slice(6, 40), slice(0, 300))
    expected = [network.predict(x[part]) for part in parts]
    network.fix_parameters()
    for _ in range(2):  # what was made of the weights is used again
        for part, values in zip(parts, expected, strict=True):
            assert network.predict(x[part]).tobytes() == values.tobytes()
    with pytest.raises(ValueError, match="read-only"):
        network.parameters[...] = 0.0
    with pytest.raises(TrainingError, match=r"fixed by fix_parameters\(\); train a copy"):
        network.fit(x, np.zeros(300), loss="SUMOFSQUARES", progress=False)
    copied = copy.copy(network)
    copied.parameters[...] = 0.0
    assert (copied.predict(x) == copied.predict(x[:1])[0]).all()


class _Doubling(TDenseLayer):
    """A dense layer with a way of its own."""

    def forward(self, x: Any, context: Context) -> tuple[Any, Any]:
        y, saved = super().forward(x, context)
        return 2.0 * y, saved


class _Halving(Activation):
    """An activation that compiled kernels do not know."""

    names, code = ("HALVING",), 99

    def forward(self, backend: Any, *, x: Any, out: Any) -> Any:
        out[...] = 0.5 * x
        return out


@pytest.mark.parametrize("kind", ["subclass", "activation"])
@pytest.mark.parametrize("backend", ["numba", "numpy"])
def test_dense_layers_in_a_row_keep_what_is_their_own(backend: str, kind: str) -> None:
    layers = [TDenseLayer(7, "TANH"), (_Doubling if kind == "subclass" else TDenseLayer)(5), TDenseLayer(2)]
    if kind == "activation":
        layers[1].function = _Halving()
    network = Network(layers, (4,), backend=backend, seed=3, output="IDENTITY")
    x = RANDOM.normal(size=(3, 4)).astype(np.float32)
    expected = network.predict(x[:1])
    plain = Network([TDenseLayer(7, "TANH"), TDenseLayer(5), TDenseLayer(2)], (4,), backend=backend, seed=3)
    plain.set_output("IDENTITY")
    assert (expected != plain.predict(x[:1])).any()
    network.fix_parameters()
    assert network.predict(x[:1]).tobytes() == expected.tobytes()


def test_large_outputs_go_through_in_small_batches_that_stay_in_memory() -> None:
    """16,384 outputs for an event: batches of 64, and what is kept of their work space has a limit."""
    network = NetworkBuilder((1, 32, 32), seed=1, dtype="float64").conv(8, 3, padding=1).maxpool(2)
    network = network.flatten().dense(1).build()
    sizes: list[int] = []
    network.layers[0].forward = lambda x, context, run=network.layers[0].forward: (  # type: ignore[method-assign]
        sizes.append(len(x)) or run(x, context)  # type: ignore[func-returns-value]
    )
    x = RANDOM.normal(size=(300, 1, 32, 32))
    expected = network.predict(x, batch_size=300)
    sizes.clear()
    np.testing.assert_allclose(network.predict(x), expected, rtol=1e-12)
    assert sizes == [64, 64, 64, 64, 44]
    sizes.clear()
    network.predict(x[:128])
    assert sizes == [128], "not two batches where one will do"
    for events in range(1, 40):
        network.predict(x[:events])
    kept = network._work_spaces._kept.contexts.values()
    assert 0 < len(kept) <= MOST
    assert sum(context.values for context in kept) <= MOST_VALUES
