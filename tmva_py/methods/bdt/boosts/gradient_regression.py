"""Gradient boosting for regression, with a loss of choice.

J. Friedman, Ann. Statist. 29 (2001) 1189.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tmva_py.data import AnalysisType
from tmva_py.kernels.growing import GrownTree
from tmva_py.methods.bdt.boosts.bagging import target_amounts
from tmva_py.methods.bdt.boosts.base import Bag, Boost, Step
from tmva_py.methods.bdt.losses import LOSSES, Loss
from tmva_py.methods.inputs import Doubles


class GradientRegression(Boost):
    """Each tree answers with a step towards the target."""

    names: ClassVar[tuple[str, ...]] = ("Grad",)
    analyses: ClassVar[tuple[AnalysisType, ...]] = ("Regression",)

    _loss: Loss
    _true: Doubles
    _predicted: Doubles
    _residuals: Doubles
    _guess: float

    @property
    def first_guess(self) -> float:
        """What all events are answered before the first tree."""
        return self._guess

    def start(self, bag: Bag) -> None:
        """Begin with the guess that fits all events best."""
        name = self.settings["RegressionLossFunctionBDTG"]
        chosen = next(loss for loss in LOSSES if name in loss.names)
        if self.settings.release.empties_quantiles:
            chosen = LOSSES[0]
        self._loss = chosen(self.settings)
        sample = self.sample
        self._true = sample.target.astype(np.float64)
        self._guess = self._loss.first_guess(self._true, sample.whole_weight)
        self._predicted = np.full(len(sample), self._guess)
        self._residuals = self._true - self._guess
        self._set_targets(bag)

    def _set_targets(self, bag: Bag) -> None:
        """Set the targets of the sample's events; others keep theirs, as in TMVA."""
        events = bag.events
        targets = self._loss.targets(self._residuals[events], self.sample.whole_weight[events])
        self.sample.target[events] = targets

    def amounts(self, bag: Bag, number: int, out: Doubles) -> None:
        """Write weights, and weights times targets."""
        del number
        target_amounts(self, bag, out)

    def step(self, tree: GrownTree, bag: Bag, number: int) -> Step:
        """Return the tree with the steps in its leaves."""
        del number
        leaves, weight = self.leaves(tree), self.sample.whole_weight
        of_entries = leaves[bag.events]
        order = np.argsort(of_entries, kind="stable")
        ends = np.cumsum(np.bincount(of_entries, minlength=len(tree.variable)))
        response = tree.response.copy()
        for leaf in np.unique(of_entries).tolist():
            first = ends[leaf - 1] if leaf else 0
            events = bag.events[order[first : ends[leaf]]]
            response[leaf] = self.settings["Shrinkage"] * self._loss.fit(
                self._residuals[events], weight[events]
            )
        steps = response[leaves].astype(np.float64)
        if self.settings.release.empties_quantiles:
            self._residuals -= steps
        else:
            self._predicted += steps
            self._residuals = self._true - self._predicted
        self._set_targets(bag)
        return Step(tree._replace(response=response), 1.0)
