"""Kernels of the GPU: CUDA sources, one file for each family, and the overrides that start them.

`tmva_py.kernels.cuda.overrides` registers them under ``"cupy"``. Matrix products are cuBLAS's.
"""

from __future__ import annotations

from tmva_py.kernels.cuda.launch import FAMILIES

__all__ = ["FAMILIES"]
