"""Initialisers of weight matrices, one class a file."""

from __future__ import annotations

from tmva_py.functions.initializers.base import Initializer

__all__ = ["Initializer"]
