"""Perceptrons whose weights have momentum, as TMVA's CFMlpANN computes them, each sum in its order.

A network has layers of neurons whose function is tanh(u/2T) with a temperature T for each layer. The weights
are one vector: layer after layer, neuron after neuron, the bias before the weights of the neurons of the
layer before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any

FAR = 170.0
"""Beyond this the function is its limit."""
LIMIT_IN_TRAINING = 0.99999999989999999


@kernel
def momentum_outputs(xp: Any, *, x: Array, sizes: Array, temperatures: Array, weights: Array) -> Array:
    """The outputs for events, (N, n_outputs), both float64; sums begin with the bias."""
    values = x
    for number, matrix in enumerate(layer_matrices(sizes, weights), start=1):
        total = xp.zeros((len(x), len(matrix))) + matrix[:, 0]
        for neuron in range(values.shape[1]):
            total += values[:, neuron, None] * matrix[:, neuron + 1]
        values = _function(xp, total / temperatures[number], 1.0)
    return values


@kernel
def momentum_error(xp: Any, *, x: Array, target: Array, sizes: Array, weights: Array) -> float:
    """Σ (output − target)² over events and outputs; sums end with the bias."""
    deviations = _passed(xp, x, sizes, weights)[-1] - target
    squares = (deviations * deviations).ravel()
    return float(xp.cumsum(squares)[-1]) if len(squares) else 0.0


@kernel
def momentum_steps(
    xp: Any,
    *,
    x: Array,
    target: Array,
    order: Array,
    rates: Array,
    momentum: float,
    sizes: Array,
    weights: Array,
    changes: Array,
) -> None:
    """Change the weights after each event by its gradient and a part of the change before.

    Parameters
    ----------
    order, rates : ndarray of int64, of float64
        The events that are shown, −1 for none, and the learning rate of each step.
    changes : ndarray
        The last changes of the weights, kept from call to call.
    """
    matrices = list(layer_matrices(sizes, weights))
    for event, rate in zip(order.tolist(), rates.tolist(), strict=True):
        if event < 0:
            continue
        layers = _passed(xp, x[event : event + 1], sizes, weights)
        o = layers[-1][0]
        delta = _slope(o) * (target[event] - o)
        gradients = []
        for number in range(len(matrices) - 1, -1, -1):
            y = xp.concatenate([xp.ones(1), layers[number][0]])
            gradients.append(((rate * delta)[:, None] * y).ravel())
            if number:
                back = xp.zeros(len(y) - 1)
                for row, one in zip(matrices[number], delta, strict=True):
                    back += row[1:] * one
                delta = _slope(y[1:]) * back
        changes[...] = xp.concatenate(gradients[::-1]) + momentum * changes
        weights += changes


def layer_matrices(sizes: Array, weights: Array) -> Iterator[Array]:
    """Yield the weights between each layer and the next, (n_next, 1 + n), as views."""
    first = 0
    for before, after in zip(sizes[:-1].tolist(), sizes[1:].tolist(), strict=True):
        last = first + (before + 1) * after
        yield weights[first:last].reshape(after, before + 1)
        first = last


def _passed(xp: Any, x: Array, sizes: Array, weights: Array) -> list[Array]:
    layers = [x]
    for matrix in layer_matrices(sizes, weights):
        total = xp.zeros((len(x), len(matrix)))
        for neuron in range(layers[-1].shape[1]):
            total += layers[-1][:, neuron, None] * matrix[:, neuron + 1]
        layers.append(_function(xp, total + matrix[:, 0], LIMIT_IN_TRAINING))
    return layers


def _function(xp: Any, u: Array, limit: float) -> Array:
    with xp.errstate(all="ignore"):
        power = xp.exp(-u)
        inner = (1.0 - power) / (1.0 + power)
    return xp.where(u > FAR, limit, xp.where(u < -FAR, -limit, inner))


def _slope(y: Array) -> Array:
    return (y + 1.0) * (1.0 - y) / 2.0
