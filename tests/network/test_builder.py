"""Building networks, layer by layer and from layouts: shapes, seeds, and messages that help."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tmva_py.errors import OptionError, ShapeError, UnknownNameError
from tmva_py.layers.dense import TDenseLayer
from tmva_py.layers.lstm import TBasicLSTMLayer
from tmva_py.network import Network, NetworkBuilder


def gated(gates: str) -> dict[str, tuple[int, ...]]:
    kinds = (("W", (5, 7)), ("U", (5, 5)), ("b", (5,)))
    return {f"{kind}_{gate}": shape for kind, shape in kinds for gate in gates}


SHAPES: dict[str, dict[str, tuple[int, ...]]] = {
    "dense": {"W": (5, 7), "b": (5,)},
    "rnn": {"W": (5, 7), "U": (5, 5), "b": (5,)},
    "lstm": gated("ifco"),
    "gru": gated("ruc"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_parameters_have_the_documented_names_and_shapes(name: str) -> None:
    network = getattr(NetworkBuilder(7 if name == "dense" else (3, 7)), name)(5).build()
    layer = network.layers[0]
    assert {key: value.shape for key, value in layer.parameters.items()} == SHAPES[name]
    assert {key: value.shape for key, value in layer.gradients.items()} == SHAPES[name]
    assert network.n_parameters == sum(int(np.prod(shape)) for shape in SHAPES[name].values())
    assert network.output_shape == (5,)


def test_the_tutorial_s_network_in_both_spellings() -> None:
    built = (
        NetworkBuilder((10, 30), seed=3)
        .lstm(10, return_sequence=True)
        .flatten()
        .dense(64, "TANH")
        .dense(1)
        .build()
    )
    read = Network.from_layout(
        "LSTM|10|30|10|0|1,RESHAPE|FLAT,DENSE|64|TANH,LINEAR", input_layout="10|30", n_outputs=1, seed=3
    )
    np.testing.assert_array_equal(built.parameters, read.parameters)
    x = np.random.default_rng(0).normal(size=(20, 10, 30))
    np.testing.assert_array_equal(built.predict(x), read.predict(x))
    assert [type(layer).__name__ for layer in read.layers] == [
        "TBasicLSTMLayer", "TReshapeLayer", "TDenseLayer", "TDenseLayer",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("layout", "input_layout", "output_shape"),
    [
        ("RNN|4|3|5|0|0,LINEAR", "5|3", (2,)),
        ("RNN|4|3|5|0|1", "5|1|3", (5, 4)),
        ("GRU|4|3|5|0|1|1,RESHAPE|FLAT,DENSE|TANH|6,LINEAR", "5|3", (2,)),
        ("TANH|N*2,LINEAR", "7", (2,)),
        ("DENSE|3|RELU,DENSE|0|SIGMOID", "1|1|7", (2,)),
        ("RESHAPE|1|1|8|FLAT,LINEAR", "2|2|2", (2,)),
    ],
)
def test_layouts(layout: str, input_layout: str, output_shape: tuple[int, ...]) -> None:
    network = Network.from_layout(layout, input_layout=input_layout, n_outputs=2, seed=1)
    assert network.output_shape == output_shape
    assert network.predict(np.ones((3, *network.input_shape))).shape == (3, *output_shape)


@pytest.mark.parametrize(
    ("layout", "input_layout", "error", "text"),
    [
        ("LTSM|10|30|10|0|1,LINEAR", "10|30", UnknownNameError, "unknown layer 'LTSM'; did you mean 'LSTM'"),
        ("LSTM|ten|30|10|0|1,LINEAR", "10|30", OptionError, "state_size: expected a whole number, got 'ten'"),
        ("LSTM|10|28|10|0|1,LINEAR", "10|30", ShapeError, "input size 28, but its input has 30"),
        ("LSTM|10|30|9|0|1,LINEAR", "10|30", ShapeError, "time steps 9, but its input has 10"),
        ("LSTM|10|30|10|0|1,LINEAR", "10|30", ShapeError, r"layer 1: dense layer .*expected a flat input"),
        (
            "LSTM|10|30|10|0|0,LSTM|4|10|10|0|0",
            "10|30",
            ShapeError,
            r"must return its sequence \(return_sequence=1\)",
        ),
        ("DENSE|64|TAHN,LINEAR", "7", OptionError, "'TAHN' has no effect, .*; did you mean 'TANH'"),
        ("DENSE|64|TANH,,LINEAR", "7", OptionError, "an empty entry is skipped"),
        ("RESHAPE|2|2|2,LINEAR", "7", ShapeError, r"RESHAPE\|2\|2\|2: 8 values, but the input \(7,\) has 7"),
        ("", "7", OptionError, "layout: expected at least one layer, found none"),
    ],
)
def test_layouts_that_do_not_work(layout: str, input_layout: str, error: type[Exception], text: str) -> None:
    """What TMVA repairs in silence, or prints and trains without, is an error in Python."""
    with pytest.raises(error, match=text):
        Network.from_layout(layout, input_layout=input_layout, n_outputs=1)


def test_the_flatten_that_is_missing_is_named() -> None:
    with pytest.raises(ShapeError) as error:
        NetworkBuilder((10, 30)).lstm(4, return_sequence=True).dense(1).build()
    assert str(error.value) == (
        "layer 1: dense layer of width 1: expected a flat input (n,), got (10, 4); "
        "put RESHAPE|FLAT (.flatten() in the builder) before it"
    )


@pytest.mark.parametrize("width", [0, -3, 2.5, True])
def test_width_of_a_dense_layer(width: Any) -> None:
    with pytest.raises(
        OptionError, match=f"dense layer: width must be a whole number of at least 1, got {width}"
    ):
        NetworkBuilder(7).dense(width)


@pytest.mark.parametrize("state", [0, -3, 2.5, True])
def test_size_of_a_state(state: Any) -> None:
    for name in ("rnn", "lstm", "gru"):
        with pytest.raises(
            OptionError, match=f"{name.upper()}: state_size must be a whole number of at least 1"
        ):
            getattr(NetworkBuilder((3, 7)), name)(state)


def test_unknown_names() -> None:
    with pytest.raises(UnknownNameError, match="unknown activation 'TAHN'; did you mean 'TANH'"):
        NetworkBuilder(7).dense(3, "TAHN")
    with pytest.raises(UnknownNameError, match="unknown initializer 'XAVER'; did you mean 'XAVIER'"):
        NetworkBuilder(7, initializer="XAVER").dense(3).build()
    with pytest.raises(UnknownNameError, match="unknown backend 'numppy'; did you mean 'numpy'"):
        NetworkBuilder(7, backend="numppy").dense(3).build()
    with pytest.raises(UnknownNameError, match="unknown output 'SOFTMAXX'; did you mean 'SOFTMAX'"):
        NetworkBuilder(7).dense(3).build(output="SOFTMAXX")
    with pytest.raises(OptionError, match="dtype: expected 'float32' or 'float64', got 'float16'"):
        NetworkBuilder(7, dtype="float16").dense(3).build()


@pytest.mark.parametrize("shape", [(), (0,), (3, -1), (2.5,), 0])
def test_input_shape(shape: Any) -> None:
    with pytest.raises(OptionError, match="input_shape: expected whole numbers of at least 1"):
        NetworkBuilder(shape).dense(3).build()


@pytest.mark.parametrize("probability", [-0.1, 1.0, 2, float("nan")])
def test_probability_to_drop(probability: float) -> None:
    with pytest.raises(
        OptionError, match="dropout: expected the probability to drop, at least 0 and below 1"
    ):
        NetworkBuilder(7).dropout(probability)


def test_dropout_needs_a_dense_layer_behind_it() -> None:
    with pytest.raises(
        ShapeError, match=r"dropout acts on the input of a dense layer, but LSTM\|4.* follows"
    ):
        NetworkBuilder((3, 7)).dropout(0.5).lstm(4)
    with pytest.raises(ShapeError, match="but none follows"):
        NetworkBuilder(7).dense(3).dropout(0.5).build()
    network = NetworkBuilder(7).dropout(0.5).dense(3).dense(2).build()
    assert [layer.dropout for layer in network.layers] == [0.5, 0.0]


def test_no_layer() -> None:
    with pytest.raises(ShapeError, match="a network needs at least one layer"):
        NetworkBuilder(7).build()


def test_a_layer_belongs_to_one_network() -> None:
    layer = TDenseLayer(3)
    NetworkBuilder(7).layer(layer).build()
    with pytest.raises(ShapeError, match=r"layer 0 \(DENSE\|3\|IDENTITY\) belongs to a network already"):
        NetworkBuilder(7).layer(layer).build()
    twice = TBasicLSTMLayer(3, return_sequence=True)
    with pytest.raises(ShapeError, match=r"layer 1 .* belongs to a network already; make a new one"):
        NetworkBuilder((3, 3)).layer(twice).layer(twice).build()


def test_output_function_by_default_and_by_the_loss() -> None:
    assert NetworkBuilder(7).dense(1).build().output_function.names[0] == "SIGMOID"
    assert NetworkBuilder(7).dense(3).build().output_function.names[0] == "SOFTMAX"
    network = NetworkBuilder(7).dense(3).build()
    x, y = np.ones((10, 7)), np.eye(3)[np.arange(10) % 3]
    for loss, name in (
        ("SUMOFSQUARES", "IDENTITY"),
        ("CROSSENTROPY", "SIGMOID"),
        ("MUTUALEXCLUSIVE", "SOFTMAX"),
    ):
        network.fit(x, y, loss=loss, batch_size=5, max_epochs=1, validation=0, progress=False)
        assert network.output_function.names[0] == name


def test_option_values_make_an_equal_layer() -> None:
    network = (
        NetworkBuilder((4, 3), seed=1).lstm(2, return_sequence=True).gru(3, True).dense(4, "RELU").build()
    )
    for layer in network.layers:
        values = json.loads(json.dumps(layer.option_values()))
        assert type(layer)(**values).describe() == layer.describe()
    assert [layer.describe() for layer in network.layers] == [
        "LSTM|2|3|4|0|1",
        "GRU|3|2|4|0|0|1",
        "DENSE|4|RELU",
    ]


def test_what_is_shown() -> None:
    network = NetworkBuilder((4, 3), seed=1).lstm(2).dense(1, "TANH").build()
    assert repr(network.layers[1]) == "<TDenseLayer DENSE|1|TANH>"
    assert repr(network) == "<Network LSTM|2|3|4|0|0,DENSE|1|TANH: (4, 3) to (1,), 51 parameters>"
    history = network.fit(np.zeros((20, 4, 3)), [0, 0, 0, 1] * 5, batch_size=5, max_epochs=2, progress=False)
    assert repr(history).startswith("History(initial_loss=0.6")
    assert "EpochRecord" not in repr(history)
