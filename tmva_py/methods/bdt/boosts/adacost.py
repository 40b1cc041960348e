"""AdaCost: RealAdaBoost with a cost for each kind of right and wrong.

W. Fan et al., Proc. 16th Int. Conf. on Machine Learning (1999) 97.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from tmva_py.kernels.growing import GrownTree
from tmva_py.methods.bdt.boosts.adaboost import TRUE_ANSWERS, AdaBoost, _exponential
from tmva_py.methods.bdt.boosts.base import Bag, Step


class AdaCost(AdaBoost):
    """Events count by what it costs to get them wrong."""

    names: ClassVar[tuple[str, ...]] = ("AdaCost",)

    def step(self, tree: GrownTree, bag: Bag, number: int) -> Step:
        """Return the tree with ln((1 + c)/(1 − c)) as its weight, for the mean gain c."""
        del number
        leaves, settings = self.leaves(tree), self.settings
        answers = (tree.purity.astype(np.float64) - 0.5) * 2.0
        selects = answers > 0
        costs = np.stack(
            [
                np.where(selects, settings["Css"], settings["Cts_sb"]),
                np.where(selects, settings["Ctb_ss"], settings["Cbb"]),
            ],
            axis=1,
        )
        signed = TRUE_ANSWERS * answers[:, None]
        gain = self._error(bag, leaves, signed, costs)
        weight = self._scaled(1.0 + gain, 1.0 - gain)
        exponents = -weight * TRUE_ANSWERS * answers[:, None] * costs
        factors = np.vectorize(_exponential, otypes=[float])(exponents)
        negative = 1.0 / factors if settings.inverts_negative else np.ones_like(factors)
        every = np.ones(factors.shape, bool)
        self._boost(bag, leaves, (factors, negative), (every, ~every))
        self.factors.append(weight)
        return Step(tree, weight, 0.0, weight)
