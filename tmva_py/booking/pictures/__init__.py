"""TMVA's macros that draw what an output file holds: ``mvas``, ``efficiencies``, ``variables`` and others.

Each writes pictures into ``<data set>/plots`` under TMVA's names.
"""

from tmva_py.booking.pictures.inputs import correlations, correlationscatters, variables
from tmva_py.booking.pictures.regressions import deviations
from tmva_py.booking.pictures.responses import efficiencies, mvaeffs, mvas
from tmva_py.booking.pictures.trainings import training_history

__all__ = [
    "correlations",
    "correlationscatters",
    "deviations",
    "efficiencies",
    "mvaeffs",
    "mvas",
    "training_history",
    "variables",
]
