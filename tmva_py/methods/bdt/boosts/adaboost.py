"""AdaBoost, and RealAdaBoost, whose leaves answer with their part of signal.

Y. Freund and R. Schapire, J. Comput. Syst. Sci. 55 (1997) 119; J. Friedman, T. Hastie and R. Tibshirani,
Ann. Statist. 28 (2000) 337.
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from tmva_py.kernels import boosting
from tmva_py.kernels.growing import GrownTree
from tmva_py.methods.bdt.boosts.base import SMALLEST_BOOST, STOPS, Array, Bag, Boost, Step
from tmva_py.methods.inputs import Doubles

TRUE_ANSWERS = np.array([1.0, -1.0])
"""Of signal and background."""


class AdaBoost(Boost):
    """Events that a tree gets wrong count more in the next one."""

    names: ClassVar[tuple[str, ...]] = ("AdaBoost", "RealAdaBoost")

    def step(self, tree: GrownTree, bag: Bag, number: int) -> Step:
        """Return the tree with ln((1 − ε)/ε) as its weight, for the error ε."""
        del number
        leaves = self.leaves(tree)
        if not self.settings["UseYesNoLeaf"]:
            return self._real_step(tree, bag, leaves)
        wrong = self._wrong(tree)
        error = self._error(bag, leaves, wrong, np.ones_like(wrong))
        if error >= 0.5:
            if len(tree.variable) > 1:
                self.log.error(
                    f"The error rate in the BDT boosting is > 0.5. ({error:g}) That should not happen, "
                    "please check your code (i.e... the BDT code), I  stop boosting here"
                )
                return Step(tree, STOPS, is_shown=False)
            self.log.error(
                "YOUR tree has only 1 Node... kind of a funny *tree*. I cannot boost such a thing... if "
                "after 1 step the error rate is == 0.5; please check why this happens, maybe too many "
                "events per node requested ?"
            )
            error = 0.5
        error = self._not_negative(error)
        weight = self._scaled(1.0 - error, error)
        factor = _exponential(weight)
        factors = np.where(wrong > 0, factor, 1.0)
        return self._boosted(tree, bag, leaves, factors, wrong > 0, weight, error)

    def _real_step(self, tree: GrownTree, bag: Bag, leaves: Array) -> Step:
        answers = (tree.purity.astype(np.float64) - 0.5) * 2.0
        signed = TRUE_ANSWERS * answers[:, None]
        error = self._not_negative(self._error(bag, leaves, signed, np.ones_like(signed)))
        weight = self._scaled(1.0 + error, 1.0 - error)
        factors = np.vectorize(_exponential, otypes=[float])(-weight * TRUE_ANSWERS * answers[:, None])
        return self._boosted(tree, bag, leaves, factors, np.ones(factors.shape, bool), weight, error)

    def _wrong(self, tree: GrownTree) -> Doubles:
        """Return 1 where a leaf has the other class, (n_nodes, 2) for signal and background."""
        selects = tree.node_type > self.settings["NodePurityLimit"]
        wrong: Doubles = np.array((~selects, selects)).T.astype(np.float64, order="C")
        return wrong

    def _error(self, bag: Bag, leaves: Array, answers: Doubles, costs: Doubles) -> float:
        sample = self.sample
        total, wrong = boosting.error_sums.on(self.backend)(
            self.backend.xp,
            weight=sample.weight,
            boost=sample.boost,
            is_signal=sample.is_signal,
            entries=bag.events,
            leaves=leaves,
            answers=np.ascontiguousarray(answers),
            costs=costs,
        )
        return float(np.float64(wrong) / np.float64(total))

    def _not_negative(self, error: float) -> float:
        if not error < 0:
            return error
        self.log.error(
            "The error rate in the BDT boosting is < 0. That can happen due to improper treatment of "
            "negative weights in a Monte Carlo.. for the time being I set it to its absolute value.. "
            "just to continue.."
        )
        return abs(error)

    def _scaled(self, above: float, below: float) -> float:
        ratio = above / below if below else math.inf
        return (math.log(ratio) if ratio > 0 else -math.inf) * float(self.settings["AdaBoostBeta"])

    def _boosted(
        self,
        tree: GrownTree,
        bag: Bag,
        leaves: Array,
        factors: Doubles,
        is_set: Array,
        weight: float,
        error: float,
    ) -> Step:
        inverts = self.settings.inverts_negative
        negative = 1.0 / factors if inverts else factors
        self._boost(bag, leaves, (factors, negative), (is_set, is_set & (not inverts)))
        self.factors.append(weight)
        return Step(tree, weight, error, weight)

    def _boost(
        self, bag: Bag, leaves: Array, factors: tuple[Doubles, Doubles], is_set: tuple[Array, Array]
    ) -> None:
        """Multiply by factors for positive and for negative weights; TMVA sets some anew."""
        sample = self.sample
        boosting.boost_events.on(self.backend)(
            self.backend.xp,
            weight=sample.weight,
            boost=sample.boost,
            is_signal=sample.is_signal,
            entries=bag.events,
            leaves=leaves,
            factors=np.array(factors),
            least=np.where(np.array(is_set), SMALLEST_BOOST, 0.0),
            signal_factor=float(self.settings["SigToBkgFraction"]),
        )


def _exponential(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf
