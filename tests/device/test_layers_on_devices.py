"""Every layer on a device: the same numbers as NumPy's references, and nothing is transferred on the way."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from devices import DEVICES, PRETENDED, make_device, on_host

from tmva_py import Network

LAYOUTS = [
    ("DENSE|5|TANH,DENSE|4|RELU,DENSE|3|SOFTSIGN,DENSE|2|GAUSS,LINEAR", "6"),
    ("DENSE|5|SIGMOID,DENSE|4|SYMMRELU,DENSE|1|FTANH,LINEAR", "1"),
    ("RNN|4|3|5|0|1,RNN|3,LINEAR", "5|3"),
    ("RNN|1,LINEAR", "1|1"),
    ("LSTM|4|3|5|0|1,LSTM|3,LINEAR", "5|3"),
    ("LSTM|1,LINEAR", "1|1"),
    ("LSTM|4|3|5|0|1,RESHAPE|FLAT,DENSE|3|TANH,LINEAR", "5|3"),
    ("GRU|4|3|5|0|1|0,GRU|3|4|5|0|0|0,LINEAR", "5|3"),
    ("GRU|4|3|5|0|1|1,GRU|3|4|5|0|0|1,LINEAR", "5|3"),
    ("GRU|1,LINEAR", "1|1"),
    ("CONV|4|3|3|1|1|1|1|RELU,BNORM,MAXPOOL|2|2|2|2,RESHAPE|FLAT,LINEAR", "1|6|6"),
    ("CONV|2|3|2|2|1|1|0|TANH,CONV|3|2|2|1|1|0|0|GAUSS,RESHAPE|FLAT,LINEAR", "2|7|5"),
    ("CONV|3|1|1|1|1|0|0|SYMMRELU,MAXPOOL|2|2|1|1,BNORM|0.9,RESHAPE|FLAT,BNORM,LINEAR", "2|3|4"),
]
TOLERANCES = {"float64": 1e-12, "float32": 2e-5}


def both(layout: str, shape: str, device: str, dtype: str) -> tuple[Network, Network]:
    """Return the network on the device, and on NumPy in double precision with the same weights."""
    made = Network.from_layout(
        layout, input_layout=shape, seed=3, dtype=dtype, backend=make_device(device, dtype)
    )
    plain = Network.from_layout(layout, input_layout=shape, seed=3, dtype="float64", backend="numpy")
    plain.parameters[...] = np.random.default_rng(1).normal(0, 0.5, plain.parameters.shape)
    made.parameters[...] = made.backend.asarray(plain.parameters)
    return made, plain


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("batch", [1, 7])
@pytest.mark.parametrize(("layout", "shape"), LAYOUTS)
@pytest.mark.parametrize("device", DEVICES)
def test_same_numbers(device: str, layout: str, shape: str, batch: int, dtype: str, figures: Any) -> None:
    nets = both(layout, shape, device, dtype)
    random = np.random.default_rng(2)
    x = random.normal(size=(batch, *nets[0].input_shape))
    d_out = random.normal(size=(batch, 1))
    answers = []
    for net in nets:
        out = net.forward(x, training=True)
        d_x = net.backward(net.backend.asarray(d_out))
        kept = (out, d_x, net.gradients, net.buffers, net.forward(x), net.predict(x))
        answers.append(
            [value if isinstance(value, np.ndarray) else net.backend.to_numpy(value) for value in kept]
        )
    for found, expected in zip(*answers, strict=True):
        assert found.dtype == np.dtype(dtype)
        assert found.shape == expected.shape
        if found.size:
            scale = max(float(np.abs(expected).max()), 1e-2)
            error = float(np.abs(found - expected).max()) / scale
            assert figures.note(f"{device}: {dtype}", error) <= TOLERANCES[dtype]


@pytest.mark.parametrize(("layout", "shape"), [*LAYOUTS, ("DENSE|9|TANH,LINEAR", "6")])
@pytest.mark.parametrize("device", PRETENDED)
def test_nothing_is_transferred(device: str, layout: str, shape: str) -> None:
    net, _ = both(layout, shape, device, "float64")
    backend: Any = net.backend
    x = backend.asarray(np.random.default_rng(2).normal(size=(7, *net.input_shape)))
    d_out = backend.asarray(np.ones((7, 1)))
    for _ in range(2):
        with backend.counting() as counts:
            net.forward(x, training=True)
            net.backward(d_out)
        assert (counts.to_device, counts.to_host, counts.synchronizations) == (0, 0, 0)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(
    "layout", ["RNN|4|3|5|1|1,LSTM|3|4|5|1,LINEAR", "GRU|4|3|5|1|0|0,LINEAR", "GRU|4|3|5|1|0|1,LINEAR"]
)
def test_states_go_in_and_out(device: str, layout: str) -> None:
    nets = both(layout, "5|3", device, "float64")
    random = np.random.default_rng(4)
    x, d_out = random.normal(size=(3, 5, 3)), random.normal(size=(3, 1))
    states = [
        {
            number: {name: random.normal(size=(3, layer.state_size)) for name in layer.state_names}
            for number, layer in enumerate(nets[0].layers)
            if layer.state_names
        }
        for _ in range(2)
    ]
    answers = []
    for net in nets:
        _, final = net.forward(x, training=True, state=states[0], return_state=True)
        d_x = net.backward(d_out, d_state=states[1])
        answers.append(on_host(net.backend, {"final": final, "d": net.state_gradients, "x": {0: {"": d_x}}}))
    for kind, found in answers[0].items():
        for number, values in found.items():
            for name, value in values.items():
                np.testing.assert_allclose(value, answers[1][kind][number][name], rtol=0, atol=1e-12)
