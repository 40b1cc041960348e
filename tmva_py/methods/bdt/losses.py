"""Losses of gradient boosting for regression: what residuals count, and what a leaf answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from tmva_py.methods.bdt.settings import Settings
from tmva_py.methods.inputs import Doubles


class Loss(ABC):
    """A loss; residuals and weights are those of the events of a sample or a leaf in their order."""

    names: ClassVar[tuple[str, ...]]
    """Values of ``RegressionLossFunctionBDTG``."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @abstractmethod
    def first_guess(self, residuals: Doubles, weights: Doubles) -> float:
        """Return the answer before all trees."""

    @abstractmethod
    def targets(self, residuals: Doubles, weights: Doubles) -> Doubles:
        """Return what the next tree is grown on."""

    @abstractmethod
    def fit(self, residuals: Doubles, weights: Doubles) -> float:
        """Return the answer of a leaf."""

    def quantile(self, values: Doubles, weights: Doubles, part: float) -> float:
        """Return the element after the one with which the weights pass `part` of their sum, as TMVA."""
        old = self.settings.release.empties_quantiles
        order = np.lexsort((weights, values)) if old else np.argsort(values, kind="stable")
        total = float(np.cumsum(weights)[-1])
        passed = np.cumsum(weights[order]) <= total * part
        place = 1 + int(np.argmin(passed)) if not passed.all() else len(values)
        if old:
            return float(values[order[place]]) if place < len(values) else 0.0
        return float(values[order[0 if part == 0 else min(place, len(values) - 1)]])


class Huber(Loss):
    """Squares below a quantile of the deviations, their size above it."""

    names: ClassVar[tuple[str, ...]] = ("Huber",)
    _transition = 0.0

    def first_guess(self, residuals: Doubles, weights: Doubles) -> float:
        """Return the weighted median."""
        return self.quantile(residuals, weights, 0.5)

    def targets(self, residuals: Doubles, weights: Doubles) -> Doubles:
        """Return the residuals, cut off where the loss becomes linear."""
        old = self.settings.release.empties_quantiles
        part = 0.7 if old else self.settings["HuberQuantile"]
        sizes = np.abs(residuals)
        self._transition = self.quantile(sizes, weights, part)
        if self._transition == 0 and not old and (sizes > 0).any():
            self._transition = float(sizes[sizes > 0].min())
        limit = self._transition
        return np.where(sizes <= limit, residuals, limit * np.where(residuals < 0, -1.0, 1.0))

    def fit(self, residuals: Doubles, weights: Doubles) -> float:
        """Return the weighted median and the mean of what is beside it, cut off."""
        median = self.quantile(residuals, weights, 0.5)
        if not self.settings.release.empties_quantiles:
            residuals = np.sort(residuals, kind="stable")  # the order in which TMVA adds up
        beside = residuals - median
        terms = 1.0 / len(beside) * np.where(beside < 0, -1.0, 1.0)
        return median + float(np.cumsum(terms * np.minimum(self._transition, np.abs(beside)))[-1])


class LeastSquares(Loss):
    """The square of the deviation."""

    names: ClassVar[tuple[str, ...]] = ("LeastSquares",)

    def first_guess(self, residuals: Doubles, weights: Doubles) -> float:
        """Return the weighted mean."""
        return self.fit(residuals, weights)

    def targets(self, residuals: Doubles, weights: Doubles) -> Doubles:
        """Return the residuals."""
        del weights
        return residuals

    def fit(self, residuals: Doubles, weights: Doubles) -> float:
        """Return the weighted mean."""
        return float(np.cumsum(weights * residuals)[-1] / np.cumsum(weights)[-1])


class AbsoluteDeviation(Loss):
    """The size of the deviation."""

    names: ClassVar[tuple[str, ...]] = ("AbsoluteDeviation",)

    def first_guess(self, residuals: Doubles, weights: Doubles) -> float:
        """Return the weighted median."""
        return self.fit(residuals, weights)

    def targets(self, residuals: Doubles, weights: Doubles) -> Doubles:
        """Return the residuals' signs."""
        del weights
        return np.where(residuals < 0, -1.0, 1.0)

    def fit(self, residuals: Doubles, weights: Doubles) -> float:
        """Return the weighted median; 0 past the last element, as TMVA."""
        order = np.argsort(residuals, kind="stable")
        passed = np.cumsum(weights[order]) <= float(np.cumsum(weights[order])[-1]) * 0.5
        place = 1 + int(np.argmin(passed)) if not passed.all() else len(residuals)
        return float(residuals[order[place]]) if place < len(residuals) else 0.0


LOSSES: tuple[type[Loss], ...] = (Huber, LeastSquares, AbsoluteDeviation)
"""Every loss."""
