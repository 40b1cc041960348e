"""Derivatives of networks beside finite differences in double precision."""

from __future__ import annotations

import numpy as np
import pytest

from tmva_py.kernels import perceptron as kernels
from tmva_py.kernels.perceptron import Perceptron

STEP = 1e-6
# Of a symmetric difference: its own curvature of 1e-12, and rounding, 2e-16·sums of 20 / 1e-6.
ALLOWED = 3e-8
FUNCTIONS = (kernels.LINEAR, kernels.SIGMOID, kernels.TANH, kernels.RADIAL, kernels.RELU)


def network(activation: int, error: int, seed: int) -> tuple[Perceptron, dict[str, np.ndarray]]:
    random = np.random.default_rng(seed)
    is_sigmoid = error == kernels.CROSS_ENTROPY
    n_outputs = 1 if is_sigmoid else 3
    net = Perceptron(
        np.array([3, 5, 4, n_outputs]),
        activation,
        kernels.SUM,
        kernels.SIGMOID if is_sigmoid else kernels.LINEAR,
    )
    events = {
        "x": random.normal(size=(12, 3)).astype(np.float32),
        "target": (random.random((12, n_outputs)) < 0.5).astype(float),
        "weight": random.uniform(0.5, 1.5, 12),
        "weights": 0.5 * random.normal(size=4 * 5 + 6 * 4 + 5 * n_outputs),
    }
    return net, events


def differences(function, weights: np.ndarray) -> np.ndarray:
    """Return (f(w + h) − f(w − h))/2h by weight."""
    found = []
    for number in range(len(weights)):
        step = np.zeros_like(weights)
        step[number] = STEP
        found.append((function(weights + step) - function(weights - step)) / (2 * STEP))
    return np.array(found)


@pytest.mark.parametrize("activation", FUNCTIONS)
@pytest.mark.parametrize("error", [kernels.CROSS_ENTROPY, kernels.SQUARED])
def test_gradient(activation: int, error: int) -> None:
    for seed in range(3):
        net, events = network(activation, error, seed)
        weights = events.pop("weights")
        seen = kernels.perceptron_gradient(np, **events, net=net, weights=weights, error=error)

        def total(values, events=events, net=net):
            return kernels.perceptron_error(np, **events, net=net, weights=values, error=error)

        np.testing.assert_allclose(seen, differences(total, weights), rtol=0, atol=ALLOWED)


@pytest.mark.parametrize("activation", FUNCTIONS)
@pytest.mark.parametrize("error", [kernels.CROSS_ENTROPY, kernels.SQUARED, kernels.SOFTMAX])
def test_a_step_follows_the_gradient(activation: int, error: int) -> None:
    """One step of back-propagation on one event, its error written down once more."""
    net, events = network(activation, error, 7)
    weights, w = events["weights"], float(events["weight"][0])
    x, t = events["x"][:1], events["target"][0]

    def own(values):
        (o,) = kernels.perceptron_outputs(np, x=x, net=net, weights=values)
        if error == kernels.CROSS_ENTROPY:
            return -w * np.log(o[0] if t[0] else 1 - o[0])
        if error == kernels.SQUARED:
            return w * 0.5 * ((o - t) ** 2).sum()
        return w * (t.sum() * np.log(np.exp(o).sum()) - (t * o).sum())

    if error == kernels.SOFTMAX:
        t = np.array([0.0, 1.0, 0.0])
    changed = weights.copy()
    kernels.perceptron_epoch(
        np,
        x=x,
        target=t[None, :],
        weight=events["weight"][:1],
        order=np.array([0]),
        net=net,
        error=error,
        learning_rate=0.01,
        batch=0,
        second_target=np.nan,
        weights=changed,
        pending=np.zeros(len(weights) + 1),
    )
    np.testing.assert_allclose((weights - changed) / 0.01, differences(own, weights), rtol=0, atol=ALLOWED)


@pytest.mark.parametrize("activation", FUNCTIONS)
def test_sensitivities(activation: int) -> None:
    net, events = network(activation, kernels.CROSS_ENTROPY, 11)
    weights, x = events["weights"], events["x"]
    seen = kernels.perceptron_sensitivities(np, x=x, net=net, weights=weights, further_errors=np.empty(0))
    raw = net._replace(output=kernels.LINEAR)

    def first_inputs(values):
        return kernels.perceptron_outputs(np, x=x, net=raw, weights=values)[:, 0]

    np.testing.assert_allclose(seen.T, differences(first_inputs, weights), rtol=0, atol=ALLOWED)
    curvature = kernels.perceptron_curvature(
        np, x=x, net=net, weights=weights, further_errors=np.empty(0), error=kernels.CROSS_ENTROPY
    )
    o = kernels.perceptron_outputs(np, x=x, net=net, weights=weights)[:, 0]
    np.testing.assert_allclose(curvature, (seen * (o * (1 - o))[:, None]).T @ seen, rtol=0, atol=1e-12)
