"""PyTorch's models as lists of Keras's layers, with their weights.

Keras itself is not needed here: it lives in a process of its own, `keras_worker.py`, which gets the lists.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from harness import Recurrent
from torch import nn

# A class of keras.layers, its options, its weights in the order of `Layer.set_weights`.
KerasLayer = tuple[str, dict[str, Any], list[np.ndarray]]

ACTIVATIONS = {nn.Tanh: "tanh", nn.ReLU: "relu"}
# PyTorch's gates in its order, put into Keras's.
GATE_ORDER = {nn.LSTM: (0, 1, 2, 3), nn.GRU: (1, 0, 2), nn.RNN: (0,)}
RECURRENT = {nn.LSTM: "LSTM", nn.GRU: "GRU", nn.RNN: "SimpleRNN"}


def to_keras(model: nn.Module) -> list[KerasLayer]:
    """Return the layers for inputs as `channels_last` makes them."""
    layers: list[KerasLayer] = []
    # How many channels a flattened image has: Keras's are the innermost axis, PyTorch's the outermost.
    channels = flattened = 1
    for module in _modules(model):
        match module:
            case nn.Tanh() | nn.ReLU():
                _activate(layers, ACTIVATIONS[type(module)])
            case nn.Linear():
                weights = _values(module.weight).reshape(module.out_features, flattened, -1)
                kernel = weights.transpose(2, 1, 0).reshape(module.in_features, module.out_features)
                layers.append(("Dense", {"units": module.out_features}, [kernel, _values(module.bias)]))
                flattened = 1
            case nn.Conv2d():
                layers += _convolution(module)
                channels = module.out_channels
            case nn.BatchNorm1d() | nn.BatchNorm2d():
                options = {"momentum": 1 - (module.momentum or 0.0), "epsilon": module.eps}
                names = ("weight", "bias", "running_mean", "running_var")
                layers.append(
                    ("BatchNormalization", options, [_values(getattr(module, name)) for name in names])
                )
            case nn.MaxPool2d():
                layers.append(
                    ("MaxPooling2D", {"pool_size": module.kernel_size, "strides": module.stride}, [])
                )
            case nn.Flatten():
                layers.append(("Flatten", {}, []))
                flattened = channels
            case Recurrent():
                layers.append(_recurrent(module.recurrent, sequence=module.sequence))
            case _:
                message = f"no layer of Keras is written for {type(module).__name__}"
                raise TypeError(message)
    return layers


def channels_last(x: np.ndarray) -> np.ndarray:
    """Return the events with the channels of images innermost, which is Keras's own order."""
    return np.ascontiguousarray(np.moveaxis(x, 1, -1)) if x.ndim == 4 else x


def _modules(model: Any) -> list[Any]:
    """Return the model's parts one after the other, a recurrent layer before what follows it."""
    if isinstance(model, Recurrent):
        return [model, *_modules(model.head)]
    if isinstance(model, nn.Sequential):
        return [part for module in model for part in _modules(module)]
    return [model]


def _activate(layers: list[KerasLayer], activation: str) -> None:
    """Give the last layer an activation, as users of Keras write it."""
    name, options, weights = layers[-1]
    layers[-1] = (name, {**options, "activation": activation}, weights)


def _convolution(module: Any) -> list[KerasLayer]:
    kernel = _values(module.weight).transpose(2, 3, 1, 0)
    options = {"filters": module.out_channels, "kernel_size": module.kernel_size, "strides": module.stride}
    same = module.stride == (1, 1) and all(
        2 * pad + 1 == size for pad, size in zip(module.padding, module.kernel_size, strict=True)
    )
    convolution = {**options, "padding": "same" if same else "valid"}
    padding: list[KerasLayer] = [("ZeroPadding2D", {"padding": module.padding}, [])]
    return [*([] if same else padding), ("Conv2D", convolution, [kernel, _values(module.bias)])]


def _recurrent(module: Any, *, sequence: bool) -> KerasLayer:
    order = GATE_ORDER[type(module)]

    def ordered(name: str) -> np.ndarray:
        blocks = np.split(_values(getattr(module, name)), len(order))
        return np.concatenate([blocks[gate] for gate in order])

    biases = [ordered("bias_ih_l0"), ordered("bias_hh_l0")]
    options = {"units": module.hidden_size, "return_sequences": sequence}
    if isinstance(module, nn.GRU):
        # PyTorch has the reset gate after the product, and Keras then two biases as well.
        options["reset_after"] = True
        bias = np.stack(biases)
    else:
        bias = biases[0] + biases[1]
    weights = [ordered("weight_ih_l0").T, ordered("weight_hh_l0").T, bias]
    return RECURRENT[type(module)], options, weights


def _values(tensor: Any) -> np.ndarray:
    found: np.ndarray = tensor.detach().numpy()
    return found
