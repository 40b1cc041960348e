"""Optimisers, one class a file."""

from __future__ import annotations

from tmva_py.functions.optimizers.base import Optimizer

__all__ = ["Optimizer"]
