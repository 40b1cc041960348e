"""Penalties on weights: the base class and TMVA's own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from tmva_py.backends import Array
from tmva_py.plugins import hookimpl


class Regularization(ABC):
    """A penalty on weight matrices, added to the loss with a factor λ (``WeightDecay``).

    Attributes
    ----------
    names : tuple of str
        The names in ``Regularization=``.
    code : int
        The number in weight files (``Regularization="2"``).
    """

    names: ClassVar[tuple[str, ...]]
    code: ClassVar[int]

    @abstractmethod
    def penalty(self, xp: Any, weights: Array) -> Array:
        """Return the penalty of `weights` without λ, a scalar in double precision."""

    @abstractmethod
    def add_gradient(self, xp: Any, *, weights: Array, weight_decay: float, gradient: Array) -> None:
        """Add λ times the penalty's derivative to `gradient`, in place."""


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


class L1(Regularization):
    """Σ|W|, with derivative sign(W) and sign(0) = +1."""

    names = ("L1",)
    code = 1

    def penalty(self, xp: Any, weights: Array) -> Array:
        """Return the penalty, a scalar in double precision."""
        return xp.sum(xp.abs(weights), dtype=xp.float64)

    def add_gradient(self, xp: Any, *, weights: Array, weight_decay: float, gradient: Array) -> None:
        """Add λ times the penalty's derivative to `gradient`, in place."""
        gradient += weight_decay * (1 - 2 * xp.astype(weights < 0, weights.dtype))


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
    """Return the regularisations."""
    return [NoRegularization, L1, L2]
