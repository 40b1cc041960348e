"""Random networks: written and read back, not a bit changes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from weight_files import SMALL, method_with

from tmva_py.errors import WeightFileError
from tmva_py.layers.dense import TDenseLayer
from tmva_py.layers.gru import TBasicGRULayer
from tmva_py.layers.lstm import TBasicLSTMLayer
from tmva_py.layers.reshape import TReshapeLayer
from tmva_py.layers.rnn import TBasicRNNLayer
from tmva_py.methods.dl.layer_xml import attributes_of
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.network import Network
from tmva_py.plugins import default_registry

sizes = st.integers(1, 5)
ACTIVATIONS = default_registry().names("activation")
OUTPUT_CODES = {"Classification": "S", "Multiclass": "M", "Regression": "I"}


@st.composite
def networks(draw):
    """Recurrent layers with every option, reshaping, and dense layers with every activation."""
    layers, shape = [], (draw(sizes),)
    if draw(st.booleans()):
        steps, width = draw(sizes), draw(sizes)
        shape = (steps, width)
        for _ in range(draw(st.integers(0, 2))):
            layers.append(draw(recurrent(steps, width, returns_sequence=True)))
            width = layers[-1].state_size
        if draw(st.booleans()):
            layers.append(draw(recurrent(steps, width, returns_sequence=False)))
        else:
            layers.append(TReshapeLayer(flatten=True))
    elif draw(st.booleans()):
        width = shape[0]
        layers.append(TReshapeLayer(1, 1, width))
    for _ in range(draw(st.integers(0, 2))):
        layers.append(TDenseLayer(draw(sizes), draw(st.sampled_from(ACTIVATIONS))))
    analysis = draw(st.sampled_from(list(OUTPUT_CODES)))
    layers.append(TDenseLayer(draw(st.integers(3, 5)), "LINEAR"))
    output = {"S": "SIGMOID", "M": "SOFTMAX", "I": "IDENTITY"}[OUTPUT_CODES[analysis]]
    network = Network(layers, shape, seed=1, output=output)
    bits = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(bits)
    values = random.standard_normal(network.n_parameters) * 10.0 ** random.uniform(
        -30, 30, network.n_parameters
    )
    if draw(st.booleans()):  # any finite float32, subnormal ones too
        drawn = random.integers(0, 2**32, network.n_parameters, dtype=np.uint32).view(np.float32)
        values = np.where(np.isfinite(drawn), drawn, np.float32(-0.0))
    network.parameters[...] = values
    return network, analysis


@st.composite
def recurrent(draw, steps, width, *, returns_sequence):
    cls = draw(st.sampled_from([TBasicRNNLayer, TBasicLSTMLayer, TBasicGRULayer]))
    further = {"reset_gate_after": draw(st.booleans())} if cls is TBasicGRULayer else {}
    return cls(
        draw(sizes),
        draw(st.sampled_from([0, width])),
        draw(st.sampled_from([0, steps])),
        remember_state=draw(st.booleans()),
        return_sequence=returns_sequence,
        **further,
    )


@settings(max_examples=150, deadline=None)
@given(networks())
def test_written_and_read_back(drawn):
    network, analysis = drawn
    method = method_with(network, analysis)
    text = weight_text(method)
    again = read_weight_file(text)
    kinds = [
        [(type(layer), attributes_of(layer, net.registry)) for layer in net.layers]
        for net in (network, again.model.network)
    ]
    assert kinds[0] == kinds[1]
    assert again.model.network.parameters.dtype == np.float32
    np.testing.assert_array_equal(
        again.model.network.parameters.view(np.uint32), network.parameters.view(np.uint32)
    )
    for layer, same in zip(network.layers, again.model.network.layers, strict=True):
        for name, values in layer.parameters.items():
            np.testing.assert_array_equal(same.parameters[name], values)
    with np.errstate(all="ignore"):
        x = np.random.default_rng(0).standard_normal((4, math.prod(network.input_shape)))
        np.testing.assert_array_equal(again.evaluate(x), method.evaluate(x))
    assert weight_text(again).split("<Options>")[1] == text.split("<Options>")[1]


def with_layer(layer: str, shape: str) -> str:
    start, end = SMALL.index("    <DenseLayer"), SMALL.index("  </Weights>\n</MethodSetup>")
    text = SMALL[:start] + layer + SMALL[end:]
    return text.replace('NetDepth="2" InputDepth="1" InputHeight="1" InputWidth="3"', f'NetDepth="1" {shape}')


def test_the_order_of_a_development_version_of_the_lstm():
    """In 2019 element names said what they held; the columns of the second one tell."""
    names = [
        f"{gate}{kind}"
        for gate in ("Input", "Forget", "Candidate", "Ouput")
        for kind in ("Weights", "StateWeights", "Biases")
    ]
    names[-2:] = ["OutputStateWeights", "OutputBiases"]
    elements = []
    for number, name in enumerate(names):
        columns = (3, 2, 1)[number % 3]
        numbers = "  ".join(str(number + 1) for _ in range(2 * columns))
        elements.append(f'<{name} Rows="2" Columns="{columns}">{numbers}</{name}>')
    lstm = f'<LSTMLayer StateSize="2" InputSize="3" TimeSteps="1">{"".join(elements)}</LSTMLayer>'
    text = with_layer(lstm, 'InputDepth="1" InputHeight="1" InputWidth="3"')
    parameters = read_weight_file(text).model.network.layers[0].parameters
    order = [f"{kind}_{gate}" for gate in "ifco" for kind in "WUb"]
    assert [float(parameters[name].flat[0]) for name in order] == list(range(1, 13))


@pytest.mark.parametrize(("depth", "height"), [(3, 1), (1, 3)])
def test_a_sequence_may_be_stored_either_way(depth, height):
    """Files of ``T|1|W`` and of ``T|W`` hold (T, 1, W); (1, T, W) is read too."""
    rnn = (
        '<RNNLayer StateSize="1" InputSize="1" TimeSteps="3">'
        '<InputWeights Rows="1" Columns="1">1</InputWeights>'
        '<StateWeights Rows="1" Columns="1">0.5</StateWeights>'
        '<Biases Rows="1" Columns="1">0</Biases></RNNLayer>'
    )
    method = read_weight_file(with_layer(rnn, f'InputDepth="{depth}" InputHeight="{height}" InputWidth="1"'))
    h = 0.0
    for x in (1.0, -2.0, 3.0):
        h = math.tanh(x + 0.5 * h)
    np.testing.assert_allclose(method.evaluate([[1.0, -2.0, 3.0]]), [1 / (1 + math.exp(-h))], rtol=1e-6)
    assert f'InputDepth="{depth}" InputHeight="{height}" InputWidth="1"' in weight_text(method)


def test_time_steps_must_fit():
    rnn = '<RNNLayer StateSize="1" InputSize="1" TimeSteps="4"/>'
    with pytest.raises(
        WeightFileError, match=r"<RNNLayer> \(line 24\), layer 0: .*time steps 4, but its input has 3"
    ):
        read_weight_file(with_layer(rnn, 'InputDepth="3" InputHeight="1" InputWidth="1"'))
