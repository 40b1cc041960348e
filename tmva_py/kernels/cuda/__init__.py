"""Kernels of the GPU: CUDA sources, one file for each family, and the overrides that start them.

Overrides stand under the kernel set ``"cupy"``; `register` brings them in. Matrix products are cuBLAS's,
through the array namespace.
"""

from __future__ import annotations

import importlib

from tmva_py.kernels.cuda.launch import FAMILIES

__all__ = ["FAMILIES", "register"]


def register() -> None:
    """Register the overrides of all families; a second time does nothing."""
    # A dense layer's last step is one of the activations' kernels.
    for family in (*FAMILIES, "dense"):
        importlib.import_module(f"tmva_py.kernels.cuda.{family}")
