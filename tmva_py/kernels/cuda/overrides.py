"""Every kernel of the GPU, registered under ``"cupy"`` when this is imported; CuPy is not imported."""

from __future__ import annotations

from tmva_py.kernels.cuda import (
    activation,
    batch_norm,
    convolution,
    dense,
    dropout,
    gather,
    gru,
    loss,
    lstm,
    optimizer,
    order,
    pooling,
    rnn,
    trees,
)

__all__ = [
    "activation",
    "batch_norm",
    "convolution",
    "dense",
    "dropout",
    "gather",
    "gru",
    "loss",
    "lstm",
    "optimizer",
    "order",
    "pooling",
    "rnn",
    "trees",
]
