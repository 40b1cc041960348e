"""Activation functions, one class a file."""

from __future__ import annotations

from tmva_py.functions.activations.base import Activation

__all__ = ["Activation"]
