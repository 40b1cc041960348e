"""Layers against ONNX Runtime with random weights, in single precision.

Unlike the stored cases, whose LSTM weights are constant, random ones see gates that are swapped.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from images import CONV_SHAPES, POOL_SHAPES, ImageShape

pytest.importorskip("onnx", reason="onnx is not installed (make test-oracles installs it)")
pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed (make test-oracles installs it)")
pytestmark = pytest.mark.oracle

TOLERANCE = 2e-6
OUTPUTS = {"RNN": ("Y", "Y_h"), "GRU": ("Y", "Y_h"), "LSTM": ("Y", "Y_h", "Y_c")}
GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
# (time steps, batch, state size, input width)
SHAPES = [
    (1, 1, 1, 1),
    (5, 1, 2, 3),
    (1, 6, 3, 2),
    (7, 5, 1, 3),
    (3, 2, 4, 4),
    (10, 16, 10, 30),
    (20, 3, 20, 6),
]


def onnx_outputs(
    operator: str, names: tuple[str, ...], inputs: dict[str, Any], attributes: dict[str, Any]
) -> list[Any]:
    """Return what ONNX Runtime computes for one node."""
    import onnx
    import onnxruntime
    from onnx_cases import NAMES

    helper = onnx.helper
    given = [name if name in inputs else "" for name in NAMES[operator]]
    while given and not given[-1]:
        given.pop()
    node = helper.make_node(operator, given, list(names), **attributes)
    kind = onnx.TensorProto.FLOAT
    graph = helper.make_graph(
        [node],
        "one node",
        [helper.make_tensor_value_info(name, kind, value.shape) for name, value in inputs.items()],
        [helper.make_tensor_value_info(name, kind, None) for name in names],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return list(session.run(None, inputs))


def worst(operator: str, names: tuple[str, ...], inputs: dict[str, Any], attributes: dict[str, Any]) -> float:
    """Return the largest deviation of ours, in units of the largest value (at least 1)."""
    from onnx_cases import Case, run

    inputs = {name: value.astype(np.float32) for name, value in inputs.items()}
    expected = onnx_outputs(operator, names, inputs, attributes)
    encoded = {key: value.encode() if isinstance(value, str) else value for key, value in attributes.items()}
    seen = run(Case(operator, operator, encoded, inputs, expected), "float32")
    for ours, theirs in zip(seen, expected, strict=True):
        assert ours.shape == theirs.shape
    return max(
        float(np.abs(ours - theirs).max()) / max(1.0, float(np.abs(theirs).max()))
        for ours, theirs in zip(seen, expected, strict=True)
    )


OPTIONS = [
    (operator, after, states, bias)
    for operator, after, states, bias in itertools.product(
        GATES, (False, True), ("none", "h", "all"), (False, True)
    )
    if (operator == "GRU" or not after) and (operator == "LSTM" or states != "h")
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "x".join(map(str, shape)))
@pytest.mark.parametrize(("operator", "after", "states", "bias"), OPTIONS)
def test_recurrent(
    operator: str, after: bool, states: str, bias: bool, shape: tuple[int, int, int, int], figures: Any
) -> None:
    """Sequence, last state and last cell; both places of the reset gate; from zero and from given states."""
    steps, batch, size, width = shape
    random, gates = np.random.default_rng(steps + 7 * batch), GATES[operator]
    inputs = {
        "X": random.normal(size=(steps, batch, width)),
        "W": random.normal(0, 0.5, (1, gates * size, width)),
        # Larger ones would let the rounding grow from step to step.
        "R": random.normal(0, 0.7 / np.sqrt(size), (1, gates * size, size)),
    }
    if bias:
        inputs["B"] = random.normal(0, 0.5, (1, 2 * gates * size))
        if after:  # the recurrent bias of the candidate would stand inside the product with the reset gate
            inputs["B"][:, 5 * size :] = 0
    if states != "none":
        inputs["initial_h"] = random.normal(0, 0.7, (1, batch, size))
    if operator == "LSTM" and states == "all":
        inputs["initial_c"] = random.normal(0, 0.7, (1, batch, size))
    attributes = {"hidden_size": size, **({"linear_before_reset": 1} if after else {})}
    error = worst(operator, OUTPUTS[operator], inputs, attributes)
    assert figures.note(f"ONNX Runtime: {operator}", error) <= TOLERANCE


@pytest.mark.parametrize("operator", ["LSTM", "GRU"])
def test_a_swapped_gate_would_be_seen(operator: str) -> None:
    """The comparison has teeth: exchanging two gates moves the outputs by far more than the tolerance."""
    from onnx_cases import Case, run

    random, size, gates = np.random.default_rng(1), 3, GATES[operator]
    inputs = {
        "X": random.normal(size=(4, 2, 2)),
        "W": random.normal(0, 0.5, (1, gates * size, 2)),
        "R": random.normal(0, 0.5, (1, gates * size, size)),
    }
    first = run(Case("", operator, {"hidden_size": size}, inputs, []))[0]
    blocks = inputs["R"].reshape(gates, size, size)
    for one, other in itertools.combinations(range(gates), 2):
        order = list(range(gates))
        order[one], order[other] = other, one
        swapped = {**inputs, "R": blocks[order].reshape(1, gates * size, size)}
        second = run(Case("", operator, {"hidden_size": size}, swapped, []))[0]
        assert np.abs(first - second).max() > 1e-3


@pytest.mark.parametrize("shape", CONV_SHAPES, ids=str)
def test_convolution(shape: ImageShape, figures: Any) -> None:
    random, window = np.random.default_rng(5), shape.window
    inputs = {
        "X": random.normal(size=shape[:4]),
        "W": random.normal(0, 0.5, (shape.filters, shape.depth, window.height, window.width)),
        "B": random.normal(size=shape.filters),
    }
    attributes = {
        "kernel_shape": window[:2],
        "strides": window[2:4],
        "pads": [window.padding_height, window.padding_width] * 2,
    }
    error = worst("Conv", ("Y",), inputs, attributes)
    assert figures.note("ONNX Runtime: Conv", error) <= TOLERANCE


@pytest.mark.parametrize("shape", POOL_SHAPES, ids=str)
def test_pooling(shape: ImageShape, figures: Any) -> None:
    inputs = {"X": np.random.default_rng(5).normal(size=shape[:4])}
    attributes = {"kernel_shape": shape.window[:2], "strides": shape.window[2:4]}
    assert figures.note("ONNX Runtime: MaxPool", worst("MaxPool", ("Y",), inputs, attributes)) == 0


@pytest.mark.parametrize("epsilon", [1e-5, 1e-2])
@pytest.mark.parametrize("shape", [(1, 1, 2, 2), (5, 3, 4, 6), (20, 10, 16, 16)])
def test_batch_norm(shape: tuple[int, ...], epsilon: float, figures: Any) -> None:
    random, channels = np.random.default_rng(5), shape[1]
    inputs = {
        "X": random.normal(2.0, 3.0, shape),
        "scale": random.normal(size=channels),
        "B": random.normal(size=channels),
        "mean": random.normal(size=channels),
        "var": random.random(channels) + 0.1,
    }
    error = worst("BatchNormalization", ("Y",), inputs, {"epsilon": epsilon})
    assert figures.note("ONNX Runtime: BatchNormalization", error) <= TOLERANCE
