"""Bagging: each tree has a random sample of its own, and nothing else changes.

L. Breiman, Machine Learning 24 (1996) 123.
"""

from __future__ import annotations

from typing import ClassVar

from tmva_py.data import AnalysisType
from tmva_py.kernels import boosting
from tmva_py.kernels.growing import GrownTree
from tmva_py.methods.bdt.boosts.base import Bag, Boost, Step
from tmva_py.methods.inputs import Doubles


class Bagging(Boost):
    """All trees have the weight 1."""

    names: ClassVar[tuple[str, ...]] = ("Bagging",)
    analyses: ClassVar[tuple[AnalysisType, ...]] = ("Classification", "Regression")

    def amounts(self, bag: Bag, number: int, out: Doubles) -> None:
        """Write what the events of a tree count; sums of targets as well for a regression."""
        if self.settings.analysis_type == "Regression":
            target_amounts(self, bag, out)
        else:
            super().amounts(bag, number, out)

    def step(self, tree: GrownTree, bag: Bag, number: int) -> Step:
        """Return the tree."""
        del bag, number
        return Step(tree, 1.0)


def target_amounts(boost: Boost, bag: Bag, out: Doubles) -> None:
    """Write weights, and weights times the sample's targets."""
    sample = boost.sample
    boosting.target_amounts.on(boost.backend)(
        boost.backend.xp,
        weight=sample.weight,
        boost=sample.boost,
        is_signal=sample.is_signal,
        target=sample.target,
        counts=bag.counts,
        out=out,
    )
