"""The element of each kind of layer in weight files: names, attributes, order, and the bits read back."""

from __future__ import annotations

import warnings
from typing import Any
from xml.etree.ElementTree import Element, fromstring, tostring

import numpy as np
import pytest

from tmva_py.errors import TMVAWarning, WeightFileError
from tmva_py.methods.dl.weights_attributes import WeightsAttributes
from tmva_py.methods.dl.weights_xml import read_network, write_network
from tmva_py.network import Network
from tmva_py.plugins import default_registry

CNN = (
    "CONV|10|3|3|1|1|1|1|RELU,BNORM,CONV|10|3|3|1|1|1|1|RELU,MAXPOOL|2|2|1|1,RESHAPE|FLAT,"
    "DENSE|100|RELU,DENSE|1|LINEAR"
)


def network_of(layout: str, input_layout: str, seed: int = 3) -> Network:
    """Return a network in single precision whose parameters and buffers are all random."""
    network = Network.from_layout(layout, input_layout=input_layout, seed=seed)
    random = np.random.default_rng(seed)
    network.parameters[...] = random.normal(0.0, 0.4, network.parameters.shape)
    network.buffers[...] = random.random(network.buffers.shape)
    return network


def written(network: Network, shape: tuple[int, int, int]) -> Element:
    weights = Element("Weights")
    attributes = WeightsAttributes(shape, 1, (100, shape[0], shape[1] * shape[2]), "C", "X", "0", "S", 1e-4)
    write_network(weights, network, attributes)
    return weights


def read(weights: Element, n_variables: int) -> Network:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return read_network(weights, n_variables=n_variables, registry=default_registry())[0]


def shape_of(input_layout: str) -> tuple[int, int, int]:
    sizes = [int(size) for size in input_layout.split("|")]
    return (sizes[0], 1, sizes[1]) if len(sizes) == 2 else (sizes[0], sizes[1], sizes[2])


# Layout, input layout, and for each layer its element, attributes and matrices (rows, columns).
CASES: dict[str, tuple[str, str, list[tuple[str, dict[str, str], list[tuple[str, int, int]]]]]] = {
    "conv": (
        "CONV|4|3|2|2|1|1|0|SYMMRELU,RESHAPE|FLAT,LINEAR",
        "2|5|6",
        [
            (
                "ConvLayer",
                {
                    "Depth": "4", "FilterHeight": "3", "FilterWidth": "2", "StrideRows": "2",
                    "StrideCols": "1", "PaddingHeight": "1", "PaddingWidth": "0", "ActivationFunction": "4",
                },
                [("Weights", 4, 12), ("Biases", 4, 1)],
            ),
            ("ReshapeLayer", {"Depth": "1", "Height": "1", "Width": "60", "Flattening": "1"}, []),
            (
                "DenseLayer",
                {"Width": "1", "ActivationFunction": "0"},
                [("Weights", 1, 60), ("Biases", 1, 1)],
            ),
        ],
    ),
    "maxpool": (
        "MAXPOOL|2|3|1|2,RESHAPE|FLAT,LINEAR",
        "3|4|7",
        [
            (
                "MaxPoolLayer",
                {"FilterHeight": "2", "FilterWidth": "3", "StrideRows": "1", "StrideCols": "2"},
                [],
            ),
        ],
    ),
    "batch norm": (
        "DENSE|5|TANH,BNORM|0.99|0.001,LINEAR",
        "1|1|3",
        [
            ("DenseLayer", {"Width": "5", "ActivationFunction": "3"}, [("Weights", 5, 3), ("Biases", 5, 1)]),
            (
                "BatchNormLayer",
                {"Momentum": "9.8999999999999999e-01", "Epsilon": "1.0000000000000000e-03"},
                [("Training-mu", 1, 5), ("Training-variance", 1, 5), ("Gamma", 1, 5), ("Beta", 1, 5)],
            ),
        ],
    ),
    "batch norm of channels": (
        "CONV|4|2|2|1|1|0|0|RELU,BNORM,RESHAPE|FLAT,LINEAR",
        "1|3|3",
        [
            (
                "ConvLayer",
                {
                    "Depth": "4", "FilterHeight": "2", "FilterWidth": "2", "StrideRows": "1",
                    "StrideCols": "1", "PaddingHeight": "0", "PaddingWidth": "0", "ActivationFunction": "1",
                },
                [("Weights", 4, 4), ("Biases", 4, 1)],
            ),
            (
                "BatchNormLayer",
                {"Momentum": "-1.0000000000000000e+00", "Epsilon": "1.0000000000000000e-04"},
                [("Training-mu", 1, 4), ("Training-variance", 1, 4), ("Gamma", 1, 4), ("Beta", 1, 4)],
            ),
        ],
    ),
    "reshape": (
        "RESHAPE|2|3|4,CONV|2|2|2|1|1|0|0|TANH,RESHAPE|1|2|6|FLAT,LINEAR",
        "1|1|24",
        [("ReshapeLayer", {"Depth": "2", "Height": "3", "Width": "4", "Flattening": "0"}, [])],
    ),
    "rnn": (
        "RNN|4|3|5|1|1,RESHAPE|FLAT,LINEAR",
        "5|3",
        [
            (
                "RNNLayer",
                {
                    "StateSize": "4", "InputSize": "3", "TimeSteps": "5", "RememberState": "1",
                    "ReturnSequence": "1",
                },
                [("InputWeights", 4, 3), ("StateWeights", 4, 4), ("Biases", 4, 1)],
            ),
        ],
    ),
    "lstm": (
        "LSTM|4|3|5|0|0,RESHAPE|FLAT,LINEAR",
        "5|3",
        [
            (
                "LSTMLayer",
                {
                    "StateSize": "4", "CellSize": "4", "InputSize": "3", "TimeSteps": "5",
                    "RememberState": "0", "ReturnSequence": "0",
                },
                [
                    ("InputWeights", 4, 3), ("InputStateWeights", 4, 3), ("InputBiases", 4, 1),
                    ("ForgetWeights", 4, 3), ("ForgetStateWeights", 4, 3), ("ForgetBiases", 4, 1),
                    ("CandidateWeights", 4, 4), ("CandidateStateWeights", 4, 4), ("CandidateBiases", 4, 1),
                    ("OuputWeights", 4, 4), ("OutputStateWeights", 4, 4), ("OutputBiases", 4, 1),
                ],
            ),
        ],
    ),
    "gru": (
        "GRU|4|3|5|0|1|1,RESHAPE|FLAT,LINEAR",
        "5|3",
        [
            (
                "GRULayer",
                {
                    "StateSize": "4", "InputSize": "3", "TimeSteps": "5", "RememberState": "0",
                    "ReturnSequence": "1", "ResetGateAfter": "1",
                },
                [
                    ("ResetWeights", 4, 3), ("ResetStateWeights", 4, 3), ("ResetBiases", 4, 1),
                    ("UpdateWeights", 4, 3), ("UpdateStateWeights", 4, 4), ("UpdateBiases", 4, 1),
                    ("CandidateWeights", 4, 4), ("CandidateStateWeights", 4, 4), ("CandidateBiases", 4, 1),
                ],
            ),
        ],
    ),
    "tutorial": (CNN, "1|16|16", []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_elements_and_bits(name: str) -> None:
    layout, input_layout, expected = CASES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TMVAWarning)  # RESHAPE|1|2|6|FLAT has sizes without effect
        network = network_of(layout, input_layout)
    shape = shape_of(input_layout)
    weights = fromstring(tostring(written(network, shape)))
    assert [child.tag for child in weights] == [layer.xml.tag for layer in network.layers]
    for element, (tag, attributes, matrices) in zip(weights, expected, strict=False):
        assert element.tag == tag
        assert list(element.attrib.items()) == list(attributes.items())
        sizes = [(child.tag, int(child.get("Rows", 0)), int(child.get("Columns", 0))) for child in element]
        assert sizes == matrices
    n_variables = int(np.prod(shape))
    again = read(weights, n_variables)
    assert again.input_shape == network.input_shape
    assert [type(layer) for layer in again.layers] == [type(layer) for layer in network.layers]
    np.testing.assert_array_equal(again.parameters, network.parameters)
    x = np.random.default_rng(0).normal(size=(30, n_variables)).astype(np.float32)
    np.testing.assert_array_equal(again.predict(x), network.predict(x))
    # And once more: nothing of the first file is lost.
    assert tostring(written(again, shape)) == tostring(written(network, shape))


def test_vectors_of_root_s_matrices() -> None:
    """ROOT's biases are columns and the matrices of batch normalisation rows; both directions are read."""
    network = network_of("DENSE|3|TANH,BNORM,LINEAR", "1|1|2")
    weights = written(network, (1, 1, 2))
    for parent, tag in ((weights[0], "Biases"), (weights[1], "Gamma")):
        element = parent.find(tag)
        assert element is not None
        rows, columns = element.attrib["Rows"], element.attrib["Columns"]
        element.attrib.update(Rows=columns, Columns=rows)
    np.testing.assert_array_equal(read(weights, 2).parameters, network.parameters)


def test_pooling_of_2018() -> None:
    network = network_of("MAXPOOL|2|3|1|2,RESHAPE|FLAT,LINEAR", "3|4|7")
    weights = written(network, (3, 4, 7))
    old = weights[0].attrib
    old["FrameHeight"], old["FrameWidth"] = old.pop("FilterHeight"), old.pop("FilterWidth")
    again: Any = read(weights, 84)
    assert (again.layers[0].filter_height, again.layers[0].filter_width) == (2, 3)
    x = np.random.default_rng(0).normal(size=(5, 84))
    np.testing.assert_array_equal(again.predict(x), network.predict(x))


def refused(weights: Element, n_variables: int) -> str:
    with pytest.raises(WeightFileError) as caught:
        read(weights, n_variables)
    return str(caught.value)


def test_damaged_elements() -> None:
    network = network_of(CNN, "1|16|16")
    for place, change, said in (
        (0, {"Depth": "11"}, "<ConvLayer>: <Weights>: file has (10, 9), the network needs (11, 9)"),
        (0, {"FilterHeight": "x"}, "<ConvLayer> attribute 'FilterHeight': expected a whole number, got 'x'"),
        (0, {"FilterHeight": "40"}, "a window of height 40 with stride 1 is larger than an image"),
        (0, {"StrideRows": "0"}, "CONV: stride_rows must be a whole number of at least 1, got 0"),
        (0, {"ActivationFunction": "99"}, "expected one of 0 (LINEAR)"),
        (1, {"Epsilon": "-1"}, "BNORM: epsilon must be positive, got -1.0"),
        (1, {"Momentum": "often"}, "'Momentum': expected a number, got 'often'"),
        (3, {"StrideCols": "4"}, "a window of width 2 with stride 4 does not fill an image of width 16"),
    ):
        weights = written(network, (1, 16, 16))
        weights[place].attrib.update(change)
        assert said in refused(weights, 256), said
    weights = written(network, (1, 16, 16))
    del weights[0].attrib["FilterWidth"]
    assert "<ConvLayer> has no attribute 'FilterWidth'" in refused(weights, 256)
    weights = written(network, (1, 16, 16))
    mean = weights[1].find("Training-mu")
    assert mean is not None
    weights[1].remove(mean)
    assert "has no <Training-mu>" in refused(weights, 256)
    weights = written(network, (1, 16, 16))
    weights.remove(weights[0])
    weights.set("NetDepth", "6")
    assert "<BatchNormLayer>, layer 0: BNORM cannot be the first layer" in refused(weights, 256)
