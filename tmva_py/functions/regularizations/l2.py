"""The regularisation L2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tmva_py.backends import Array
from tmva_py.functions.regularizations.base import Regularization
from tmva_py.plugins import hookimpl


class L2(Regularization):
    """ΣW² (without a factor ½), with derivative 2W."""

    names = ("L2",)
    code = 2

    def penalty(self, xp: Any, weights: Array) -> Array:
        """Return the penalty, a scalar in double precision."""
        return xp.sum(weights * weights, dtype=xp.float64)

    def add_gradient(self, xp: Any, *, weights: Array, weight_decay: float, gradient: Array) -> None:
        """Add λ times the penalty's derivative to `gradient`, in place."""
        gradient += (2.0 * weight_decay) * weights


@hookimpl
def tmva_py_regularizations() -> Sequence[type]:
    """Register the regularisation."""
    return [L2]
