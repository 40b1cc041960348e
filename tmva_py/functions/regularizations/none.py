"""The regularisation NONE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tmva_py.backends import Array
from tmva_py.functions.regularizations.base import Regularization
from tmva_py.plugins import hookimpl


class NoRegularization(Regularization):
    """No penalty."""

    names = ("NONE",)
    code = 0

    def penalty(self, xp: Any, weights: Array) -> Array:
        """Return the penalty, a scalar in double precision."""
        return xp.zeros((), dtype=xp.float64)

    def add_gradient(self, xp: Any, *, weights: Array, weight_decay: float, gradient: Array) -> None:
        """Add λ times the penalty's derivative to `gradient`, in place."""
        return


@hookimpl
def tmva_py_regularizations() -> Sequence[type]:
    """Register the regularisation."""
    return [NoRegularization]
