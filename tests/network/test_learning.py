"""Whole trainings that must end well, as ROOT's own TestFullRNN, TestFullLSTM and TestFullGRU."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tmva_py.network import NetworkBuilder

LAYERS = {
    "RNN": ("rnn", {}),
    "LSTM": ("lstm", {}),
    "GRU": ("gru", {}),
    "GRU_after": ("gru", {"reset_gate_after": True}),
}


def area_under_curve(p: Any, y: Any) -> float:
    """Return the share of pairs of signal and background that are in the right order."""
    signal, background = p[y == 1], p[y == 0]
    return float((signal[:, None] > background[None, :]).mean())


@pytest.mark.parametrize("name", LAYERS)
def test_identity(name: str) -> None:
    """One batch, 50 steps: the network learns to give its input back."""
    method, options = LAYERS[name]
    builder = NetworkBuilder((1, 2), seed=4)
    network = getattr(builder, method)(10, return_sequence=True, **options).flatten().dense(2).build()
    x = np.random.default_rng(0).normal(0, 0.5, (64, 1, 2))
    history = network.fit(
        x, x.reshape(64, 2), loss="SUMOFSQUARES", learning_rate=0.1, batch_size=64, max_epochs=50,
        validation=0, progress=False,
    )  # fmt: skip
    assert history.training_loss[-1] <= 0.05 < history.training_loss[0]


@pytest.mark.parametrize("name", LAYERS)
def test_two_classes_of_sequences(name: str) -> None:
    """Sequences that drift up and down by half a standard deviation, found in 50 epochs."""
    method, options = LAYERS[name]
    builder = NetworkBuilder((5, 5), seed=4, initializer="GAUSS")
    network = getattr(builder, method)(10, return_sequence=True, **options)
    network = network.flatten().dense(10, "TANH").dense(1).build()
    random = np.random.default_rng(0)
    y = np.arange(2000) % 2
    drift = np.linspace(-0.5, 0.5, 5)[None, :, None] * np.where(y == 1, 1, -1)[:, None, None]
    x = random.normal(size=(2000, 5, 5)) + drift
    network.fit(
        x[:1000],
        y[:1000],
        learning_rate=3e-3,
        batch_size=64,
        max_epochs=50,
        convergence_steps=50,
        progress=False,
    )
    p = network.predict(x[1000:])[:, 0]
    y = y[1000:]
    assert area_under_curve(p, y) > 0.95
    cut = np.quantile(p, 0.5)
    assert (p[y == 1] > cut).mean() > 0.9
    assert (p[y == 0] > cut).mean() < 0.1


def test_a_sequence_that_only_a_memory_can_tell() -> None:
    """The class is the sign of the first step, noise follows: the gates must carry it to the last state."""
    random = np.random.default_rng(0)
    x = random.normal(size=(3000, 12, 1))
    y = (x[:, 0, 0] > 0).astype(float)
    network = NetworkBuilder((12, 1), seed=2).lstm(12).dense(1).build()
    network.fit(
        x[:2000],
        y[:2000],
        learning_rate=2e-2,
        batch_size=50,
        max_epochs=25,
        convergence_steps=25,
        progress=False,
    )
    assert ((network.predict(x[2000:])[:, 0] > 0.5) == y[2000:]).mean() > 0.95
