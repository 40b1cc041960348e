"""Back-propagation without compiled code: for small networks Python's own numbers are faster than arrays."""

from __future__ import annotations

import math
import operator
from functools import reduce
from typing import Any

from tmva_py.kernels.perceptron import (
    CROSS_ENTROPY,
    FAST_TANH,
    LINEAR,
    RADIAL,
    RELU,
    SIGMOID,
    SOFTMAX,
    SUM,
    TANH,
    Perceptron,
    layer_weights,
    perceptron_epoch,
)

Array = Any
Row = list[float]

# Weights above which arrays are faster.
MOST_WEIGHTS = 400
# Above it the exponential function is infinite.
LARGEST_POWER = 709.0


@perceptron_epoch.override("numpy")
def _epoch(
    xp: Any,
    *,
    x: Array,
    target: Array,
    weight: Array,
    order: Array,
    net: Perceptron,
    error: int,
    learning_rate: float,
    batch: int,
    second_target: float,
    weights: Array,
    pending: Array,
) -> None:
    is_plain = net.inputs == SUM and net.activation in (LINEAR, SIGMOID, TANH, RADIAL, RELU)
    if batch or not is_plain or len(weights) > MOST_WEIGHTS or FAST_TANH in (net.activation, net.output):
        perceptron_epoch.reference(
            xp, x=x, target=target, weight=weight, order=order, net=net, error=error,
            learning_rate=learning_rate, batch=batch, second_target=second_target, weights=weights,
            pending=pending,
        )  # fmt: skip
        return
    matrices = [matrix.tolist() for matrix in layer_weights(net, weights)]
    rows, targets, event_weights = x.tolist(), target.tolist(), weight.tolist()
    for event in order.tolist():
        if event < 0:
            continue
        layers = _forward(rows[event], matrices, net)
        w, (outputs, slopes) = event_weights[event], layers[-1]
        deltas = _deltas(outputs, slopes, targets[event], w, error)
        _change(layers, deltas, matrices, -learning_rate)
        if second_target == second_target:
            deltas[0] = (outputs[0] - second_target) * w * slopes[0]
            _change(layers, deltas, matrices, -learning_rate)
    weights[...] = xp.concatenate([xp.array(matrix).ravel() for matrix in matrices])


def _forward(values: Row, matrices: list[list[Row]], net: Perceptron) -> list[tuple[Row, Row]]:
    """Return values, those of biases included, and slopes of all layers."""
    layers: list[tuple[Row, Row]] = []
    slopes: Row = []
    last = len(matrices)
    for number, matrix in enumerate(matrices, start=1):
        values.append(1.0)
        layers.append((values, slopes))
        totals = [0.0] * len(matrix[0])
        for y, row in zip(values, matrix, strict=True):
            totals = [total + w * y for total, w in zip(totals, row, strict=True)]
        values, slopes = _functions(net.output if number == last else net.activation, totals)
    return [*layers, (values, slopes)]


def _functions(kind: int, inputs: Row) -> tuple[Row, Row]:
    if kind == TANH:
        values = [math.tanh(v) for v in inputs]
        return values, [1.0 - y * y for y in values]
    if kind == SIGMOID:
        powers = [_exp(-v) for v in inputs]
        slopes = [0.0 if power == math.inf else power / ((1.0 + power) * (1.0 + power)) for power in powers]
        return [1.0 / (1.0 + power) for power in powers], slopes
    if kind == RADIAL:
        values = [_exp(-v * v * 0.5) for v in inputs]
        return values, [-v * power for v, power in zip(inputs, values, strict=True)]
    if kind == RELU:
        return [0.0 if v < 0 else v for v in inputs], [0.0 if v < 0 else 1.0 for v in inputs]
    return inputs, [1.0] * len(inputs)


def _exp(power: float) -> float:
    return math.exp(power) if power <= LARGEST_POWER else math.inf


def _deltas(outputs: Row, slopes: Row, targets: Row, w: float, error: int) -> Row:
    """Return the deltas of the outputs' inputs."""
    if error == SOFTMAX:
        powers = [_exp(o) for o in outputs]
        norm = reduce(operator.add, powers, 0.0)
        outputs = [power / norm for power in powers]
    deltas = [(o - t) * w * s for o, t, s in zip(outputs, targets, slopes, strict=True)]
    if error == CROSS_ENTROPY:
        rest = (outputs[0] - 1.0) + targets[0]
        delta = -1.0 / rest * w * slopes[0] if rest else math.inf
        # The limit where the output is 0 or 1 to the last bit.
        deltas[0] = delta if math.isfinite(delta) else (outputs[0] - targets[0]) * w
    return deltas


def _change(layers: list[tuple[Row, Row]], deltas: Row, matrices: list[list[Row]], rate: float) -> None:
    """Change the weights by one event, from the last layer to the first."""
    for number in range(len(matrices) - 1, -1, -1):
        matrix, (values, slopes) = matrices[number], layers[number]
        before = [
            reduce(operator.add, map(operator.mul, row, deltas), 0.0) * slope
            for row, slope in zip(matrix, slopes, strict=False)
        ]
        matrices[number] = [
            [w + rate * (delta * y) for w, delta in zip(row, deltas, strict=True)]
            for row, y in zip(matrix, values, strict=True)
        ]
        deltas = before
