"""Every kernel that numba compiles, registered under ``"numba"`` when this is imported.

Importing numba takes some tenths of a second. The first kernel of a process that must be compiled is reported
to the logger ``tmva_py.kernels.numba``, in one line; those that an earlier process compiled are on the disk.
"""

from __future__ import annotations

from tmva_py.kernels.numba import (
    activation,
    batch_norm,
    boosting,
    boxes,
    buffers,
    cells,
    convolution,
    cuts,
    dense,
    foams,
    growing,
    gru,
    inverse,
    loss,
    lstm,
    momentum_perceptron,
    neighbours,
    optimizer,
    output,
    perceptron,
    pooling,
    rnn,
    rule_path,
    search_trees,
    sequence,
    support_vectors,
    trees,
    working_set,
)

__all__ = [
    "activation",
    "batch_norm",
    "boosting",
    "boxes",
    "buffers",
    "cells",
    "convolution",
    "cuts",
    "dense",
    "foams",
    "growing",
    "gru",
    "inverse",
    "loss",
    "lstm",
    "momentum_perceptron",
    "neighbours",
    "optimizer",
    "output",
    "perceptron",
    "pooling",
    "rnn",
    "rule_path",
    "search_trees",
    "sequence",
    "support_vectors",
    "trees",
    "working_set",
]
