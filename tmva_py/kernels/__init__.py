"""Small numeric functions: each a reference in plain array code, with faster versions per backend."""

from __future__ import annotations

from tmva_py.kernels.kernel import Kernel, kernel
from tmva_py.kernels.memory import Memory

__all__ = ["Kernel", "Memory", "kernel"]
