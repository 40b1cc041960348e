"""Searches for the parameters with the largest figure of merit: a scan, and fits with TMVA's settings."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from tmva_py.errors import UnknownNameError, did_you_mean
from tmva_py.fitters import FITTERS
from tmva_py.message_log import MessageLog
from tmva_py.methods.tuning.ranges import TuningRange
from tmva_py.options import parse_option_string

Parameters = Mapping[str, float]
Ranges = Mapping[str, TuningRange]
_NOTHING_YET = -1_000_000.0
_GENETIC = "PopSize=20:Steps=30:Cycles=3:ConvCrit=0.01:SaveBestCycle=5"


class Tried:
    """Tries parameters, each set once, and keeps what came out.

    Parameters
    ----------
    merit : callable
        Trains with parameters and gives the figure of merit.

    Attributes
    ----------
    course : list of float
        The figures in the order in which they were computed.
    """

    def __init__(self, merit: Callable[[Parameters], float]) -> None:
        self._merit = merit
        self._known: dict[tuple[float, ...], float] = {}
        self.course: list[float] = []

    def __call__(self, parameters: Parameters) -> float:
        """Return the figure of merit of parameters."""
        place = tuple(parameters.values())
        if place not in self._known:
            figure = self._merit(parameters)
            # A figure that is no number is worse than any that is.
            self._known[place] = _NOTHING_YET if math.isnan(figure) else figure
            self.course.append(figure)
        return self._known[place]


def scan(tried: Tried, ranges: Ranges, log: MessageLog) -> dict[str, float]:
    """Return the best of all combinations; the first parameter changes fastest, and the first best stays."""
    grids = {name: one.values() for name, one in ranges.items()}
    best, largest = {name: one.minimum for name, one in ranges.items()}, _NOTHING_YET
    for number in range(math.prod(len(grid) for grid in grids.values())):
        parameters, rest = {}, number
        for name, grid in grids.items():
            rest, place = divmod(rest, len(grid))
            parameters[name] = grid[place]
        log.info("--------------------------")
        log.info("Settings being evaluated:")
        for name, value in parameters.items():
            log.info(f"  {name} = {value:g}")
        figure = tried(parameters)
        log.info(f"FOM was found : {figure:g}; current best is {largest:g}")
        if figure > largest:
            best, largest = parameters, figure
    return best


def fit(fitter_name: str, options: str, tried: Tried, ranges: Ranges, log: MessageLog) -> dict[str, float]:
    """Return what a fitter finds from the middle of the ranges."""
    cls = FITTERS[fitter_name]
    fitter = cls(parse_option_string(options, cls.options, owner=fitter_name), log=log, owner=fitter_name)

    def estimator(sets: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.array([-tried(dict(zip(ranges, one, strict=True))) for one in sets.tolist()])

    found = fitter.run(estimator, [one.interval() for one in ranges.values()])
    return dict(zip(ranges, found.parameters.tolist(), strict=True))


Search = Callable[[Tried, Ranges, MessageLog], dict[str, float]]

SEARCHES: Mapping[str, Search] = MappingProxyType(
    {"Scan": scan, "FitGA": partial(fit, "GA", _GENETIC), "Minuit": partial(fit, "MINUIT", "")}
)
"""By TMVA's names of fits."""


def search_named(name: str) -> Search:
    """Return a search.

    Raises
    ------
    UnknownNameError
        There is none of this name.
    """
    found = SEARCHES.get(name)
    if found is None:
        message = f"no fit {name!r}{did_you_mean(name, SEARCHES)}\n  there are: {', '.join(SEARCHES)}"
        raise UnknownNameError(message)
    return found
