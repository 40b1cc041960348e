"""Searches for the parameters at which an estimator is smallest: TMVA's fitters, number for number.

Examples
--------
>>> from tmva_py.fitters import FITTERS, Interval
>>> from tmva_py.message_log import MessageLog
>>> from tmva_py.options import parse_option_string
>>> cls = FITTERS["GA"]
>>> options = parse_option_string("PopSize=100:Seed=7", cls.options, owner="example")
>>> fitter = cls(options, log=MessageLog("example", silent=True))
>>> found = fitter.run(lambda x: ((x - [1, 2]) ** 2).sum(axis=1), [Interval(-5, 5), Interval(-5, 5)])
>>> found.parameters.round(2).tolist()
[1.0, 2.0]
"""

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
