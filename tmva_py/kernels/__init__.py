"""Small numeric functions, references in plain array code; numpy/, numba/ and cuda/ have faster ones."""

from __future__ import annotations

from tmva_py.kernels.kernel import Kernel, kernel
from tmva_py.kernels.memory import Memory

__all__ = ["Kernel", "Memory", "kernel"]
