"""What happens between two trees: one class for each way of boosting, all of one shape."""

from __future__ import annotations

from tmva_py.methods.bdt.boosts.adaboost import AdaBoost
from tmva_py.methods.bdt.boosts.adaboost_r2 import AdaBoostR2
from tmva_py.methods.bdt.boosts.adacost import AdaCost
from tmva_py.methods.bdt.boosts.bagging import Bagging
from tmva_py.methods.bdt.boosts.base import Bag, Boost, Step
from tmva_py.methods.bdt.boosts.gradient import Gradient
from tmva_py.methods.bdt.boosts.gradient_regression import GradientRegression

BOOSTS: tuple[type[Boost], ...] = (AdaBoost, AdaCost, Bagging, AdaBoostR2, Gradient, GradientRegression)
"""Every way of boosting; which one a booking gets, its name and the analysis say."""

__all__ = ["BOOSTS", "Bag", "Boost", "Step"]
