"""Perceptrons with momentum, compiled: one event at a time, with the sums in the reference's order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tmva_py.kernels import momentum_perceptron as kernels
from tmva_py.kernels.momentum_perceptron import FAR, LIMIT_IN_TRAINING
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.threads import for_each

Array = Any

# Events that a thread takes at once.
BLOCK = 1024
# Floating-point operations that a neuron's function is worth.
FUNCTION_WORK = 40.0


@borrowing
def pass_on(
    sizes: Array, temperatures: Array, begins_with_bias: bool, limit: float, weights: Array, y: Array
) -> Any:
    """Compute the values of all neurons from those of the first layer; return where the last layer begins."""
    first = np.uint64(0)
    place = np.uint64(0)
    one = np.uint64(1)
    for layer in range(1, sizes.size):
        n, m = sizes[layer - 1], sizes[layer]
        out = first + n
        for j in range(m):
            total = weights[place] if begins_with_bias else 0.0
            for k in range(n):
                total += y[first + k] * weights[place + one + k]
            if not begins_with_bias:
                total += weights[place]
            u = total / temperatures[layer]
            if u > FAR:
                y[out + j] = limit
            elif u < -FAR:
                y[out + j] = -limit
            else:
                power = math.exp(-u)
                y[out + j] = (1.0 - power) / (1.0 + power)
            place += n + one
        first = out
    return first


@borrowing
def write_outputs(x: Array, sizes: Array, temperatures: Array, weights: Array, y: Array, out: Array) -> None:
    """Write the outputs of events."""
    for event in range(x.shape[0]):
        for i in range(sizes[0]):
            y[i] = x[event, i]
        first = pass_on(sizes, temperatures, True, 1.0, weights, y)
        for k in range(sizes[-1]):
            out[event, k] = y[first + k]


@borrowing
def add_squares(
    x: Array, target: Array, sizes: Array, temperatures: Array, weights: Array, y: Array
) -> float:
    """Return the sum of the squared deviations."""
    total = 0.0
    for event in range(x.shape[0]):
        for i in range(sizes[0]):
            y[i] = x[event, i]
        first = pass_on(sizes, temperatures, False, LIMIT_IN_TRAINING, weights, y)
        for k in range(sizes[-1]):
            deviation = y[first + k] - target[event, k]
            total += deviation * deviation
    return total


@borrowing
def take_steps(
    x: Array,
    target: Array,
    order: Array,
    rates: Array,
    momentum: float,
    sizes: Array,
    temperatures: Array,
    weights: Array,
    changes: Array,
    room: Array,
) -> None:
    """Change the weights, event by event."""
    y, delta = room[0], room[1]
    one = np.uint64(1)
    for step in range(order.size):
        event, rate = order[step], rates[step]
        if event < 0:
            continue
        for i in range(sizes[0]):
            y[i] = x[event, i]
        first = pass_on(sizes, temperatures, False, LIMIT_IN_TRAINING, weights, y)
        for k in range(sizes[-1]):
            o = y[first + k]
            delta[first + k] = (o + 1.0) * (1.0 - o) / 2.0 * (target[event, k] - o)
        place = np.uint64(weights.size)
        for back in range(1, sizes.size):
            layer = sizes.size - back
            n, m = sizes[layer - 1], sizes[layer]
            place -= m * (n + one)
            before = first - n
            if layer > 1:
                for k in range(n):
                    total = 0.0
                    for j in range(m):
                        total += weights[place + j * (n + one) + one + k] * delta[first + j]
                    o = y[before + k]
                    delta[before + k] = (o + 1.0) * (1.0 - o) / 2.0 * total
            for j in range(m):
                start = place + j * (n + one)
                scaled = rate * delta[first + j]
                changes[start] = scaled + momentum * changes[start]
                weights[start] += changes[start]
                for k in range(n):
                    at = start + one + k
                    changes[at] = scaled * y[before + k] + momentum * changes[at]
                    weights[at] += changes[at]
            first = before


def _sizes(sizes: Array) -> Array:
    """Return the sizes without a sign, whose sums need no test for indices from the end."""
    return sizes.view(np.uint64)


@kernels.momentum_outputs.override("numba")
def _outputs(xp: Any, *, x: Array, sizes: Array, temperatures: Array, weights: Array) -> Array:
    x = xp.ascontiguousarray(x)
    out = xp.empty((len(x), int(sizes[-1])))
    n_neurons = int(sizes.sum())

    def write(number: int) -> None:
        part = slice(number * BLOCK, (number + 1) * BLOCK)
        write_outputs(x[part], _sizes(sizes), temperatures, weights, xp.empty(n_neurons), out[part])

    work = len(x) * (2.0 * len(weights) + FUNCTION_WORK * float(sizes[1:].sum()))
    for_each(write, -(-len(x) // BLOCK), work)
    return out


@kernels.momentum_error.override("numba")
def _error(xp: Any, *, x: Array, target: Array, sizes: Array, weights: Array) -> float:
    ones, room = xp.ones(len(sizes)), xp.empty(int(sizes.sum()))
    return float(add_squares(xp.ascontiguousarray(x), target, _sizes(sizes), ones, weights, room))


@kernels.momentum_steps.override("numba")
def _steps(
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
    ones, room = xp.ones(len(sizes)), xp.empty((2, int(sizes.sum())))
    x = xp.ascontiguousarray(x)
    take_steps(x, target, order, rates, momentum, _sizes(sizes), ones, weights, changes, room)
