"""Multilayer perceptrons, compiled: one event at a time, with the sums in the reference's order."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tmva_py.kernels import perceptron as kernels
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.threads import for_each
from tmva_py.kernels.perceptron import (
    CROSS_ENTROPY,
    FAST_TANH,
    FAST_TANH_BOUND,
    FAST_TANH_DENOMINATOR,
    FAST_TANH_NUMERATOR,
    LINEAR,
    RADIAL,
    RELU,
    SIGMOID,
    SMALLEST,
    SMALLEST_REST,
    SOFTMAX,
    SQUARES,
    SUM,
    TANH,
    Perceptron,
)

Array = Any

# Events that a thread takes at once.
BLOCK = 1024
# Floating-point operations that a neuron's function is worth.
FUNCTION_WORK = 40.0
# Neurons of a layer up to which sums are taken neuron by neuron; more make vectors.
NARROW = 16
ZERO, ONE = np.uint64(0), np.uint64(1)
A0, A1, A2, A3 = (np.float32(one) for one in FAST_TANH_NUMERATOR)
B0, B1, B2, B3 = (np.float32(one) for one in FAST_TANH_DENOMINATOR)


@borrowing
def fast_tanh(v: float) -> float:
    """Return ROOT's fraction, computed in single precision."""
    square = np.float32(v * v)
    above = np.float32(v * np.float64(((A0 * square + A1) * square + A2) * square + A3))
    below = ((B0 * square + B1) * square + B2) * square + B3
    return np.float64(above / below)


@borrowing
def function(kind: int, v: float) -> tuple[float, float]:
    """Return a neuron's value and slope."""
    if kind == SIGMOID:
        power = math.exp(-v)
        more = 1.0 + power
        return 1.0 / more, 0.0 if power == math.inf else power / (more * more)
    if kind == LINEAR:
        return v, 1.0
    if kind == RELU:
        return (0.0, 0.0) if v < 0 else (v, 1.0)
    if kind == RADIAL:
        power = math.exp(-v * v * 0.5)
        return power, -v * power
    if kind == TANH:
        y = math.tanh(v)
    elif kind == FAST_TANH and v > FAST_TANH_BOUND:
        y = 1.0
    elif kind == FAST_TANH and v < -FAST_TANH_BOUND:
        y = -1.0
    else:
        y = fast_tanh(v)
    return y, 1.0 - y * y


@borrowing
def value(kind: int, v: float) -> float:
    """Return a neuron's value."""
    if kind == SIGMOID:
        return 1.0 / (1.0 + math.exp(-v))
    return function(kind, v)[0]


@borrowing
def add_inputs(n: Any, m: Any, place: Any, inputs: int, weights: Array, y: Array, first: Any) -> None:
    """Write the inputs of a layer of m neurons after n values; of each, one term after the other."""
    after = first + n
    if m > NARROW and inputs == SUM:
        for k in range(m):
            y[after + k] = 0.0
        for j in range(n):
            for k in range(m):
                y[after + k] += weights[place + j * m + k] * y[first + j]
        return
    for k in range(m):
        total, at = 0.0, place + k
        if inputs == SUM:
            for j in range(n):
                total += weights[at] * y[first + j]
                at += m
        else:
            for j in range(n):
                term = weights[at] * y[first + j]
                total += term * term if inputs == SQUARES else abs(term)
                at += m
        y[after + k] = total


@borrowing
def pass_forward(
    sizes: Array, activation: int, inputs: int, output: int, weights: Array, y: Array, slope: Array
) -> Any:
    """Compute all neurons after the inputs in `y`, whose biases are set; return where the outputs are.

    Slopes are computed if there is room for them.
    """
    first, place, last = ZERO, ZERO, np.uint64(sizes.size) - ONE
    for layer in range(last):
        n, m = sizes[layer] + ONE, sizes[layer + ONE]
        after = first + n
        add_inputs(n, m, place, inputs, weights, y, first)
        kind = output if layer + ONE == last else activation
        if slope.size:
            for k in range(m):
                y[after + k], slope[after + k] = function(kind, y[after + k])
        else:
            for k in range(m):
                y[after + k] = value(kind, y[after + k])
        place += n * m
        first = after
    return first


@borrowing
def pass_backward(sizes: Array, weights: Array, slope: Array, delta: Array) -> None:
    """Compute the deltas of all hidden neurons from those of the outputs."""
    last = np.uint64(sizes.size) - ONE
    first, place = ZERO, ZERO
    for layer in range(last):
        first += sizes[layer] + ONE
        place += (sizes[layer] + ONE) * sizes[layer + ONE]
    for back in range(last - ONE):
        n, m = sizes[last - ONE - back] + ONE, sizes[last - back]
        before = first - n
        place -= n * m
        for j in range(n - ONE):
            total = 0.0
            for k in range(m):
                total += weights[place + j * m + k] * delta[first + k]
            delta[before + j] = total * slope[before + j]
        first = before


@borrowing
def or_limit(quotient: float, slope: float, limit: float) -> float:
    """Return their product, or the limit where an output is 0 or 1 to the last bit."""
    delta = quotient * slope
    return delta if math.isfinite(delta) else limit


@borrowing
def add_derivatives(sizes: Array, y: Array, delta: Array, factor: float, sums: Array) -> None:
    """Add factor · (delta · value) to each weight's entry."""
    first, place = ZERO, ZERO
    for layer in range(np.uint64(sizes.size) - ONE):
        n, m = sizes[layer] + ONE, sizes[layer + ONE]
        after = first + n
        for j in range(n):
            value = y[first + j]
            for k in range(m):
                sums[place + k] += factor * (delta[after + k] * value)
            place += m
        first = after


@borrowing
def set_biases(sizes: Array, y: Array) -> None:
    """Set the values of the biases."""
    first = ZERO
    for size in sizes:
        y[first + size] = 1.0
        first += size + ONE


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
    return xp.empty((4, int(net.sizes.sum()) + len(net.sizes)))


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
