"""The regularisation L1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tmva_py.backends import Array
from tmva_py.functions.regularizations.base import Regularization
from tmva_py.plugins import hookimpl


class L1(Regularization):
    """Σ|W|, with derivative sign(W) and sign(0) = +1."""

    names = ("L1",)
    code = 1

    def penalty(self, xp: Any, weights: Array) -> Array:
        """Return the penalty, a scalar in double precision."""
        return xp.sum(xp.absolute(weights), dtype=xp.float64)

    def add_gradient(self, xp: Any, *, weights: Array, weight_decay: float, gradient: Array) -> None:
        """Add λ times the penalty's derivative to `gradient`, in place."""
        gradient += xp.where(weights < 0, -weight_decay, weight_decay)


@hookimpl
def tmva_py_regularizations() -> Sequence[type]:
    """Register the regularisation."""
    return [L1]
