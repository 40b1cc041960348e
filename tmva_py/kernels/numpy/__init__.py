"""Kernels on NumPy, registered under ``"numpy"`` when this is imported."""

from __future__ import annotations

from tmva_py.kernels.numpy import (
    activation,
    batch_norm,
    convolution,
    dense,
    gather,
    gru,
    lstm,
    optimizer,
    order,
    perceptron,
    pooling,
    rnn,
    sequence,
    trees,
)

__all__ = [
    "activation",
    "batch_norm",
    "convolution",
    "dense",
    "gather",
    "gru",
    "lstm",
    "optimizer",
    "order",
    "perceptron",
    "pooling",
    "rnn",
    "sequence",
    "trees",
]
