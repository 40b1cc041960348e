"""Multilayer perceptrons as TMVA computes them: in double precision, each sum in the order of its neurons.

A network has layers of neurons; each but the last has one more, the bias, whose value is 1. The weights are
one vector: those of the first neuron of the first layer to every neuron of the next one, then those of the
second neuron, the bias last; then those of the second layer. A neuron's input is a sum over the neurons
before it, its value a function of the input. Backwards, TMVA takes every input for the plain sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any

LINEAR, SIGMOID, TANH, RADIAL, RELU, FAST_TANH, UNBOUNDED_TANH, STEEP_SIGMOID = range(8)
"""Functions of a neuron. The fast tanh of ROOT is a fraction in single precision; its oldest form is not
bounded. The steep sigmoid is that of ROOT's TMultiLayerPerceptron: its slope is exp(−|v|) where |v| > 5."""
SUM, SQUARES, ABSOLUTES = range(3)
"""Inputs of a neuron: Σ wy, Σ (wy)², Σ |wy|."""
CROSS_ENTROPY, SQUARED, SOFTMAX = range(3)
"""Errors of the outputs: of one sigmoid, of linear outputs, of linear outputs after a softmax."""

STEEP = 5.0
FAST_TANH_BOUND = 4.97
FAST_TANH_NUMERATOR = (1.0, 378.0, 17325.0, 135135.0)
FAST_TANH_DENOMINATOR = (28.0, 3150.0, 62370.0, 135135.0)
SMALLEST, SMALLEST_REST = 5e-324, 2.0**-54
"""What stands for a sigmoid's value, and for 1 minus its value, where it is 0: logarithms stay finite."""
# Events whose terms are kept at once.
_BLOCK = 1024


class Perceptron(NamedTuple):
    """What a network is beside its weights."""

    sizes: Array
    """Neurons of each layer without the bias, int64."""
    activation: int
    """Function of the hidden neurons."""
    inputs: int
    """What a neuron's input is."""
    output: int
    """Function of the output neurons."""


class Passed(NamedTuple):
    """A layer after events have passed: the neurons' values, bias included, and the functions' slopes."""

    values: Array
    slopes: Array


@kernel
def perceptron_outputs(xp: Any, *, x: Array, net: Perceptron, weights: Array) -> Array:
    """The outputs for events, (N, n_outputs)."""
    return _forward(xp, x, net, weights)[-1].values


@kernel
def perceptron_error(
    xp: Any, *, x: Array, target: Array, weight: Array, net: Perceptron, weights: Array, error: int
) -> float:
    """Σ w·E over events: the cross entropy, or half the squared deviations."""
    outputs = _forward(xp, x, net, weights)[-1].values
    if error == CROSS_ENTROPY:
        o, t = outputs[:, 0], target[:, 0]
        errors = -xp.log(xp.where(t > 0, xp.maximum(o, SMALLEST), xp.maximum(1.0 - o, SMALLEST_REST)))
    else:
        errors = _ordered_sum(xp, (0.5 * (outputs - target) * (outputs - target)).T)
    return float(_ordered_sum(xp, errors * weight))


@kernel
def perceptron_gradient(
    xp: Any, *, x: Array, target: Array, weight: Array, net: Perceptron, weights: Array, error: int
) -> Array:
    """Σ ∂(w·E)/∂weights over events."""
    total = xp.zeros(len(weights))
    for part in _blocks(len(x)):
        layers = _forward(xp, x[part], net, weights)
        outputs, w = layers[-1].values, weight[part, None]
        delta = errors = (outputs - target[part]) * w
        if error == CROSS_ENTROPY:
            with xp.errstate(all="ignore"):
                quotient = -w / ((outputs - 1.0) + target[part])
            delta = _or_limit(xp, quotient, layers[-1].slopes, errors)
        total = _ordered_sum(xp, _derivatives(xp, layers, delta, net, weights), total)
    return total


@kernel
def perceptron_sensitivities(
    xp: Any, *, x: Array, net: Perceptron, weights: Array, further_errors: Array
) -> Array:
    """∂v/∂weights, (N, n_weights), of the first output's input v.

    `further_errors` are those of the other outputs, which TMVA leaves as they were.
    """
    layers = _forward(xp, x, net, weights)
    slopes = layers[-1].slopes
    delta = xp.empty_like(slopes)
    with xp.errstate(all="ignore"):
        delta[:, 0] = xp.where(slopes[:, 0] > 0, 1.0 / slopes[:, 0] * slopes[:, 0], 1.0)
    delta[:, 1:] = further_errors * slopes[:, 1:]
    return _derivatives(xp, layers, delta, net, weights)


@kernel
def perceptron_curvature(
    xp: Any, *, x: Array, net: Perceptron, weights: Array, further_errors: Array, error: int
) -> Array:
    """Σ c·s·sᵀ over events with the sensitivities s; c = o(1 − o) for the cross entropy, else 1."""
    total = xp.zeros((len(weights), len(weights)))
    for event in range(len(x)):
        rows = x[event : event + 1]
        (s,) = perceptron_sensitivities.reference(
            xp, x=rows, net=net, weights=weights, further_errors=further_errors
        )
        scaled = s
        if error == CROSS_ENTROPY:
            o = float(_forward(xp, rows, net, weights)[-1].values[0, 0])
            scaled = (o * (1.0 - o)) * s
        total += scaled[:, None] * s[None, :]
    return total


@kernel
def perceptron_epoch(
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
    """Change the weights by back-propagation: after each event, or after each `batch` events by the mean.

    Parameters
    ----------
    order : ndarray of int64
        The events' numbers in the order in which they are shown; −1 is none, but has its place in a batch.
    second_target : float
        Each event is shown twice, the second time to the first output with this target; not with NaN.
    pending : ndarray, shape (n_weights + 1,)
        Sums of derivatives that wait for the end of a batch, and how many events they are of.
    """
    for number, event in enumerate(order.tolist(), start=1):
        if event < 0:
            continue
        layers = _forward(xp, x[event : event + 1], net, weights)
        outputs, t, w = layers[-1].values[0], target[event], float(weight[event])
        with xp.errstate(all="ignore"):
            if error == CROSS_ENTROPY:
                quotient = -1.0 / ((outputs - 1.0) + t) * w
                errors = _or_limit(xp, quotient, layers[-1].slopes[0], (outputs - t) * w)
            elif error == SOFTMAX:
                powers = xp.exp(outputs)
                errors = (powers / xp.cumsum(powers)[-1] - t) * w
            else:
                errors = (outputs - t) * w
        targets = [errors]
        if second_target == second_target:
            targets.append(xp.concatenate([(outputs[:1] - second_target) * w, errors[1:]]))
        for shown in targets:
            derivatives = _derivatives(xp, layers, shown[None, :], net, weights)[0]
            if batch:
                pending[:-1] += derivatives
                pending[-1] += 1
            else:
                weights += -learning_rate * derivatives
        if batch and number % batch == 0:
            weights += -learning_rate * (pending[:-1] / pending[-1])
            pending[...] = 0.0


@kernel
def shuffle_events(xp: Any, *, draws: Array) -> Array:
    """0 … n − 1 in the order that TMVA's MLP makes with n uniform random numbers, int64."""
    n = len(draws)
    order = list(range(n))
    for i, j in enumerate((draws * (n - 1)).astype(xp.int64).tolist()):
        order[i], order[j] = order[j], order[i]
    return xp.array(order, xp.int64)


def layer_weights(net: Perceptron, weights: Array) -> Iterator[Array]:
    """Yield the weights between each layer and the next, (n + 1, n_next), as views."""
    first = 0
    for before, after in zip(net.sizes[:-1].tolist(), net.sizes[1:].tolist(), strict=True):
        last = first + (before + 1) * after
        yield weights[first:last].reshape(before + 1, after)
        first = last


def _forward(xp: Any, x: Array, net: Perceptron, weights: Array) -> list[Passed]:
    values = x.astype(xp.float64)
    layers: list[Passed] = []
    bias = xp.ones((len(x), 1))
    slopes = xp.ones_like(values)
    matrices = list(layer_weights(net, weights))
    for number, matrix in enumerate(matrices, start=1):
        values = xp.concatenate([values, bias], axis=1)
        layers.append(Passed(values, slopes))
        total = xp.zeros((len(x), matrix.shape[1]))
        with xp.errstate(all="ignore"):
            for neuron, row in enumerate(matrix):
                term = values[:, neuron, None] * row
                total += term * term if net.inputs == SQUARES else abs(term) if net.inputs else term
        values, slopes = _function(xp, total, net.output if number == len(matrices) else net.activation)
    return [*layers, Passed(values, slopes)]


def _function(xp: Any, v: Array, kind: int) -> tuple[Array, Array]:
    """Return a function's value and slope."""
    with xp.errstate(all="ignore"):
        if kind == LINEAR:
            return v, xp.ones_like(v)
        if kind in (SIGMOID, STEEP_SIGMOID):
            power = xp.exp(-v)
            more = 1.0 + power
            slope = xp.where(power == xp.inf, 0.0, power / (more * more))
            if kind == STEEP_SIGMOID:
                slope = xp.where(abs(v) > STEEP, xp.exp(-abs(v)), slope)
            return 1.0 / more, slope
        if kind == RADIAL:
            power = xp.exp(-v * v * 0.5)
            return power, -v * power
        if kind == RELU:
            return xp.where(v < 0, 0.0, v), xp.where(v < 0, 0.0, 1.0)
        y = xp.tanh(v) if kind == TANH else _fast_tanh(xp, v, is_bounded=kind == FAST_TANH)
        return y, 1.0 - y * y


def _fast_tanh(xp: Any, v: Array, *, is_bounded: bool) -> Array:
    square = (v * v).astype(xp.float32)

    def polynomial(coefficients: tuple[float, ...]) -> Array:
        total = xp.full_like(square, coefficients[0])
        for coefficient in coefficients[1:]:
            total = total * square + xp.float32(coefficient)
        return total

    above = (v * polynomial(FAST_TANH_NUMERATOR).astype(xp.float64)).astype(xp.float32)
    y = (above / polynomial(FAST_TANH_DENOMINATOR)).astype(xp.float64)
    if not is_bounded:
        return y
    return xp.where(v > FAST_TANH_BOUND, 1.0, xp.where(v < -FAST_TANH_BOUND, -1.0, y))


def _or_limit(xp: Any, quotient: Array, slopes: Array, limit: Array) -> Array:
    """Return the product of a quotient and slopes, or its limit where an output is 0 or 1 to the last bit."""
    with xp.errstate(all="ignore"):
        delta = quotient * slopes
    return xp.where(xp.isfinite(delta), delta, limit)


def _derivatives(xp: Any, layers: list[Passed], delta: Array, net: Perceptron, weights: Array) -> Array:
    """Return Σ delta·∂v/∂weights for each event, (N, n_weights); `delta` is that of the outputs' inputs v."""
    found = []
    with xp.errstate(all="ignore"):
        for layer, matrix in zip(layers[-2::-1], list(layer_weights(net, weights))[::-1], strict=True):
            found.append((layer.values[:, :, None] * delta[:, None, :]).reshape(len(delta), matrix.size))
            delta = _ordered_sum(xp, (delta[:, None, :] * matrix[:-1]).transpose(2, 0, 1)) * layer.slopes
    return xp.concatenate(found[::-1], axis=1)


def _ordered_sum(xp: Any, terms: Array, before: Array | None = None) -> Array:
    """Return the sum over the first axis, one term after the other, after what comes before."""
    if before is not None:
        terms = xp.concatenate([before[None], terms])
    return xp.cumsum(terms, axis=0)[-1] if len(terms) else xp.zeros(terms.shape[1:])


def _blocks(count: int) -> Iterator[slice]:
    for start in range(0, count, _BLOCK):
        yield slice(start, start + _BLOCK)
