"""PyTorch's models as ONNX graphs, written node by node."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from harness import Recurrent
from onnx import TensorProto, helper, numpy_helper
from torch import nn

OPSET = 17
# PyTorch's gates in its order, put into ONNX's.
GATE_ORDER = {nn.LSTM: (0, 3, 1, 2), nn.GRU: (1, 0, 2), nn.RNN: (0,)}
OPERATORS = {nn.LSTM: "LSTM", nn.GRU: "GRU", nn.RNN: "RNN"}


class _Graph:
    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, value: np.ndarray) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, operator: str, inputs: list[str], n_outputs: int = 1, **attributes: Any) -> list[str]:
        outputs = [f"v{len(self.nodes)}_{number}" for number in range(n_outputs)]
        self.nodes.append(helper.make_node(operator, inputs, outputs, **attributes))
        return outputs

    def module(self, module: nn.Module, x: str) -> str:
        match module:
            case Recurrent():
                return self.module(module.head, self.recurrent(module.recurrent, x, sequence=module.sequence))
            case nn.Sequential():
                for part in module:
                    x = self.module(part, x)
                return x
            case nn.Linear():
                parameters = [self.constant(_values(p)) for p in (module.weight, module.bias)]
                return self.add("Gemm", [x, *parameters], transB=1)[0]
            case nn.Conv2d():
                parameters = [self.constant(_values(p)) for p in (module.weight, module.bias)]
                pads = [*module.padding, *module.padding]
                return self.add("Conv", [x, *parameters], strides=list(module.stride), pads=pads)[0]
            case nn.BatchNorm1d() | nn.BatchNorm2d():
                names = ("weight", "bias", "running_mean", "running_var")
                parameters = [self.constant(_values(getattr(module, name))) for name in names]
                return self.add("BatchNormalization", [x, *parameters], epsilon=module.eps)[0]
            case nn.MaxPool2d():
                size, stride = module.kernel_size, module.stride
                return self.add("MaxPool", [x], kernel_shape=[size] * 2, strides=[stride] * 2)[0]
            case nn.Flatten() | nn.Tanh() | nn.ReLU():
                return self.add({"ReLU": "Relu"}.get(type(module).__name__, type(module).__name__), [x])[0]
        message = f"no ONNX operator is written for {type(module).__name__}"
        raise TypeError(message)

    def recurrent(self, module: Any, x: str, *, sequence: bool) -> str:
        order, size = GATE_ORDER[type(module)], module.hidden_size

        def stacked(name: str) -> np.ndarray:
            blocks = np.split(_values(getattr(module, name)), len(order))
            return np.concatenate([blocks[gate] for gate in order])

        weights = [stacked("weight_ih_l0"), stacked("weight_hh_l0")]
        biases = np.concatenate([stacked("bias_ih_l0"), stacked("bias_hh_l0")])
        inputs = [self.constant(value[None]) for value in (*weights, biases)]
        extra = {"linear_before_reset": 1} if isinstance(module, nn.GRU) else {}
        by_time = self.add("Transpose", [x], perm=[1, 0, 2])[0]
        states, last = self.add(OPERATORS[type(module)], [by_time, *inputs], 2, hidden_size=size, **extra)
        if not sequence:
            return self.add("Squeeze", [last, self.constant(np.array([0]))])[0]
        flat = self.add("Squeeze", [states, self.constant(np.array([1]))])[0]
        return self.add("Transpose", [flat], perm=[1, 0, 2])[0]


def _values(tensor: Any) -> np.ndarray:
    found: np.ndarray = tensor.detach().numpy()
    return found


def to_onnx(model: nn.Module, shape: tuple[int, ...]) -> bytes:
    """Return the model, with a sigmoid behind it, for inputs of `shape`, its first axis free."""
    graph = _Graph()
    graph.add("Sigmoid", [graph.module(model, "x")])
    graph.nodes[-1].output[0] = "y"
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", *shape[1:]])]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 1])]
    made = helper.make_graph(graph.nodes, "model", inputs, outputs, graph.constants)
    found = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    onnx.checker.check_model(found)
    return found.SerializeToString()
