"""Penalties on weights, one class a file."""

from __future__ import annotations

from tmva_py.functions.regularizations.base import Regularization

__all__ = ["Regularization"]
