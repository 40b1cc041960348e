"""Runs nodes of the ONNX standard with our layers, or says which feature we lack."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from tmva_py.errors import ShapeError
from tmva_py.kernels import output
from tmva_py.layers import VGeneralLayer
from tmva_py.layers.batch_norm import TBatchNormLayer
from tmva_py.layers.conv import TConvLayer
from tmva_py.layers.dense import TDenseLayer
from tmva_py.layers.gru import TBasicGRULayer
from tmva_py.layers.lstm import TBasicLSTMLayer
from tmva_py.layers.maxpool import TMaxPoolLayer
from tmva_py.layers.rnn import TBasicRNNLayer
from tmva_py.network import Network
from tmva_py.plugins import default_registry

Inputs = dict[str, Any]
Attributes = dict[str, Any]


class MissingFeatureError(Exception):
    """What a case wants and our layers do not have."""


@dataclass(frozen=True)
class Case:
    """One node with inputs by ONNX's names and the expected outputs in order (None: not asked for)."""

    name: str
    operator: str
    attributes: Attributes
    inputs: Inputs
    outputs: list[Any]


NAMES = {
    "RNN": ("X", "W", "R", "B", "sequence_lens", "initial_h"),
    "LSTM": ("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"),
    "GRU": ("X", "W", "R", "B", "sequence_lens", "initial_h"),
    "Conv": ("X", "W", "B"),
    "MaxPool": ("X",),
    "BatchNormalization": ("X", "scale", "B", "mean", "var"),
    "Softmax": ("X",),
    "Gemm": ("A", "B", "C"),
    "SoftmaxCrossEntropyLoss": ("scores", "labels", "weights"),
    "NegativeLogLikelihoodLoss": ("X", "labels", "weights"),
    "Relu": ("X",),
    "Sigmoid": ("X",),
    "Tanh": ("X",),
    "Softsign": ("X",),
}


def node_cases() -> Iterator[Case]:
    """Yield the cases of the package `onnx` for these operators: of the standard, and those from PyTorch."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # other operators' cases overflow on purpose
        from onnx.backend.test.case.node import collect_testcases
        from onnx.backend.test.loader import load_model_tests

        collected = collect_testcases(None)
        stored = load_model_tests(kind="pytorch-converted")
    for case in collected:
        nodes = case.model.graph.node
        if len(nodes) == 1 and nodes[0].op_type in NAMES:
            inputs, outputs = case.data_sets[0]
            given = [value.name for value in case.model.graph.input]
            asked = [value.name for value in case.model.graph.output]
            yield _case(case.name, nodes[0], dict(zip(given, inputs, strict=True)),
                        dict(zip(asked, outputs, strict=True)))  # fmt: skip
    for case in stored:
        folder = Path(case.model_dir)
        model = onnx.load(folder / "model.onnx")
        nodes = model.graph.node
        if len(nodes) == 1 and nodes[0].op_type in NAMES:
            values = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
            free = [value.name for value in model.graph.input if value.name not in values]
            data = folder / "test_data_set_0"
            values |= {name: _tensor(data / f"input_{number}.pb") for number, name in enumerate(free)}
            outputs = {
                value.name: _tensor(data / f"output_{number}.pb")
                for number, value in enumerate(model.graph.output)
            }
            yield _case(f"{case.name} (PyTorch)", nodes[0], values, outputs)


def _tensor(path: Path) -> Any:
    tensor = onnx.TensorProto()
    tensor.ParseFromString(path.read_bytes())
    return numpy_helper.to_array(tensor)


def _case(name: str, node: Any, values: Inputs, outputs: Inputs) -> Case:
    attributes = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
    named = {
        official: np.asarray(values[given])
        for official, given in zip(NAMES[node.op_type], node.input, strict=False)
        if given
    }
    return Case(name, node.op_type, attributes, named, [outputs.get(name) for name in node.output])


def run(case: Case, dtype: str = "float64") -> list[Any]:
    """Return the outputs of our layers, None where there is none to compare with.

    Raises
    ------
    MissingFeatureError
        We have no such layer, or not with these attributes.
    """
    return RUNNERS[case.operator](case, dtype)


def require(condition: bool, feature: str) -> None:
    if not condition:
        raise MissingFeatureError(feature)


def network(layers: list[VGeneralLayer], shape: tuple[int, ...], dtype: str) -> Network:
    return Network(layers, shape, dtype=dtype, seed=1)


# Gates of ours in ONNX's order.
GATES = {"RNN": ("",), "LSTM": ("_i", "_o", "_f", "_c"), "GRU": ("_u", "_r", "_c")}


def recurrent(case: Case, dtype: str) -> list[Any]:
    attributes, given = case.attributes, case.inputs
    direction = attributes.get("direction", b"forward").decode()
    require(direction != "bidirectional", "bidirectional recurrent layers")
    require(direction == "forward", "recurrent layers that run backwards in time")
    require("P" not in given or not given["P"].any(), "peepholes of the LSTM")
    require("clip" not in attributes and "activations" not in attributes, "other gate functions")
    require(not attributes.get("input_forget", 0), "coupled input and forget gates")
    batch_first = attributes.get("layout", 0) == 1
    x = given["X"] if batch_first else given["X"].transpose(1, 0, 2)
    events, steps, width = x.shape
    if "sequence_lens" in given:
        require(bool((given["sequence_lens"] == steps).all()), "sequences of different lengths")
    size = int(attributes["hidden_size"])
    after = bool(attributes.get("linear_before_reset", 0))
    layer: Any = {
        "RNN": lambda: TBasicRNNLayer(size, return_sequence=True),
        "LSTM": lambda: TBasicLSTMLayer(size, return_sequence=True),
        "GRU": lambda: TBasicGRULayer(size, return_sequence=True, reset_gate_after=after),
    }[case.operator]()
    net = network([layer], (steps, width), dtype)
    gates = GATES[case.operator]
    biases = given["B"][0].reshape(2, len(gates), size) if "B" in given else np.zeros((2, len(gates), size))
    if after:
        require(not biases[1, 2].any(), "a second bias of the GRU, inside the product with the reset gate")
    for number, gate in enumerate(gates):
        rows = slice(number * size, (number + 1) * size)
        layer.parameters[f"W{gate}"][...] = given["W"][0, rows]
        layer.parameters[f"U{gate}"][...] = given["R"][0, rows]
        layer.parameters[f"b{gate}"][...] = biases[0, number] + biases[1, number]
    state = {}
    for name in ("h", "c"):
        if f"initial_{name}" in given:
            initial = given[f"initial_{name}"]
            state[name] = initial[:, 0] if batch_first else initial[0]
    if state and case.operator == "LSTM":
        state.setdefault("c", np.zeros((events, size)))
    out, final = net.forward(x, state={0: state} if state else None, return_state=True)
    if batch_first:
        return [out[:, :, None], *(value[:, None] for value in final[0].values())]
    return [out.transpose(1, 0, 2)[:, None], *(value[None] for value in final[0].values())]


def _padding(attributes: Attributes, sizes: Any, kernel: Any, strides: Any) -> list[int]:
    """Return the padding (rows, columns), which must be the same on either side."""
    auto = attributes.get("auto_pad", b"NOTSET").decode()
    if auto.startswith("SAME"):
        whole = [
            max(0, (-(-size // stride) - 1) * stride + length - size)
            for size, stride, length in zip(sizes, strides, kernel, strict=True)
        ]
        require(all(pixels % 2 == 0 for pixels in whole), "padding that is not the same on both sides")
        return [pixels // 2 for pixels in whole]
    pads = list(attributes.get("pads", [0, 0, 0, 0]))
    require(pads[:2] == pads[2:], "padding that is not the same on both sides")
    return pads[:2]


def convolution(case: Case, dtype: str) -> list[Any]:
    attributes, x, W = case.attributes, case.inputs["X"], case.inputs["W"]
    require(x.ndim < 5, "convolution in 3 dimensions")
    require(attributes.get("group", 1) == 1, "convolution in groups")
    require(set(attributes.get("dilations", [1])) == {1}, "dilated convolution")
    strides = list(attributes.get("strides", [1] * (x.ndim - 2)))
    flat = x.ndim == 3
    if flat:  # one row of pixels
        x, W, strides = x[:, :, None], W[:, :, None], [1, *strides]
        left, right = attributes.get("pads", [0, 0])
        attributes = {**attributes, "pads": [0, left, 0, right]}
    padding = _padding(attributes, x.shape[2:], W.shape[2:], strides)
    layer = TConvLayer(len(W), *W.shape[2:], *strides, *padding)
    net = _fitting([layer], x.shape[1:], dtype)
    layer.parameters["W"][...] = W.reshape(len(W), -1)
    layer.parameters["b"][...] = case.inputs.get("B", 0)
    out = net.forward(x)
    return [out[:, :, 0] if flat else out]


def pooling(case: Case, dtype: str) -> list[Any]:
    attributes, x = case.attributes, case.inputs["X"]
    kernel = list(attributes["kernel_shape"])
    strides = list(attributes.get("strides", [1] * len(kernel)))
    require(x.ndim < 5, "pooling in 3 dimensions")
    require(set(attributes.get("dilations", [1])) == {1}, "dilated pooling")
    flat = x.ndim == 3
    if flat:  # one row of pixels
        x, kernel, strides = x[:, :, None], [1, *kernel], [1, *strides]
        attributes = {**attributes, "pads": [0, *attributes.get("pads", [0, 0])[:1]] * 2}
    auto = attributes.get("auto_pad", b"NOTSET").decode()
    padded = auto.startswith("SAME") and any(
        -(-size // stride) != (size - length) // stride + 1
        for size, stride, length in zip(x.shape[2:], strides, kernel, strict=True)
    )
    require(not any(attributes.get("pads", [])) and not padded, "padding in pooling")
    require(len(case.outputs) == 1, "the place of the largest value as an output")
    out = _fitting([TMaxPoolLayer(*kernel, *strides)], x.shape[1:], dtype).forward(x)
    return [out[:, :, 0] if flat else out]


def _fitting(layers: list[VGeneralLayer], shape: tuple[int, ...], dtype: str) -> Network:
    try:
        return network(layers, shape, dtype)
    except ShapeError:
        feature = "windows that leave a rest of the image (ROOT refuses them too)"
        raise MissingFeatureError(feature) from None


def batch_norm(case: Case, dtype: str) -> list[Any]:
    attributes, given = case.attributes, case.inputs
    x = given["X"]
    require(x.ndim < 5, "batch normalisation of volumes")
    shape = x.shape
    if len(shape) == 3:  # one row of pixels
        x = x[:, :, None]
    epsilon, momentum = attributes.get("epsilon", 1e-5), attributes.get("momentum", 0.9)
    # A pooling window of one pixel changes nothing and makes the layer work on channels.
    layer = TBatchNormLayer(momentum, epsilon)
    net = network([TMaxPoolLayer(1, 1), layer], x.shape[1:], dtype)
    for ours, theirs in (("gamma", "scale"), ("beta", "B")):
        layer.parameters[ours][...] = given[theirs]
    for ours, theirs in (("running_mean", "mean"), ("running_variance", "var")):
        layer.buffers[ours][...] = given[theirs]
    layer.buffers["batches"][...] = 1  # the running values are not thrown away
    if not attributes.get("training_mode", 0):
        return [net.forward(x).reshape(shape)]
    out = net.forward(x, training=True)
    values = x.size // x.shape[1]
    old = momentum * np.asarray(given["var"], np.float64)
    # ONNX keeps the biased variance, ROOT v·N/(N − 1 + ε).
    variance = old + (layer.buffers["running_variance"] - old) * (values - 1 + epsilon) / values
    return [out, layer.buffers["running_mean"], variance]


def gemm(case: Case, dtype: str) -> list[Any]:
    attributes, given = case.attributes, case.inputs
    a = given["A"].T if attributes.get("transA") else given["A"]
    W = given["B"] if attributes.get("transB") else given["B"].T
    bias = np.asarray(given.get("C", 0.0))
    require(bias.ndim < 2 or bias.shape[0] == 1, "a bias for each event")
    layer = TDenseLayer(len(W))
    net = network([layer], W.shape[1:], dtype)
    layer.parameters["W"][...] = attributes.get("alpha", 1.0) * W
    layer.parameters["b"][...] = attributes.get("beta", 1.0) * bias.reshape(-1)
    return [net.forward(a)]


def softmax(case: Case, dtype: str) -> list[Any]:
    x = np.asarray(case.inputs["X"], dtype)
    axis = case.attributes.get("axis", -1)
    moved = np.moveaxis(x, axis, -1)
    out = output.softmax(np, x=moved.reshape(-1, moved.shape[-1]))
    return [np.moveaxis(out.reshape(moved.shape), -1, axis)]


def cross_entropy(case: Case, dtype: str) -> list[Any]:
    given, attributes = case.inputs, case.attributes
    scores, labels = np.asarray(given["scores"], dtype), given["labels"]
    require(scores.ndim == 2, "losses of images of class numbers")
    require("ignore_index" not in attributes, "class numbers that are ignored")
    require(len(case.outputs) == 1, "logarithms of probabilities as an output")
    reduction = attributes.get("reduction", b"mean").decode()
    require(
        "weights" not in given or reduction != "mean",
        "the mean loss divided by the sum of weights (as ROOT, ours divides by the number of events)",
    )
    net = network([TDenseLayer(scores.shape[1])], 1, dtype)
    loss: Any = default_registry().find("loss", "MUTUALEXCLUSIVE")()
    target = np.eye(scores.shape[1])[labels]
    weight = given["weights"][labels][:, None] if "weights" in given else np.ones((len(labels), 1))
    events = [
        float(loss.total(net.backend, output=scores[n], target=target[n], weight=weight[n]))
        for n in (slice(number, number + 1) for number in range(len(labels)))
    ]
    if reduction == "none":
        return [np.array(events)]
    total = float(loss.total(net.backend, output=scores, target=target, weight=weight))
    np.testing.assert_allclose(total, sum(events), rtol=1e-12)
    return [np.array(total / (len(labels) if reduction == "mean" else 1))]


def log_likelihood(case: Case, dtype: str) -> list[Any]:
    feature = "losses of logarithms of probabilities"
    raise MissingFeatureError(feature)


def activation(case: Case, dtype: str) -> list[Any]:
    x = np.asarray(case.inputs["X"], dtype)
    found: Any = default_registry().find("activation", case.operator.upper())()
    return [found.forward(network([TDenseLayer(1)], 1, dtype).backend, x=x, out=np.empty_like(x))]


RUNNERS: dict[str, Callable[[Case, str], list[Any]]] = {
    "RNN": recurrent,
    "LSTM": recurrent,
    "GRU": recurrent,
    "Conv": convolution,
    "MaxPool": pooling,
    "BatchNormalization": batch_norm,
    "Softmax": softmax,
    "Gemm": gemm,
    "SoftmaxCrossEntropyLoss": cross_entropy,
    "NegativeLogLikelihoodLoss": log_likelihood,
    "Relu": activation,
    "Sigmoid": activation,
    "Tanh": activation,
    "Softsign": activation,
}
