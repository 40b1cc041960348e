"""AdaBoost for regression.

H. Drucker, Proc. 14th Int. Conf. on Machine Learning (1997) 107.
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from tmva_py.data import AnalysisType
from tmva_py.kernels.growing import GrownTree
from tmva_py.methods.bdt.boosts.bagging import target_amounts
from tmva_py.methods.bdt.boosts.base import SMALLEST_BOOST, STOPS, Bag, Boost, Step
from tmva_py.methods.inputs import Doubles

# β of a tree without any error: its weight ln(1/β) would be infinite.
_SMALLEST_BETA = float(np.finfo(np.float64).eps)


class AdaBoostR2(Boost):
    """Events count more the farther a tree is off."""

    names: ClassVar[tuple[str, ...]] = ("AdaBoostR2",)
    analyses: ClassVar[tuple[AnalysisType, ...]] = ("Regression",)

    def amounts(self, bag: Bag, number: int, out: Doubles) -> None:
        """Write weights, and weights times targets."""
        del number
        target_amounts(self, bag, out)

    def step(self, tree: GrownTree, bag: Bag, number: int) -> Step:
        """Return the tree with ln(1/β) as its weight, β = ε/(1 − ε) with the mean loss ε."""
        del number
        sample = self.sample
        answers = tree.response[self.leaves(tree)].astype(np.float64)
        deviation = np.abs(answers - sample.target.astype(np.float64))
        whole = sample.whole_weight
        largest = float(deviation[bag.events].max())
        if not largest > 0:
            self.log.warning(
                "A tree answers all its training events exactly: nothing is left to boost. A larger "
                "MinNodeSize or a smaller MaxDepth makes trees that average over noise"
            )
            return Step(tree, -math.log(_SMALLEST_BETA), 0.0, _SMALLEST_BETA, is_last=True)
        total = _sum(whole[bag.events])
        with np.errstate(all="ignore"):
            error = self._loss(whole, deviation, largest, total, bag)
        if error >= 0.5:
            if len(tree.variable) > 1:
                self.log.error(
                    f"The error rate in the BDT boosting is > 0.5. ({error:g}) That should not happen, "
                    "but is possible for regression trees, and should trigger a stop for the boosting; I "
                    "stop boosting"
                )
                return Step(tree, STOPS, is_shown=False)
            self.log.error("YOUR tree has only 1 Node... kind of a funny *tree*. I cannot boost such a thing")
            error = 0.5
        error = abs(error)
        beta = error / (1.0 - error)
        with np.errstate(all="ignore"):
            factor = np.power(beta, 1.0 - deviation / largest)
            self._boost(bag, factor, total)
        self.factors += factor[bag.events].tolist()
        return Step(tree, math.log(1.0 / beta) if beta > 0 else math.inf, error, beta)

    def _loss(self, whole: Doubles, deviation: Doubles, largest: float, total: float, bag: Bag) -> float:
        kind = self.settings["AdaBoostR2Loss"]
        events = bag.events
        if kind == "Linear":
            return float(np.float64(_sum((whole * deviation)[events])) / largest / total)
        if kind == "Quadratic":
            squares = (whole * deviation * deviation)[events]
            return float(np.float64(_sum(squares)) / largest / largest / total)
        return _sum((whole * (1.0 - np.exp(-deviation / largest)) / total)[events])

    def _boost(self, bag: Bag, factor: Doubles, total: float) -> None:
        """Multiply the weights, in single precision as TMVA does, and restore their sum."""
        weight, boost = self.sample.weight, self.sample.boost
        most = int(bag.counts.max(initial=0))
        after = np.zeros((most, len(weight)))
        for time in range(most):
            chosen = bag.counts > time
            positive = weight * boost > 0
            seen = np.maximum(boost, SMALLEST_BOOST)
            changed = np.where(positive, (seen * factor).astype(np.float32), seen / factor)
            boost[chosen] = changed[chosen]
            after[time] = weight * boost
        scale = total / _sum(after[bag.times, bag.events])
        for time in range(most):
            chosen = bag.counts > time
            boost[chosen] = np.maximum(boost[chosen], SMALLEST_BOOST) * scale


def _sum(values: Doubles) -> float:
    """Return the sum in the order of the entries."""
    return float(np.cumsum(values)[-1])
