"""Multilayer perceptrons, compiled: one event at a time, with the sums in the reference's order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tmva_py.kernels import perceptron as kernels
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.perceptron_passes import (
    ONE,
    add_derivatives,
    or_limit,
    pass_backward,
    pass_forward,
    set_biases,
)
from tmva_py.kernels.numba.threads import for_each
from tmva_py.kernels.perceptron import CROSS_ENTROPY, SMALLEST, SMALLEST_REST, SOFTMAX, Perceptron

Array = Any

# Events that a thread takes at once.
BLOCK = 1024
# Floating-point operations that a neuron's function is worth.
FUNCTION_WORK = 40.0


@borrowing
def write_outputs(
    x: Array, sizes: Array, activation: int, inputs: int, output: int, weights: Array, out: Array, room: Array
) -> None:
    """Write the outputs."""
    y, slope = room[0], room[1, :0]
    set_biases(sizes, y)
    for event in range(x.shape[0]):
        for i in range(sizes[0]):
            y[i] = x[event, i]
        first = pass_forward(sizes, activation, inputs, output, weights, y, slope)
        for k in range(sizes[-1]):
            out[event, k] = y[first + k]


@borrowing
def add_errors(
    x: Array,
    target: Array,
    weight: Array,
    sizes: Array,
    activation: int,
    inputs: int,
    output: int,
    error: int,
    weights: Array,
    room: Array,
) -> float:
    """Return Σ w·E."""
    y, slope = room[0], room[1, :0]
    set_biases(sizes, y)
    sum_of_errors = 0.0
    for event in range(x.shape[0]):
        for i in range(sizes[0]):
            y[i] = x[event, i]
        first = pass_forward(sizes, activation, inputs, output, weights, y, slope)
        if error == CROSS_ENTROPY:
            o = y[first]
            own = -math.log(max(o, SMALLEST) if target[event, 0] > 0 else max(1.0 - o, SMALLEST_REST))
        else:
            own = 0.0
            for k in range(sizes[-1]):
                deviation = y[first + k] - target[event, k]
                own += 0.5 * deviation * deviation
        sum_of_errors += own * weight[event]
    return sum_of_errors


@borrowing
def add_gradients(
    x: Array,
    target: Array,
    weight: Array,
    sizes: Array,
    activation: int,
    inputs: int,
    output: int,
    error: int,
    weights: Array,
    sums: Array,
    room: Array,
) -> None:
    """Add up the gradients."""
    y, slope, delta = room[0], room[1], room[2]
    set_biases(sizes, y)
    for event in range(x.shape[0]):
        for i in range(sizes[0]):
            y[i] = x[event, i]
        first = pass_forward(sizes, activation, inputs, output, weights, y, slope)
        for k in range(sizes[-1]):
            o, t = y[first + k], target[event, k]
            delta[first + k] = (o - t) * weight[event]
            if error == CROSS_ENTROPY:
                quotient = -weight[event] / ((o - 1.0) + t)
                delta[first + k] = or_limit(quotient, slope[first + k], delta[first + k])
        pass_backward(sizes, weights, slope, delta)
        add_derivatives(sizes, y, delta, 1.0, sums)


@borrowing
def write_sensitivities(
    x: Array,
    sizes: Array,
    activation: int,
    inputs: int,
    output: int,
    weights: Array,
    further_errors: Array,
    out: Array,
    values: Array,
    room: Array,
) -> None:
    """Write the sensitivities of each event, and its first output."""
    y, slope, delta = room[0], room[1], room[2]
    set_biases(sizes, y)
    for event in range(x.shape[0]):
        for i in range(sizes[0]):
            y[i] = x[event, i]
        first = pass_forward(sizes, activation, inputs, output, weights, y, slope)
        values[event] = y[first]
        delta[first] = 1.0 / slope[first] * slope[first] if slope[first] > 0 else 1.0
        for k in range(ONE, sizes[-1]):
            delta[first + k] = further_errors[k - ONE] * slope[first + k]
        pass_backward(sizes, weights, slope, delta)
        out[event, :] = 0.0
        add_derivatives(sizes, y, delta, 1.0, out[event])


@borrowing
def add_products(sensitivities: Array, values: Array, error: int, out: Array) -> None:
    """Add c·s·sᵀ of each event."""
    n = out.shape[0]
    for event in range(sensitivities.shape[0]):
        s, o = sensitivities[event], values[event]
        for i in range(n):
            scaled = (o * (1.0 - o)) * s[i] if error == CROSS_ENTROPY else s[i]
            for j in range(n):
                out[i, j] += scaled * s[j]


@borrowing
def train_epoch(
    x: Array,
    target: Array,
    weight: Array,
    order: Array,
    sizes: Array,
    activation: int,
    inputs: int,
    output: int,
    error: int,
    learning_rate: float,
    batch: int,
    second_target: float,
    weights: Array,
    pending: Array,
    room: Array,
) -> None:
    """Change the weights."""
    y, slope, delta, errors = room[0], room[1], room[2], room[3]
    set_biases(sizes, y)
    n_weights = weights.size
    times = 1 if math.isnan(second_target) else 2
    for number in range(order.size):
        event = order[number]
        if event < 0:
            continue
        for i in range(sizes[0]):
            y[i] = x[event, i]
        first = pass_forward(sizes, activation, inputs, output, weights, y, slope)
        norm = 0.0
        if error == SOFTMAX:
            for k in range(sizes[-1]):
                norm += math.exp(y[first + k])
        for k in range(sizes[-1]):
            o, t = y[first + k], target[event, k]
            if error == CROSS_ENTROPY:
                quotient = -1.0 / ((o - 1.0) + t) * weight[event]
                errors[k] = or_limit(quotient, slope[first + k], (o - t) * weight[event])
            elif error == SOFTMAX:
                errors[k] = (math.exp(o) / norm - t) * weight[event]
            else:
                errors[k] = (o - t) * weight[event]
        for time in range(times):
            if time == 1:
                errors[0] = (y[first] - second_target) * weight[event]
            for k in range(sizes[-1]):
                delta[first + k] = errors[k]
            pass_backward(sizes, weights, slope, delta)
            if batch:
                add_derivatives(sizes, y, delta, 1.0, pending)
                pending[n_weights] += 1.0
            else:
                add_derivatives(sizes, y, delta, -learning_rate, weights)
        if batch and (number + 1) % batch == 0:
            for i in range(n_weights):
                weights[i] += -learning_rate * (pending[i] / pending[n_weights])
            pending[:] = 0.0


@borrowing
def swap_events(draws: Array, order: Array) -> None:
    """Shuffle."""
    n = order.size
    for i in range(n):
        order[i] = i
    for i in range(n):
        j = int(draws[i] * (n - 1))
        order[i], order[j] = order[j], order[i]


def _plain(xp: Any, x: Array) -> Array:
    return xp.ascontiguousarray(x)


def _shape(net: Perceptron) -> tuple[Array, int, int, int]:
    """Return the sizes without a sign, whose sums need no test for indices from the end."""
    return net.sizes.view(np.uint64), net.activation, net.inputs, net.output


def _room(xp: Any, net: Perceptron) -> Array:
    """Return room for values, slopes, deltas and errors of all neurons, the last layer with a bias too."""
    return xp.empty((4, sum(net.sizes.tolist()) + len(net.sizes)))


@kernels.perceptron_outputs.override("numba")
def _outputs(xp: Any, *, x: Array, net: Perceptron, weights: Array) -> Array:
    x = _plain(xp, x)
    out = xp.empty((len(x), int(net.sizes[-1])))
    if len(x) <= BLOCK:
        write_outputs(x, *_shape(net), weights, out, _room(xp, net))
        return out

    def write(number: int) -> None:
        part = slice(number * BLOCK, (number + 1) * BLOCK)
        write_outputs(x[part], *_shape(net), weights, out[part], _room(xp, net))

    work = len(x) * (2.0 * len(weights) + FUNCTION_WORK * float(net.sizes[1:].sum()))
    for_each(write, -(-len(x) // BLOCK), work)
    return out


@kernels.perceptron_error.override("numba")
def _error(
    xp: Any, *, x: Array, target: Array, weight: Array, net: Perceptron, weights: Array, error: int
) -> float:
    return float(add_errors(_plain(xp, x), target, weight, *_shape(net), error, weights, _room(xp, net)))


@kernels.perceptron_gradient.override("numba")
def _gradient(
    xp: Any, *, x: Array, target: Array, weight: Array, net: Perceptron, weights: Array, error: int
) -> Array:
    sums = xp.zeros(len(weights))
    add_gradients(_plain(xp, x), target, weight, *_shape(net), error, weights, sums, _room(xp, net))
    return sums


@kernels.perceptron_sensitivities.override("numba")
def _sensitivities(xp: Any, *, x: Array, net: Perceptron, weights: Array, further_errors: Array) -> Array:
    out = xp.empty((len(x), len(weights)))
    write_sensitivities(
        _plain(xp, x), *_shape(net), weights, further_errors, out, xp.empty(len(x)), _room(xp, net)
    )
    return out


@kernels.perceptron_curvature.override("numba")
def _curvature(
    xp: Any, *, x: Array, net: Perceptron, weights: Array, further_errors: Array, error: int
) -> Array:
    total = xp.zeros((len(weights), len(weights)))
    x = _plain(xp, x)
    for start in range(0, len(x), BLOCK):
        part = x[start : start + BLOCK]
        sensitivities, values = xp.empty((len(part), len(weights))), xp.empty(len(part))
        write_sensitivities(
            part, *_shape(net), weights, further_errors, sensitivities, values, _room(xp, net)
        )
        add_products(sensitivities, values, error, total)
    return total


@kernels.perceptron_epoch.override("numba")
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
    train_epoch(
        _plain(xp, x),
        target,
        weight,
        order,
        *_shape(net),
        error,
        learning_rate,
        batch,
        second_target,
        weights,
        pending,
        _room(xp, net),
    )


@kernels.shuffle_events.override("numba")
def _shuffle(xp: Any, *, draws: Array) -> Array:
    order = xp.empty(len(draws), xp.int64)
    swap_events(draws, order)
    return order
