"""Gradient boosting for classes: trees of regression on what is left of the classes' probabilities.

J. Friedman, Ann. Statist. 29 (2001) 1189.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tmva_py.data import AnalysisType
from tmva_py.kernels import boosting
from tmva_py.kernels.growing import GrownTree
from tmva_py.methods.bdt.boosts.base import Array, Bag, Boost, Step
from tmva_py.methods.inputs import Doubles, Floats


class Gradient(Boost):
    """Each tree answers with a step towards the classes; with several of them, one tree for each in turn."""

    names: ClassVar[tuple[str, ...]] = ("Grad",)
    analyses: ClassVar[tuple[AnalysisType, ...]] = ("Classification", "Multiclass")

    _sums: Doubles
    _targets: Floats
    _is_class: Array
    _whole: Doubles

    @property
    def trees_at_once(self) -> int:
        """One tree, or one for each of several classes."""
        return self.settings.n_classes if self._is_multiclass else 1

    @property
    def _is_multiclass(self) -> bool:
        return self.settings.analysis_type == "Multiclass"

    def start(self, bag: Bag) -> None:
        """Begin with equal probabilities."""
        del bag
        n_rows, sample = self.trees_at_once, self.sample
        if self._is_multiclass:
            self._is_class = sample.class_index == np.arange(n_rows)[:, None]
        else:
            self._is_class = sample.is_signal[None, :]
        probability = 1.0 / n_rows if self._is_multiclass else 0.5
        self._sums = np.zeros(self._is_class.shape)
        self._targets = (self._is_class.astype(np.float64) - probability).astype(np.float32)
        self._whole = sample.whole_weight

    def amounts(self, bag: Bag, number: int, out: Doubles) -> None:
        """Write weights, and weights times the first class's residuals, whatever the tree's class."""
        boosting.target_amounts.on(self.backend)(
            self.backend.xp,
            weight=self.sample.weight,
            boost=self.sample.boost,
            is_signal=self._is_class[number],
            target=self._targets[0],
            counts=bag.counts,
            out=out,
        )

    def step(self, tree: GrownTree, bag: Bag, number: int) -> Step:
        """Return the tree with the steps of class `number` in its leaves."""
        leaves, release = self.leaves(tree), self.settings.release
        sums, slopes, entries = boosting.leaf_gradients.on(self.backend)(
            self.backend.xp,
            whole=self._whole,
            target=self._targets[number],
            counts=bag.counts,
            leaves=leaves,
            n_nodes=len(tree.variable),
            squared=release.squares_weights_in_gradients,
        )
        n_classes = self.settings.n_classes
        rate = self.settings["Shrinkage"] / n_classes
        if not release.squares_weights_in_gradients:
            rate = self.settings["Shrinkage"] * (n_classes - 1) / n_classes
        steps = (rate * sums / np.maximum(slopes, 1e-30)).astype(np.float32)
        # Leaves without events in the sample keep what they were grown with.
        tree = tree._replace(response=np.where(entries > 0, steps, tree.response))
        self._update(tree, leaves, number)
        return Step(tree, 1.0)

    def _update(self, tree: GrownTree, leaves: Array, number: int) -> None:
        if not self._is_multiclass:
            boosting.update_residuals.on(self.backend)(
                self.backend.xp,
                sums=self._sums[0],
                leaves=leaves,
                response=tree.response,
                is_signal=self.sample.is_signal,
                target=self._targets[0],
            )
            return
        self._sums[number] += tree.response[leaves].astype(np.float64)
        if number == self.settings.n_classes - 1:
            old = self.settings.release.compares_classes_by_differences
            shares = shares_by_differences(self._sums) if old else shares_by_sum(self._sums)
            for targets, share, is_class in zip(self._targets, shares, self._is_class, strict=True):
                targets[:] = np.where(is_class, 1.0 - share, -share)


def shares_by_differences(sums: Doubles) -> Doubles:
    """Return 1/(1 + Σ_j≠k exp(F_j − F_k)) for each class k, a row each."""
    shares = np.empty_like(sums)
    for one in range(len(sums)):
        others = np.zeros(sums.shape[1])
        for other in range(len(sums)):
            if other != one:
                others += np.exp(sums[other] - sums[one])
        shares[one] = 1.0 / (1.0 + others)
    return shares


def shares_by_sum(sums: Doubles) -> Doubles:
    """Return exp(F_k)/Σ exp(F_j) for each class k; where that overflows, `shares_by_differences`."""
    with np.errstate(over="ignore", invalid="ignore"):
        exponentials = np.exp(sums)
        shares: Doubles = exponentials / np.cumsum(exponentials, axis=0)[-1]
    lost = ~np.isfinite(shares).all(axis=0)
    if lost.any():
        with np.errstate(over="ignore"):
            shares[:, lost] = shares_by_differences(sums[:, lost])
    return shares
