"""Kernels compiled by numba; nothing here needs numba before `register` is called."""

from __future__ import annotations

import importlib

FAMILIES = (
    "activation",
    "batch_norm",
    "cells",
    "convolution",
    "dense",
    "gru",
    "loss",
    "lstm",
    "optimizer",
    "output",
    "pooling",
    "rnn",
    "sequence",
)


def register() -> None:
    """Register every override under ``"numba"``; a second time does nothing.

    Importing numba takes some tenths of a second. The first kernel of a process that must be compiled is told
    to the logger of this package, in one line; kernels that an earlier process compiled come from the disk.

    Raises
    ------
    ImportError
        numba is not installed, or does not work.
    """
    for family in FAMILIES:
        importlib.import_module(f"{__name__}.{family}")
