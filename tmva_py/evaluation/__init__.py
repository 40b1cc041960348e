"""How good a method is: ROC curves, efficiencies, separation, and TMVA's tables of them."""

from __future__ import annotations

from tmva_py.evaluation.association import (
    correlation_ratio,
    correlation_with_target,
    mutual_information,
)
from tmva_py.evaluation.classification import ClassificationEvaluation, Sample
from tmva_py.evaluation.efficiency import BackgroundVersusSignal, EfficiencyCurves
from tmva_py.evaluation.multiclass import confusion_matrix, one_versus_rest
from tmva_py.evaluation.regression import Deviation, RegressionEvaluation
from tmva_py.evaluation.response import ResponseSummary, overlap, significance
from tmva_py.evaluation.roc_curve import RocCurve, RocPoints
from tmva_py.evaluation.variables import variable_axis, variable_separation
from tmva_py.evaluation.working_points import WorkingPointEvaluation, WorkingPoints

__all__ = [
    "BackgroundVersusSignal",
    "ClassificationEvaluation",
    "Deviation",
    "EfficiencyCurves",
    "RegressionEvaluation",
    "ResponseSummary",
    "RocCurve",
    "RocPoints",
    "Sample",
    "WorkingPointEvaluation",
    "WorkingPoints",
    "confusion_matrix",
    "correlation_ratio",
    "correlation_with_target",
    "mutual_information",
    "one_versus_rest",
    "overlap",
    "significance",
    "variable_axis",
    "variable_separation",
]
