"""The recurrent layers' outputs against the formulas written out, one number at a time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from engine import BACKENDS, make_network, random_states

from tmva_py.layers.gru import TBasicGRULayer
from tmva_py.layers.lstm import TBasicLSTMLayer
from tmva_py.layers.rnn import TBasicRNNLayer

SHAPES = [(2, 1, 1, 3), (1, 2, 3, 2), (2, 4, 10, 5), (5, 8, 5, 10), (1, 1, 1, 1)]


def sigma(a: float) -> float:
    return 1 / (1 + math.exp(-a))


def gate(p: dict[str, Any], suffix: str, unit: int, x: Any, h: Any) -> float:
    a = float(p[f"b{suffix}"][unit])
    a += sum(float(p[f"W{suffix}"][unit, k]) * x[k] for k in range(len(x)))
    return a + sum(float(p[f"U{suffix}"][unit, k]) * h[k] for k in range(len(h)))


def rnn_step(p: dict[str, Any], x: Any, h: Any, c: Any) -> tuple[Any, Any]:
    return [math.tanh(gate(p, "", s, x, h)) for s in range(len(h))], c


def lstm_step(p: dict[str, Any], x: Any, h: Any, c: Any) -> tuple[Any, Any]:
    h_next, c_next = [], []
    for s in range(len(h)):
        i, f, o = (sigma(gate(p, suffix, s, x, h)) for suffix in ("_i", "_f", "_o"))
        c_next.append(f * c[s] + i * math.tanh(gate(p, "_c", s, x, h)))
        h_next.append(o * math.tanh(c_next[-1]))
    return h_next, c_next


def gru_step(p: dict[str, Any], x: Any, h: Any, c: Any, after: bool) -> tuple[Any, Any]:
    r = [sigma(gate(p, "_r", s, x, h)) for s in range(len(h))]
    u = [sigma(gate(p, "_u", s, x, h)) for s in range(len(h))]
    h_next = []
    for s in range(len(h)):
        if after:
            zero = [0.0] * len(h)
            product = sum(float(p["U_c"][s, k]) * h[k] for k in range(len(h)))
            candidate = math.tanh(gate(p, "_c", s, x, zero) + r[s] * product)
        else:
            candidate = math.tanh(gate(p, "_c", s, x, [r[k] * h[k] for k in range(len(h))]))
        h_next.append(u[s] * h[s] + (1 - u[s]) * candidate)
    return h_next, c


CASES = {
    "RNN": (TBasicRNNLayer, {}, rnn_step),
    "LSTM": (TBasicLSTMLayer, {}, lstm_step),
    "GRU_before": (TBasicGRULayer, {"reset_gate_after": False}, lambda *a: gru_step(*a, False)),
    "GRU_after": (TBasicGRULayer, {"reset_gate_after": True}, lambda *a: gru_step(*a, True)),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: "x".join(map(str, shape)))
@pytest.mark.parametrize("name", CASES)
def test_forward(name: str, shape: tuple[int, int, int, int], backend: str, figures: Any) -> None:
    steps, batch, size, width = shape
    make, options, step = CASES[name]
    network = make_network([make(size, return_sequence=True, **options)], (steps, width), backend)
    random = np.random.default_rng(7)
    x, states = random.normal(size=(batch, steps, width)), random_states(network, batch, random)
    out, final = network.forward(x, state=states, return_state=True)
    expected = np.empty((batch, steps, size))
    for event in range(batch):
        h = list(states[0]["h"][event])
        c = list(states[0].get("c", states[0]["h"])[event])
        for t in range(steps):
            h, c = step(network.layers[0].parameters, list(x[event, t]), h, c)
            expected[event, t] = h
        np.testing.assert_allclose(final[0]["h"][event], h, rtol=0, atol=1e-14)
        if "c" in final[0]:
            np.testing.assert_allclose(final[0]["c"][event], c, rtol=0, atol=1e-14)
    assert figures.note("forward against scalar formulas", float(np.abs(out - expected).max())) <= 1e-14

    last = make_network([make(size, **options)], (steps, width), backend)
    last.parameters[...] = network.parameters
    np.testing.assert_array_equal(last.forward(x, state=states), out[:, -1])


@pytest.mark.parametrize("name", CASES)
def test_without_a_state_it_starts_from_zero(name: str) -> None:
    make, options, _ = CASES[name]
    network = make_network([make(3, return_sequence=True, **options)], (4, 2))
    x = np.random.default_rng(0).normal(size=(5, 4, 2))
    zero = {0: {state: np.zeros((5, 3)) for state in network.layers[0].state_names}}
    np.testing.assert_array_equal(network.forward(x), network.forward(x, state=zero))
