"""Fitters for macros, whose estimators are C++."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np

from tmva_py.booking.fitting.fitters import (
    FitterBase,
    GeneticFitter,
    MCFitter,
    MinuitFitter,
    SimulatedAnnealingFitter,
)
from tmva_py.booking.fitting.genetic import GeneticAlgorithm
from tmva_py.booking.fitting.intervals import IFitterTarget, Interval

_ESTIMATE = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_void_p, ctypes.POINTER(ctypes.c_double), ctypes.c_int)
_FITTERS: dict[str, type[FitterBase]] = {
    "GA": GeneticFitter,
    "MC": MCFitter,
    "SA": SimulatedAnnealingFitter,
    "MINUIT": MinuitFitter,
}


class MacroTarget(IFitterTarget):
    """An ``IFitterTarget`` of a macro.

    Parameters
    ----------
    function, target : int
        Addresses: of a function that takes `target`, parameters and their number, and of its first argument.
    """

    def __init__(self, function: int, target: int) -> None:
        self._estimate = _ESTIMATE(function)
        self._target = target

    def EstimatorFunction(self, parameters: Sequence[float]) -> float:
        """Return what the macro's function gives; it may change the parameters."""
        memory = (ctypes.c_double * len(parameters))(*parameters)
        found = float(self._estimate(self._target, memory, len(parameters)))
        if isinstance(parameters, list):
            parameters[:] = memory
        return found


def fit(
    kind: str,
    name: str,
    options: str,
    limits: Sequence[float],
    start: Sequence[float],
    function: int,
    target: int,
) -> list[float]:
    """Return the smallest value of an estimator, and the parameters there.

    Parameters
    ----------
    kind : str
        ``GA``, ``MC``, ``SA`` or ``MINUIT``.
    name, options : str
        As TMVA's fitters take them.
    limits : sequence of float
        For each parameter the smallest and the largest value and the number of bins.
    start : sequence of float
        Where to begin; empty for the middle.
    function, target : int
        As for `MacroTarget`.
    """
    fitter = _FITTERS[kind](MacroTarget(function, target), name, _ranges(limits), options)
    parameters = list(start) or [one.GetMean() for one in _ranges(limits)]
    return [fitter.Run(parameters), *parameters]


def genetic_algorithm(
    size: int, limits: Sequence[float], seed: int, function: int, target: int
) -> GeneticAlgorithm:
    """Return a population that evolves; arguments are those of `fit`."""
    return GeneticAlgorithm(MacroTarget(function, target), size, _ranges(limits), seed)


def _ranges(limits: Sequence[float]) -> list[Interval]:
    return [Interval(low, high, int(bins)) for low, high, bins in np.reshape(limits, (-1, 3)).tolist()]
