"""Layouts of convolution nets: ROOT's tutorial through both doors, and mistakes."""

from __future__ import annotations

import numpy as np
import pytest

from tmva_py.errors import OptionError, ShapeError, TMVAError, TMVAWarning
from tmva_py.layers.batch_norm import TBatchNormLayer
from tmva_py.layers.conv import TConvLayer
from tmva_py.layers.maxpool import TMaxPoolLayer
from tmva_py.layouts import parse_layout
from tmva_py.network import Network

CNN = (
    "CONV|10|3|3|1|1|1|1|RELU,BNORM,CONV|10|3|3|1|1|1|1|RELU,MAXPOOL|2|2|1|1,RESHAPE|FLAT,"
    "DENSE|100|RELU,DENSE|1|LINEAR"
)


def test_tutorial() -> None:
    network = Network.from_layout(CNN, input_layout="1|16|16", seed=1)
    assert [layer.output_shape for layer in network.layers] == [
        (10, 16, 16), (10, 16, 16), (10, 16, 16), (10, 15, 15), (2250,), (100,), (1,),
    ]  # fmt: skip
    assert network.n_parameters == 10 * 9 + 10 + 2 * 10 + 10 * 90 + 10 + 100 * 2250 + 100 + 100 + 1
    x = np.random.default_rng(0).normal(size=(3, 256))
    # One row of an event is the image row by row, channel after channel.
    np.testing.assert_array_equal(network.predict(x), network.predict(x.reshape(3, 1, 16, 16)))
    assert [layer.describe() for layer in network.layers if layer.names[0] != "RESHAPE"] == [
        "CONV|10|3|3|1|1|1|1|RELU", "BNORM|-1.0|0.0001", "CONV|10|3|3|1|1|1|1|RELU", "MAXPOOL|2|2|1|1",
        "DENSE|100|RELU", "DENSE|1|LINEAR",
    ]  # fmt: skip


def test_fields() -> None:
    conv, norm, pool = parse_layout(
        "CONV|4|3|2|2|1|1|0|TANH,BNORM|0.99|1e-3,MAXPOOL|2|3|1|2", n_variables=4, n_outputs=1
    )
    assert conv.layer_class is TConvLayer
    assert conv.fields == {
        "depth": 4, "filter_height": 3, "filter_width": 2, "stride_rows": 2, "stride_columns": 1,
        "padding_height": 1, "padding_width": 0, "activation": "TANH",
    }  # fmt: skip
    assert norm.layer_class is TBatchNormLayer
    assert norm.fields == {"momentum": 0.99, "epsilon": 1e-3}
    assert pool.layer_class is TMaxPoolLayer
    assert pool.fields == {"filter_height": 2, "filter_width": 3, "stride_rows": 1, "stride_columns": 2}
    (norm,) = parse_layout("BNORM", n_variables=4, n_outputs=1)
    assert norm.fields == {"momentum": -1.0, "epsilon": 1e-4}


def test_defaults_behind_the_numbers() -> None:
    (conv,) = parse_layout("CONV|4|3|2|2|1", n_variables=4, n_outputs=1)
    assert conv.fields["activation"] == "TANH"
    assert (conv.fields["padding_height"], conv.fields["padding_width"]) == (0, 0)


@pytest.mark.parametrize(
    ("layout", "input_layout", "said"),
    [
        ("CONV|2|5|5|1|1|0|0|RELU", "1|4|4", "a window of height 5 with stride 1 is larger than an image of"),
        ("CONV|2|3|4|1|1|0|0|RELU", "1|4|3", "a window of width 4 with stride 1 is larger than an image of"),
        ("CONV|2|3|3|2|1|0|0|RELU", "1|6|6", "stride 2 does not fill an image of height 6"),
        ("CONV|2|3|3|2|1|0|0|RELU", "1|6|6", r"\(6 - 3 \+ 2\*0\)/2 must be a whole number"),
        (
            "CONV|2|3|3|1|1|1|1|RELU,MAXPOOL|3|3|2|2",
            "1|6|6",
            "layer 1: MAXPOOL.3.3.2.2: a window of",
        ),
        ("BNORM,LINEAR", "1|1|4", "layer 0: BNORM cannot be the first layer"),
        ("CONV|2|3|3|1|1|0|0|RELU,LINEAR", "1|6|6", r"expected a flat input \(n,\), got \(2, 4, 4\)"),
        ("DENSE|4|RELU,CONV|2|3|3|1|1|0|0|RELU", "1|1|4", r"expected an image \(depth, height, width\)"),
        ("MAXPOOL|2|2|1|1,RESHAPE|FLAT,LINEAR", "10|30", r"expected an image .* shape \(10, 30\)"),
        ("RESHAPE|2|3|3,CONV|2|3|3|1|1|0|0|RELU", "1|1|16", "RESHAPE.2.3.3: 18 values, but the input"),
    ],
)
def test_layers_that_do_not_fit(layout: str, input_layout: str, said: str) -> None:
    with pytest.raises(ShapeError, match=said):
        Network.from_layout(layout, input_layout=input_layout)


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ("CONV|2|3|3|1,LINEAR", "stride_columns is missing"),
        ("CONV,LINEAR", "depth is missing"),
        ("MAXPOOL|2|2|1,LINEAR", "stride_columns is missing"),
        ("CONV|2|3|3|1|1|RELU,LINEAR", "padding_height: expected a whole number, got 'RELU'"),
        ("CONV|2|3|3|0|1|0|0|RELU,LINEAR", "stride_rows: expected a whole number of at least 1, got '0'"),
        ("CONV|2|3|3|1|1|0|0|RELU|7,LINEAR", "further fields '7' have no effect"),
        ("MAXPOOL|2|2|1|1|1|1,LINEAR", "further fields '1|1' have no effect"),
        ("CONV|2|3|3|1|1|3|0|RELU,LINEAR", "the padding 3|0 must be smaller than the filter 3|3"),
        ("DENSE|2,BNORM|much,LINEAR", "momentum: expected a number, got 'much'"),
        ("DENSE|2,BNORM|-1|0,LINEAR", "epsilon must be positive"),
        ("DENSE|2,BNORM|-1|0.1|3,LINEAR", "further fields '3' have no effect"),
    ],
)
def test_wrong_fields(layout: str, said: str) -> None:
    with pytest.raises(OptionError) as caught:
        Network.from_layout(layout, input_layout="1|8|8")
    assert said in str(caught.value)
    assert "^" in str(caught.value)


def test_unknown_activation_of_a_convolution() -> None:
    with pytest.raises(TMVAError, match="did you mean 'TANH'"):
        Network.from_layout("CONV|2|3|3|1|1|0|0|TAHN,RESHAPE|FLAT,LINEAR", input_layout="1|8|8")


def test_further_fields_warn_in_bookings() -> None:
    with pytest.warns(TMVAWarning, match="further fields '1' have no effect"):
        parse_layout("MAXPOOL|2|2|1|1|1", n_variables=4, n_outputs=1)
