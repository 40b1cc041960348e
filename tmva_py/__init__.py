"""TMVA's methods, booking scripts and weight files in Python, without ROOT.

``import tmva_py as TMVA`` gives TMVA's names; each is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tmva_py import errors
    from tmva_py.booking.config import Config, gConfig
    from tmva_py.booking.cross_validation import CrossValidation
    from tmva_py.booking.data_loader import DataLoader
    from tmva_py.booking.event import Event
    from tmva_py.booking.experimental import Experimental
    from tmva_py.booking.factory import Factory
    from tmva_py.booking.fitting.fitters import (
        GeneticFitter,
        MCFitter,
        MinuitFitter,
        SimulatedAnnealingFitter,
    )
    from tmva_py.booking.fitting.genetic import GeneticAlgorithm
    from tmva_py.booking.fitting.intervals import IFitterTarget, Interval, LogInterval
    from tmva_py.booking.folds import CvSplitKFolds
    from tmva_py.booking.graphs import ROCCurve
    from tmva_py.booking.hyper_parameters import HyperParameterOptimisation
    from tmva_py.booking.pictures import (
        BDTControlPlots,
        BoostControlPlots,
        annconvergencetest,
        correlations,
        correlationscatters,
        correlationscattersMultiClass,
        correlationsMultiClass,
        deviations,
        draw_network,
        efficiencies,
        efficienciesMulticlass1vs1,
        efficienciesMulticlass1vsRest,
        likelihoodrefs,
        mvaeffs,
        mvas,
        mvasMulticlass,
        probas,
        training_history,
        variables,
        variablesMultiClass,
    )
    from tmva_py.booking.reader import Reader
    from tmva_py.booking.roc_calc import ROCCalc
    from tmva_py.booking.root_stubs import (
        PyMethodBase,
        TMVAGui,
        TMVAMultiClassGui,
        TMVARegGui,
        Tools,
        gTools,
    )
    from tmva_py.booking.types import Types, VIType
    from tmva_py.booking.variable_importance import VariableImportance, VariableImportanceResult
    from tmva_py.expressions import Formula
    from tmva_py.methods.application import evaluate
    from tmva_py.network import Network, NetworkBuilder, TrainingPhase

    __version__: str

__all__ = [
    "BDTControlPlots",
    "BoostControlPlots",
    "Config",
    "CrossValidation",
    "CvSplitKFolds",
    "DataLoader",
    "Event",
    "Experimental",
    "Factory",
    "Formula",
    "GeneticAlgorithm",
    "GeneticFitter",
    "HyperParameterOptimisation",
    "IFitterTarget",
    "Interval",
    "LogInterval",
    "MCFitter",
    "MinuitFitter",
    "Network",
    "NetworkBuilder",
    "PyMethodBase",
    "ROCCalc",
    "ROCCurve",
    "Reader",
    "SimulatedAnnealingFitter",
    "TMVAGui",
    "TMVAMultiClassGui",
    "TMVARegGui",
    "Tools",
    "TrainingPhase",
    "Types",
    "VIType",
    "VariableImportance",
    "VariableImportanceResult",
    "__version__",
    "annconvergencetest",
    "correlations",
    "correlationsMultiClass",
    "correlationscatters",
    "correlationscattersMultiClass",
    "deviations",
    "draw_network",
    "efficiencies",
    "efficienciesMulticlass1vs1",
    "efficienciesMulticlass1vsRest",
    "errors",
    "evaluate",
    "gConfig",
    "gTools",
    "likelihoodrefs",
    "mvaeffs",
    "mvas",
    "mvasMulticlass",
    "probas",
    "training_history",
    "variables",
    "variablesMultiClass",
]

# Where each name is defined: nothing of it, NumPy included, is imported before it is asked for.
_MODULES = {
    "tmva_py.booking.event": ("Event",),
    "tmva_py.booking.experimental": ("Experimental",),
    "tmva_py.booking.fitting.fitters": (
        "GeneticFitter",
        "MCFitter",
        "MinuitFitter",
        "SimulatedAnnealingFitter",
    ),
    "tmva_py.booking.fitting.genetic": ("GeneticAlgorithm",),
    "tmva_py.booking.fitting.intervals": (
        "IFitterTarget",
        "Interval",
        "LogInterval",
    ),
    "tmva_py.booking.roc_calc": ("ROCCalc",),
    "tmva_py.booking.config": ("Config", "gConfig"),
    "tmva_py.booking.cross_validation": ("CrossValidation",),
    "tmva_py.booking.data_loader": ("DataLoader",),
    "tmva_py.booking.factory": ("Factory",),
    "tmva_py.booking.folds": ("CvSplitKFolds",),
    "tmva_py.booking.graphs": ("ROCCurve",),
    "tmva_py.booking.hyper_parameters": ("HyperParameterOptimisation",),
    "tmva_py.booking.pictures": (
        "BDTControlPlots",
        "BoostControlPlots",
        "annconvergencetest",
        "correlations",
        "correlationsMultiClass",
        "correlationscatters",
        "correlationscattersMultiClass",
        "deviations",
        "efficiencies",
        "efficienciesMulticlass1vs1",
        "efficienciesMulticlass1vsRest",
        "likelihoodrefs",
        "mvaeffs",
        "mvas",
        "mvasMulticlass",
        "draw_network",
        "probas",
        "training_history",
        "variables",
        "variablesMultiClass",
    ),
    "tmva_py.booking.reader": ("Reader",),
    "tmva_py.booking.root_stubs": (
        "PyMethodBase",
        "TMVAGui",
        "TMVAMultiClassGui",
        "TMVARegGui",
        "Tools",
        "gTools",
    ),
    "tmva_py.booking.types": ("Types", "VIType"),
    "tmva_py.booking.variable_importance": ("VariableImportance", "VariableImportanceResult"),
    "tmva_py.expressions": ("Formula",),
    "tmva_py.methods.application": ("evaluate",),
    "tmva_py.network": ("Network", "NetworkBuilder", "TrainingPhase"),
}
# Enumerators that C++ has in the namespace itself: TMVA.kShort is TMVA.VIType.kShort.
_ENUMERATORS = {
    **dict.fromkeys(("kShort", "kAll", "kRandom"), "VIType"),
    **dict.fromkeys(("kMVAType", "kProbaType", "kRarityType", "kCompareType"), "HistType"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(importlib.import_module(_HOME[name]), name)
    elif name in _ENUMERATORS:
        types = importlib.import_module("tmva_py.booking.types")
        value = getattr(types, _ENUMERATORS[name])[name]
    elif name == "errors":
        value = importlib.import_module("tmva_py.errors")
    elif name == "__version__":
        value = _version()
    else:
        from tmva_py.booking.not_here import NOT_HERE
        from tmva_py.errors import did_you_mean

        if name in NOT_HERE:
            message = f"TMVA.{name} is not available in this version: {NOT_HERE[name]}"
            raise AttributeError(message, name=name)
        message = f"tmva_py has no {name!r}{did_you_mean(name, __all__)}"
        raise AttributeError(message, name=name)
    globals()[name] = value  # the next use finds it without coming here
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _version() -> str:
    from importlib import metadata

    try:
        return metadata.version("tmva-py")
    except metadata.PackageNotFoundError:
        return "not installed"
