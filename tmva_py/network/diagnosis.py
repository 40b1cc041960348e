"""Where a number comes from that is not finite."""

from __future__ import annotations

import numpy as np

from tmva_py.backends import Array, Backend
from tmva_py.functions.losses import Loss
from tmva_py.layers import Context
from tmva_py.network.layer_stack import LayerStack
from tmva_py.network.sample import TrainingSample

# Targets beyond this many times what first weights give are better scaled.
_LARGE = 1000
_MOST_LAYERS = 5


def all_finite(backend: Backend, array: Array) -> bool:
    """Return whether no value is infinite or NaN."""
    return bool(backend.to_numpy(backend.xp.all(backend.xp.isfinite(array))))


def broken_parameter(stack: LayerStack) -> str | None:
    """Name the first parameter with a value that is not finite, if there is one."""
    if all_finite(stack.backend, stack.parameters):
        return None
    return next(
        f"parameter {name} of layer {number} ({layer.describe()}) is no longer finite"
        for number, layer in enumerate(stack.layers)
        for name, parameter in layer.parameters.items()
        if not all_finite(stack.backend, parameter)
    )


def numbers_that_are_not_finite(stack: LayerStack) -> str | None:
    """Name the first parameter or buffer of each layer with a NaN or an infinite number, if there is one."""
    found = []
    for number, layer in enumerate(stack.layers):
        names = [
            name
            for name, values in (*layer.parameters.items(), *layer.buffers.items())
            if not all_finite(stack.backend, values) or _is_negative_variance(stack.backend, name, values)
        ]
        if names:
            found.append(f"{', '.join(names)} of layer {number} ({layer.describe()})")
    if not found:
        return None
    return (
        f"there are numbers that are not finite, or variances below 0, in {'; '.join(found[:_MOST_LAYERS])}"
    )


def _is_negative_variance(backend: Backend, name: str, values: Array) -> bool:
    return name == "running_variance" and bool(backend.to_numpy(values).min() < 0)


def explain_loss(value: float, stack: LayerStack, x: Array, output: Array) -> str:
    """Say why the loss of a batch `x` with this output is not finite."""
    text = f"the loss is {value}"
    if (broken := broken_parameter(stack)) is not None:
        return f"{text}: {broken}"
    backend, context = stack.backend, Context(stack.backend)
    for number, layer in enumerate(stack.layers):
        x, _ = layer.forward(x, context)
        if not all_finite(backend, x):
            return f"{text}: the output of layer {number} ({layer.describe()}) is not finite"
    largest = float(backend.to_numpy(backend.xp.max(backend.xp.abs(output))))
    return (
        f"{text}: the outputs of layer {number} ({layer.describe()}) are finite "
        f"(up to {largest:.3g}) but too large for the loss"
    )


def what_may_help(loss: Loss, backend: Backend, training: TrainingSample) -> str:
    """Say what to change where no epoch is better than the first weights."""
    y = training.y if training.on_host else backend.to_numpy(training.y)
    largest = float(np.abs(y).max())
    if loss.target_range is not None or largest < _LARGE:
        return "A smaller LearningRate may help"
    mean, width = float(y.mean(dtype=np.float64)), float(y.std(dtype=np.float64))
    return (
        f"The targets reach {largest:.3g}, far from what the first weights give: scale them, as "
        f"(y - {mean:.6g}) / {width or 1:.6g}, and the predictions back; VarTransform=N does so in a booking"
    )
