"""Convolution, pooling and batch normalisation against PyTorch in double precision, with random weights."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from engine import BACKENDS, make_network
from images import CONV_SHAPES, POOL_SHAPES, ImageShape
from torch_tensors import relative, tensor

from tmva_py.layers import VGeneralLayer
from tmva_py.layers.batch_norm import TBatchNormLayer
from tmva_py.layers.conv import TConvLayer
from tmva_py.layers.dense import TDenseLayer
from tmva_py.layers.maxpool import TMaxPoolLayer
from tmva_py.network import Network, NetworkBuilder
from tmva_py.plugins import default_registry

torch = pytest.importorskip("torch", reason="PyTorch is not installed (make test-oracles installs it)")
pytestmark = pytest.mark.oracle

TOLERANCE = 1e-10
Sample = tuple[Any, Any]  # images and targets


class Reference:
    """A network in PyTorch with the parameters of one of ours."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.parameters = {
            (number, name): tensor(value, gradient=True)
            for number, layer in enumerate(network.layers)
            for name, value in layer.parameters.items()
        }

    def forward(self, x: Any, *, training: bool) -> Any:
        for number, layer in enumerate(self.network.layers):
            own = {name: value for (n, name), value in self.parameters.items() if n == number}
            x = self._layer(layer, x, own, training=training)
        return x

    def _layer(self, layer: VGeneralLayer, x: Any, own: dict[str, Any], *, training: bool) -> Any:
        functions = torch.nn.functional
        activations = {"LINEAR": lambda z: z, "RELU": torch.relu, "TANH": torch.tanh}
        if isinstance(layer, TConvLayer):
            W = own["W"].reshape(layer.depth, x.shape[1], layer.filter_height, layer.filter_width)
            stride = (layer.stride_rows, layer.stride_columns)
            padding = (layer.padding_height, layer.padding_width)
            z = functions.conv2d(x, W, own["b"], stride=stride, padding=padding)
            return activations[layer.function.names[0]](z)
        if isinstance(layer, TMaxPoolLayer):
            window = layer.window
            return functions.max_pool2d(x, window[:2], stride=window[2:4])
        if isinstance(layer, TBatchNormLayer):
            running = [tensor(layer.buffers[name]) for name in ("running_mean", "running_variance")]
            shape = x.shape
            if not layer.by_channel:
                x = x.reshape(len(x), -1)
            return functions.batch_norm(
                x, *running, own["gamma"], own["beta"], training=training, eps=layer.epsilon
            ).reshape(shape)
        if isinstance(layer, TDenseLayer):
            return activations[layer.function.names[0]](functions.linear(x, own["W"], own["b"]))
        return x.reshape(len(x), *layer.output_shape)


def errors_of(network: Network, x: Any, *, training: bool = True) -> dict[str, float]:
    """Return the errors of the outputs of both modes and of all gradients of a training pass."""
    d_out = np.random.default_rng(7).normal(size=(len(x), *network.output_shape))
    reference, x_t = Reference(network), tensor(x, gradient=True)
    expected = reference.forward(x_t, training=training)
    out = np.array(network.forward(x, training=True))
    d_x = np.array(network.backward(d_out))
    (expected * tensor(d_out)).sum().backward()
    errors = {"out": relative(out, expected), "x": relative(d_x, x_t.grad)}
    for (number, name), parameter in reference.parameters.items():
        errors[f"{number}.{name}"] = relative(network.layers[number].gradients[name], parameter.grad)
    errors["inference"] = relative(network.forward(x), reference.forward(tensor(x), training=False))
    return errors


BIG = [
    ImageShape(20, 3, 16, 16, TConvLayer(1, 3, 3, 1, 1, 1, 1).window, 10),
    ImageShape(5, 10, 16, 13, TConvLayer(1, 5, 3, 3, 2, 2, 0).window, 8),
    ImageShape(40, 1, 16, 16, TConvLayer(1, 5, 5, 1, 1, 2, 2).window, 4),
]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("shape", [*CONV_SHAPES, *BIG], ids=str)
def test_conv2d(shape: ImageShape, backend: str, figures: Any) -> None:
    network = make_network([shape.conv("TANH")], shape[1:4], backend)
    errors = errors_of(network, np.random.default_rng(3).normal(size=shape[:4]))
    assert figures.note("PyTorch: conv2d", max(errors.values())) <= TOLERANCE, errors


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("ties", [False, True], ids=["distinct", "ties"])
@pytest.mark.parametrize("shape", POOL_SHAPES, ids=str)
def test_max_pool2d(shape: ImageShape, ties: bool, backend: str, figures: Any) -> None:
    x = np.random.default_rng(3).normal(size=shape[:4])
    if ties:  # PyTorch too takes the first in row-major order
        x = np.round(np.maximum(x, 0))
    errors = errors_of(make_network([shape.maxpool()], shape[1:4], backend), x)
    assert figures.note("PyTorch: max_pool2d", max(errors.values())) <= TOLERANCE, errors


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("images", [False, True], ids=["1d", "2d"])
@pytest.mark.parametrize("batch", [2, 3, 64])
def test_batch_norm_layers(batch: int, images: bool, backend: str, figures: Any) -> None:
    before: VGeneralLayer = TConvLayer(3, 2, 2) if images else TDenseLayer(5)
    shape = (2, 4, 6) if images else (4,)
    network = make_network([before, TBatchNormLayer(0.9, 1e-3)], shape, backend)
    errors = errors_of(network, np.random.default_rng(3).normal(1.0, 2.0, (batch, *shape)))
    assert figures.note("PyTorch: batch norm", max(errors.values())) <= TOLERANCE, errors


@pytest.mark.parametrize("momentum", [-1.0, 0.0, 0.3, 0.99])
@pytest.mark.parametrize("images", [False, True], ids=["BatchNorm1d", "BatchNorm2d"])
def test_running_statistics(images: bool, momentum: float, figures: Any) -> None:
    """PyTorch's momentum is the fraction of what is new, ours, as TMVA's and Keras', of what was.

    PyTorch begins with 0 and 1; here the first batch stands alone, so it begins with ours after that batch.
    PyTorch divides by N − 1, ROOT by N − 1 + ε.
    """
    epsilon, batch = 1e-2, 6
    before: VGeneralLayer = TConvLayer(3, 2, 2) if images else TDenseLayer(5)
    shape = (2, 4, 6) if images else (4,)
    network = make_network([before, TBatchNormLayer(momentum, epsilon)], shape)
    layer = network.layers[1]
    features = len(layer.parameters["gamma"])
    values = batch * (3 * 5 if images else 1)
    to_root = (values - 1) / (values - 1 + epsilon)
    make = torch.nn.BatchNorm2d if images else torch.nn.BatchNorm1d
    module = make(features, eps=epsilon, momentum=None if momentum < 0 else 1 - momentum, dtype=torch.float64)
    with torch.no_grad():
        module.weight.copy_(tensor(layer.parameters["gamma"]))
        module.bias.copy_(tensor(layer.parameters["beta"]))
    random, errors = np.random.default_rng(5), {}
    first = Reference(make_network([type(before)(*before.option_values().values())], shape))
    first.parameters = {key: value for key, value in Reference(network).parameters.items() if key[0] == 0}
    for step in range(5):
        x = random.normal(step, 1 + step, (batch, *shape))
        network.forward(x, training=True)
        hidden = first.forward(tensor(x), training=True).detach()
        module(hidden)
        if step == 0 and momentum >= 0:
            module.running_mean.copy_(tensor(layer.buffers["running_mean"]))
            module.running_var.copy_(tensor(layer.buffers["running_variance"] / to_root))
        errors[f"mean {step}"] = relative(layer.buffers["running_mean"], module.running_mean)
        errors[f"variance {step}"] = relative(layer.buffers["running_variance"], module.running_var * to_root)
    module.eval()
    module.running_var *= to_root
    errors["inference"] = relative(network.forward(x), module(hidden))
    assert figures.note("PyTorch: running statistics", max(errors.values())) <= TOLERANCE, errors


TORCH_LOSSES: dict[str, Any] = {
    "SUMOFSQUARES": lambda o, y, w: (w * torch.nn.functional.mse_loss(o, y, reduction="none")).mean(),
    "CROSSENTROPY": lambda o, y, w: torch.nn.functional.binary_cross_entropy_with_logits(o, y, weight=w),
}


@pytest.mark.parametrize("loss", TORCH_LOSSES)
@pytest.mark.parametrize("image", [(1, 16, 16), (3, 9, 12)], ids=["16x16", "colour"])
@pytest.mark.parametrize("batch", [1, 2, 50])
def test_tutorial_network_with_loss(batch: int, image: tuple[int, int, int], loss: str, figures: Any) -> None:
    """As ROOT's TMVA_CNN_Classification, with event weights; rectifiers make ties for the pooling."""
    built = (
        NetworkBuilder(image, backend="numpy", dtype="float64", seed=1)
        .conv(10, 3, padding=1, activation="RELU")
        .batch_norm()
        .conv(10, 3, padding=1, activation="RELU")
        .maxpool(2)
        .flatten()
        .dense(100, "RELU")
        .dense(1)
        .build()
    )
    random = np.random.default_rng(3)
    built.parameters[...] += random.normal(0.0, 0.05, built.parameters.shape)
    x, y = random.normal(size=(batch, *image)), random.integers(0, 2, (batch, 1)).astype(float)
    weight = random.normal(0.5, 1.0, (batch, 1))
    reference, x_t = Reference(built), tensor(x, gradient=True)
    expected = reference.forward(x_t, training=True)
    value = TORCH_LOSSES[loss](expected, tensor(y), tensor(weight))
    value.backward()

    out = built.forward(x, training=True)
    gradient = np.empty_like(out)
    found = default_registry().find("loss", loss)()
    total = found.total(built.backend, output=out, target=y, weight=weight, gradient=gradient)
    d_x = built.backward(gradient)
    errors = {
        "out": relative(out, expected),
        "loss": relative(total / batch, value),
        "x": relative(d_x, x_t.grad),
    }
    for (number, name), parameter in reference.parameters.items():
        errors[f"{number}.{name}"] = relative(built.layers[number].gradients[name], parameter.grad)
    assert figures.note("PyTorch: convolution net", max(errors.values())) <= TOLERANCE, errors


def test_training_steps_stay_together(figures: Any) -> None:
    """Some steps of gradient descent end at the same parameters."""
    network = Network.from_layout(
        "CONV|4|3|3|1|1|1|1|TANH,BNORM|0.9|0.001,CONV|3|3|3|2|2|0|1|TANH,MAXPOOL|2|2|1|1,RESHAPE|FLAT,"
        "DENSE|7|TANH,DENSE|1|LINEAR",
        input_layout="1|9|9",
        dtype="float64",
        backend="numpy",
        seed=4,
    )
    reference = Reference(network)
    optimizer = torch.optim.SGD(reference.parameters.values(), lr=0.1, momentum=0.5)
    random = np.random.default_rng(1)
    x, y = random.normal(size=(20, 1, 9, 9)), random.integers(0, 2, (20, 1)).astype(float)
    for _ in range(5):
        optimizer.zero_grad()
        out = reference.forward(tensor(x), training=True)
        torch.nn.functional.binary_cross_entropy_with_logits(out, tensor(y)).backward()
        optimizer.step()
    network.fit(
        x,
        y,
        batch_size=20,
        max_epochs=5,
        optimizer="SGD",
        learning_rate=0.1,
        momentum=0.5,
        validation=0,
        progress=False,
    )
    errors = {
        f"{number}.{name}": relative(network.layers[number].parameters[name], parameter)
        for (number, name), parameter in reference.parameters.items()
    }
    assert figures.note("PyTorch: convolution net, SGD", max(errors.values())) <= TOLERANCE, errors


def tutorial_network_in_torch(network: Network) -> Any:
    """Return the network of TMVA_CNN_Classification as a module with the weights of ours."""
    nn = torch.nn
    module = nn.Sequential(
        nn.Conv2d(1, 10, 3, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(10, momentum=None, eps=1e-4),
        nn.Conv2d(10, 10, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2, 1),
        nn.Flatten(),
        nn.Linear(2250, 100),
        nn.ReLU(),
        nn.Linear(100, 1),
    ).double()
    with torch.no_grad():
        for theirs, ours in zip(module.parameters(), parameters_of(network).values(), strict=True):
            theirs.copy_(tensor(ours).reshape(theirs.shape))
    return module


def parameters_of(network: Network) -> dict[str, Any]:
    return {
        f"{number}.{name}": np.array(value)
        for number, layer in enumerate(network.layers)
        for name, value in layer.parameters.items()
    }


def adam(learning_rate: float) -> Callable[[Sequence[Any]], None]:
    """Return Adam's step with ε = 1e-7 added to the root of the uncorrected second moment, as in TMVA."""
    steps, first, second = itertools.count(1), {}, {}  # type: ignore[var-annotated]

    def step(parameters: Sequence[Any]) -> None:
        number = next(steps)
        rate = learning_rate * math.sqrt(1 - 0.999**number) / (1 - 0.9**number)
        with torch.no_grad():
            for parameter in parameters:
                first[parameter] = 0.9 * first.get(parameter, 0.0) + 0.1 * parameter.grad
                second[parameter] = 0.999 * second.get(parameter, 0.0) + 0.001 * parameter.grad**2
                parameter -= rate * first[parameter] / (second[parameter].sqrt() + 1e-7)

    return step


def train_in_torch(
    module: Any, sample: Sample, held_out: Sample, orders: Sequence[Any], batch: int
) -> tuple[list[tuple[float, float]], list[list[Any]]]:
    """Return the losses of training and validation, and the parameters, after each epoch."""
    loss, step = torch.nn.functional.binary_cross_entropy_with_logits, adam(1e-3)
    values, losses, weights = batch * 16 * 16, [], []
    for order in orders:
        module.train()
        module[2].reset_running_stats()
        of_batches = []
        for start in range(0, len(order) - batch + 1, batch):
            x, y = (tensor(array[order[start : start + batch]]) for array in sample)
            module.zero_grad()
            value = loss(module(x), y)
            value.backward()
            step(list(module.parameters()))
            of_batches.append(value.item())
        module.eval()
        module[2].running_var *= (values - 1) / (values - 1 + 1e-4)  # ROOT divides by N − 1 + ε
        with torch.no_grad():
            validated = loss(module(tensor(held_out[0])), tensor(held_out[1])).item()
        losses.append((float(np.mean(of_batches)), validated))
        weights.append([parameter.detach().numpy().copy() for parameter in module.parameters()])
    return losses, weights


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_training_of_the_tutorial(backend: str, figures: Any) -> None:
    """TMVA_CNN_Classification's training: the same batches lead to the same losses and best weights.

    The losses of validation hold the running statistics to PyTorch's too; 7 events do not fill a batch.
    """
    network = Network.from_layout(
        "CONV|10|3|3|1|1|1|1|RELU,BNORM,CONV|10|3|3|1|1|1|1|RELU,MAXPOOL|2|2|1|1,RESHAPE|FLAT,"
        "DENSE|100|RELU,DENSE|1|LINEAR",
        input_layout="1|16|16",
        dtype="float64",
        backend=backend,
        seed=2,
    )
    random, shuffle, epochs, batch = np.random.default_rng(1), network.random("shuffle", 1), 4, 20
    sample, held_out = (
        (random.normal(40.0, 30.0, (events, 1, 16, 16)), random.integers(0, 2, (events, 1)).astype(float))
        for events in (127, 30)
    )
    orders = [shuffle.permutation(127) for _ in range(epochs)]
    losses, weights = train_in_torch(tutorial_network_in_torch(network), sample, held_out, orders, batch)

    history = network.fit(*sample, validation=held_out, batch_size=batch, max_epochs=epochs, progress=False)
    assert history.best_epoch == 1 + int(np.argmin([validated for _, validated in losses])) < epochs
    ours = [(record.training_loss, record.validation_loss) for record in history.epochs]
    errors = {"losses": relative(np.array(ours, float), np.array(losses))}
    best = weights[history.best_epoch - 1]
    for (name, parameter), theirs in zip(parameters_of(network).items(), best, strict=True):
        errors[name] = relative(parameter, theirs.reshape(parameter.shape))
    assert figures.note("PyTorch: training of the tutorial's CNN", max(errors.values())) <= TOLERANCE, errors
