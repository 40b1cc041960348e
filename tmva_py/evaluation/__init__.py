"""How good a method is: ROC curves, efficiencies, separation, and TMVA's tables of them."""

from __future__ import annotations

from tmva_py.evaluation.classification import ClassificationEvaluation, Sample
from tmva_py.evaluation.efficiency import BackgroundVersusSignal, EfficiencyCurves
from tmva_py.evaluation.histogram import Histogram, separation
from tmva_py.evaluation.multiclass import confusion_matrix, one_versus_rest
from tmva_py.evaluation.regression import Deviation, RegressionEvaluation
from tmva_py.evaluation.response import ResponseSummary, overlap, significance
from tmva_py.evaluation.roc_curve import RocCurve
from tmva_py.evaluation.variables import variable_histograms, variable_separation

__all__ = [
    "BackgroundVersusSignal",
    "ClassificationEvaluation",
    "Deviation",
    "EfficiencyCurves",
    "Histogram",
    "RegressionEvaluation",
    "ResponseSummary",
    "RocCurve",
    "Sample",
    "confusion_matrix",
    "one_versus_rest",
    "overlap",
    "separation",
    "significance",
    "variable_histograms",
    "variable_separation",
]
