"""TMVA's macros that draw what an output file holds: ``mvas``, ``efficiencies``, ``variables`` and others.

Each writes pictures into ``<data set>/plots`` under TMVA's names.
"""

from tmva_py.booking.pictures.macros import correlations, efficiencies, mvas, variables
from tmva_py.booking.pictures.more_macros import correlationscatters, deviations, mvaeffs, training_history

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
