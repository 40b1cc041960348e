"""TMVA's macros that draw what an output file holds: ``mvas``, ``efficiencies``, ``variables`` and others.

Each writes pictures into ``<data set>/plots`` under TMVA's names.
"""

from tmva_py.booking.pictures.boosting import BDTControlPlots, BoostControlPlots
from tmva_py.booking.pictures.densities import likelihoodrefs, probas
from tmva_py.booking.pictures.inputs import correlations, correlationscatters, variables
from tmva_py.booking.pictures.networks import annconvergencetest, draw_network
from tmva_py.booking.pictures.regressions import deviations
from tmva_py.booking.pictures.responses import efficiencies, mvaeffs, mvas
from tmva_py.booking.pictures.several_classes import (
    correlationscattersMultiClass,
    correlationsMultiClass,
    efficienciesMulticlass1vs1,
    efficienciesMulticlass1vsRest,
    mvasMulticlass,
    variablesMultiClass,
)
from tmva_py.booking.pictures.trainings import training_history

__all__ = [
    "BDTControlPlots",
    "BoostControlPlots",
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
    "likelihoodrefs",
    "mvaeffs",
    "mvas",
    "mvasMulticlass",
    "probas",
    "training_history",
    "variables",
    "variablesMultiClass",
]
