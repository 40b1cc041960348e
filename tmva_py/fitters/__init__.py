"""Searches for the parameters at which an estimator is smallest: TMVA's fitters, number for number."""

from __future__ import annotations

from tmva_py.fitters.annealing import AnnealingFitter
from tmva_py.fitters.base import Estimator, FitResult, Fitter
from tmva_py.fitters.genetic import GeneticFitter
from tmva_py.fitters.interval import Interval
from tmva_py.fitters.minuit import MinuitFitter
from tmva_py.fitters.monte_carlo import MonteCarloFitter
from tmva_py.fitters.progress import PARTS, Progress
from tmva_py.fitters.table import FITTERS

__all__ = [
    "FITTERS",
    "PARTS",
    "AnnealingFitter",
    "Estimator",
    "FitResult",
    "Fitter",
    "GeneticFitter",
    "Interval",
    "MinuitFitter",
    "MonteCarloFitter",
    "Progress",
]
