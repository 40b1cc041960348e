"""One event on its way through a perceptron and back, compiled.

Indices have no sign, so that none is tested for counting from the end.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.perceptron import (
    FAST_TANH,
    FAST_TANH_BOUND,
    FAST_TANH_DENOMINATOR,
    FAST_TANH_NUMERATOR,
    LINEAR,
    RADIAL,
    RELU,
    SIGMOID,
    SQUARES,
    STEEP,
    STEEP_SIGMOID,
    SUM,
    TANH,
)

Array = Any

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
    if kind == STEEP_SIGMOID:
        power = math.exp(-v)
        more = 1.0 + power
        return 1.0 / more, math.exp(-abs(v)) if abs(v) > STEEP else power / (more * more)
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
    if kind in (SIGMOID, STEEP_SIGMOID):
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
