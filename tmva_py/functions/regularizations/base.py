"""What a penalty on weights is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from tmva_py.backends import Array


class Regularization(ABC):
    """A penalty on weight matrices, added to the loss with a factor λ (``WeightDecay``).

    Attributes
    ----------
    names : tuple of str
        The names that stand in ``Regularization=``.
    code : int
        The number that stands for it in weight files (``Regularization="2"``).
    """

    names: ClassVar[tuple[str, ...]]
    code: ClassVar[int]

    @abstractmethod
    def penalty(self, xp: Any, weights: Array) -> Array:
        """Return the penalty of `weights` without λ, a scalar in double precision."""

    @abstractmethod
    def add_gradient(self, xp: Any, *, weights: Array, weight_decay: float, gradient: Array) -> None:
        """Add λ times the penalty's derivative to `gradient`, in place."""
