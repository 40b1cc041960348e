"""Outputs and every gradient against PyTorch in double precision, with random weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from engine import make_network, random_states
from torch_tensors import relative, tensor

from tmva_py.layers.dense import TDenseLayer
from tmva_py.layers.gru import TBasicGRULayer
from tmva_py.layers.lstm import TBasicLSTMLayer
from tmva_py.layers.reshape import TReshapeLayer
from tmva_py.layers.rnn import TBasicRNNLayer
from tmva_py.network import Network
from tmva_py.plugins import default_registry

torch = pytest.importorskip("torch", reason="PyTorch is not installed (make test-oracles installs it)")
pytestmark = pytest.mark.oracle

TOLERANCE = 1e-10
# (time steps, batch, state size, input width)
SHAPES = [
    (1, 1, 1, 1),
    (5, 1, 1, 1),
    (1, 6, 3, 2),
    (3, 1, 10, 5),
    (2, 3, 4, 5),
    (4, 2, 10, 5),
    (7, 5, 1, 3),
    (6, 4, 3, 1),
    (4, 32, 10, 20),
    (5, 64, 10, 5),
    (20, 8, 20, 6),
    (10, 16, 10, 30),
]
# Our gates in PyTorch's order.
GATES = {"RNN": ("",), "LSTM": ("_i", "_f", "_c", "_o"), "GRU": ("_r", "_u", "_c")}
MAKE: dict[str, tuple[Callable[..., Any], Any]] = {
    "RNN": (TBasicRNNLayer, torch.nn.RNN),
    "LSTM": (TBasicLSTMLayer, torch.nn.LSTM),
    "GRU": (lambda *a, **k: TBasicGRULayer(*a, **k, reset_gate_after=True), torch.nn.GRU),
}


def torch_recurrent(name: str, layer: Any) -> Any:
    """Return PyTorch's module with the weights of our layer.

    PyTorch has two biases; ours is the input's and the recurrent one stays zero. For the candidate of the GRU
    that is what makes them equal: its recurrent bias would stand inside the product with the reset gate.
    """
    module = MAKE[name][1](layer.input_size, layer.state_size, batch_first=True, dtype=torch.float64)
    stacked = {
        kind: np.concatenate([layer.parameters[f"{kind}{gate}"] for gate in GATES[name]]) for kind in "WUb"
    }
    with torch.no_grad():
        module.weight_ih_l0.copy_(tensor(stacked["W"]))
        module.weight_hh_l0.copy_(tensor(stacked["U"]))
        module.bias_ih_l0.copy_(tensor(stacked["b"]))
        module.bias_hh_l0.zero_()
    return module


def gradient_errors(name: str, layer: Any, module: Any) -> dict[str, float]:
    size, errors = layer.state_size, {}
    for number, gate in enumerate(GATES[name]):
        rows = slice(number * size, (number + 1) * size)
        for kind, theirs in (("W", "weight_ih_l0"), ("U", "weight_hh_l0"), ("b", "bias_ih_l0")):
            errors[f"{kind}{gate}"] = relative(
                layer.gradients[f"{kind}{gate}"], getattr(module, theirs).grad[rows]
            )
    return errors


@pytest.mark.parametrize("return_sequence", [False, True], ids=["last", "sequence"])
@pytest.mark.parametrize("with_states", [False, True], ids=["from_zero", "with_states"])
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "x".join(map(str, shape)))
@pytest.mark.parametrize("name", MAKE)
def test_recurrent(
    name: str, shape: tuple[int, int, int, int], with_states: bool, return_sequence: bool, figures: Any
) -> None:
    steps, batch, size, width = shape
    network = make_network([MAKE[name][0](size, return_sequence=return_sequence)], (steps, width), seed=steps)
    layer = network.layers[0]
    random = np.random.default_rng(8)
    x, d_out = random.normal(size=(batch, steps, width)), random.normal(size=(batch, *network.output_shape))
    states = random_states(network, batch, random)[0] if with_states else None
    d_states = random_states(network, batch, random)[0] if with_states else None

    out, final = network.forward(
        x, training=True, state=None if states is None else {0: states}, return_state=True
    )
    d_x = network.backward(d_out, d_state=None if d_states is None else {0: d_states})

    module, x_t = torch_recurrent(name, layer), tensor(x, gradient=True)
    initial = {key: tensor(value[None], gradient=True) for key, value in (states or {}).items()}
    given = (tuple(initial.values()) if name == "LSTM" else initial["h"]) if initial else None
    sequence, last = module(x_t, given)
    finals = dict(zip(("h", "c"), last if name == "LSTM" else (last,), strict=False))
    loss = ((sequence if return_sequence else sequence[:, -1]) * tensor(d_out)).sum()
    for key, gradient in (d_states or {}).items():
        loss = loss + (finals[key][0] * tensor(gradient)).sum()
    loss.backward()

    errors = {
        "out": relative(out, sequence if return_sequence else sequence[:, -1]),
        "x": relative(d_x, x_t.grad),
    }
    errors |= {f"final {key}": relative(final[0][key], value[0]) for key, value in finals.items()}
    errors |= gradient_errors(name, layer, module)
    for key, value in initial.items():
        errors[f"{key}_0"] = relative(network.state_gradients[0][key], value.grad[0])
    assert figures.note(f"PyTorch: {name}", max(errors.values())) <= TOLERANCE, errors


TORCH_ACTIVATIONS = {
    "LINEAR": lambda x: x,
    "RELU": torch.relu,
    "SIGMOID": torch.sigmoid,
    "TANH": torch.tanh,
    "FTANH": torch.tanh,
    "SYMMRELU": torch.abs,
    "SOFTSIGN": torch.nn.functional.softsign,
    "GAUSS": lambda x: torch.exp(-x * x),
}
# (batch, input width, hidden widths)
DENSE_SHAPES = [
    (1, 1, (1,)),
    (1, 4, (3,)),
    (5, 1, (2, 2)),
    (8, 3, (1, 4)),
    (16, 7, (64,)),
    (32, 7, (8, 8)),
    (3, 20, (5, 4, 3)),
    (64, 6, (16, 16)),
    (10, 2, (9, 1, 9)),
    (128, 7, (20, 20)),
]
TORCH_LOSSES: dict[str, Callable[[Any, Any, Any], Any]] = {
    "SUMOFSQUARES": lambda o, y, w: (w * torch.nn.functional.mse_loss(o, y, reduction="none")).mean(),
    "CROSSENTROPY": lambda o, y, w: torch.nn.functional.binary_cross_entropy_with_logits(o, y, weight=w),
    "MUTUALEXCLUSIVE": lambda o, y, w: (
        w[:, 0] * torch.nn.functional.cross_entropy(o, y, reduction="none")
    ).mean(),
}


def torch_dense(network: Network) -> tuple[Callable[[Any], Any], dict[tuple[int, str], Any]]:
    """Return the function of a dense network, and its parameters as tensors by layer and name."""
    parameters = {
        (number, name): tensor(value, gradient=True)
        for number, layer in enumerate(network.layers)
        for name, value in layer.parameters.items()
    }

    def run(x: Any) -> Any:
        for number, layer in enumerate(network.layers):
            x = torch.nn.functional.linear(x, parameters[number, "W"], parameters[number, "b"])
            x = TORCH_ACTIVATIONS[layer.function.names[0]](x)
        return x

    return run, parameters


@pytest.mark.parametrize("loss", TORCH_LOSSES)
@pytest.mark.parametrize("shape", DENSE_SHAPES, ids=lambda shape: f"{shape[0]}x{shape[1]}x{shape[2]}")
@pytest.mark.parametrize("activation", TORCH_ACTIVATIONS)
def test_dense_stack_with_loss(
    activation: str, shape: tuple[int, int, tuple[int, ...]], loss: str, figures: Any
) -> None:
    batch, width, hidden = shape
    outputs = 3
    layers = [*(TDenseLayer(units, activation) for units in hidden), TDenseLayer(outputs)]
    network = make_network(layers, width, seed=batch)
    random = np.random.default_rng(3)
    x, y = random.normal(size=(batch, width)), random.random((batch, outputs))
    if loss == "MUTUALEXCLUSIVE":
        y /= y.sum(axis=1, keepdims=True)
    weight = random.normal(0.5, 1.0, (batch, 1))  # some are negative

    out = network.forward(x, training=True)
    gradient = np.empty_like(out)
    found = default_registry().find("loss", loss)()
    value = found.total(network.backend, output=out, target=y, weight=weight, gradient=gradient) / batch
    d_x = network.backward(gradient)

    run, parameters = torch_dense(network)
    x_t = tensor(x, gradient=True)
    expected = run(x_t)
    total = TORCH_LOSSES[loss](expected, tensor(y), tensor(weight))
    total.backward()
    errors = {"out": relative(out, expected), "loss": relative(value, total), "x": relative(d_x, x_t.grad)}
    for (number, name), parameter in parameters.items():
        errors[f"{number}.{name}"] = relative(network.layers[number].gradients[name], parameter.grad)
    assert figures.note(f"PyTorch: dense, {loss}", max(errors.values())) <= TOLERANCE, errors


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "x".join(map(str, shape)))
@pytest.mark.parametrize("name", MAKE)
def test_recurrent_network_with_loss(name: str, shape: tuple[int, int, int, int], figures: Any) -> None:
    """As in ROOT's tutorial: the sequence, flattened, dense, one output, cross entropy with event weights."""
    steps, batch, size, width = shape
    network = make_network(
        [
            MAKE[name][0](size, return_sequence=True),
            TReshapeLayer(flatten=True),
            TDenseLayer(8, "TANH"),
            TDenseLayer(1),
        ],
        (steps, width),
        seed=batch,
    )
    random = np.random.default_rng(3)
    x, y = random.normal(size=(batch, steps, width)), random.integers(0, 2, (batch, 1)).astype(float)
    weight = random.normal(0.5, 1.0, (batch, 1))
    out = network.forward(x, training=True)
    gradient = np.empty_like(out)
    found = default_registry().find("loss", "CROSSENTROPY")()
    found.total(network.backend, output=out, target=y, weight=weight, gradient=gradient)
    d_x = network.backward(gradient)

    module, x_t = torch_recurrent(name, network.layers[0]), tensor(x, gradient=True)
    dense = {
        (n, key): tensor(network.layers[n].parameters[key], gradient=True)
        for n in (2, 3)
        for key in ("W", "b")
    }
    hidden = module(x_t)[0].reshape(batch, -1)
    hidden = torch.tanh(torch.nn.functional.linear(hidden, dense[2, "W"], dense[2, "b"]))
    expected = torch.nn.functional.linear(hidden, dense[3, "W"], dense[3, "b"])
    TORCH_LOSSES["CROSSENTROPY"](expected, tensor(y), tensor(weight)).backward()
    errors = {"out": relative(out, expected), "x": relative(d_x, x_t.grad)}
    errors |= gradient_errors(name, network.layers[0], module)
    for (number, key), parameter in dense.items():
        errors[f"{number}.{key}"] = relative(network.layers[number].gradients[key], parameter.grad)
    assert figures.note(f"PyTorch: {name} network", max(errors.values())) <= TOLERANCE, errors
