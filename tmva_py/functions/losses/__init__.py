"""Loss functions, one class a file."""

from __future__ import annotations

from tmva_py.functions.losses.base import Loss

__all__ = ["Loss"]
