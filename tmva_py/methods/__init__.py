"""The methods: what a booking script trains, and the models that weight files hold."""

from __future__ import annotations

from tmva_py.data import AnalysisType
from tmva_py.methods.inputs import Inputs, Responses, TrainingData
from tmva_py.methods.method import Method, OldType
from tmva_py.methods.model import Model, ReadContext
from tmva_py.methods.trained_method import TrainedMethod
from tmva_py.methods.tuning.ranges import TuningRange

__all__ = [
    "AnalysisType",
    "Inputs",
    "Method",
    "Model",
    "OldType",
    "ReadContext",
    "Responses",
    "TrainedMethod",
    "TrainingData",
    "TuningRange",
]
