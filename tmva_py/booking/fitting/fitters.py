"""TMVA's fitters as scripts make them: ``GeneticFitter(target, name, ranges, options).Run(parameters)``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tmva_py import fitters
from tmva_py.booking.fitting.intervals import AnyInterval, IFitterTarget, ranges_of
from tmva_py.errors import BookingError
from tmva_py.fitters.base import Doubles
from tmva_py.message_log import MessageLog
from tmva_py.options import parse_option_string


class FitterBase:
    """A fitter in TMVA's spelling.

    Parameters
    ----------
    target : IFitterTarget
        Has the estimator.
    name : str
        For messages.
    ranges : sequence of Interval
        Where each parameter may be.
    theOption : str
        The fitter's options; ``docs/options.md`` has them.

    Raises
    ------
    BookingError
        The target has no ``EstimatorFunction``, or a range is none.
    OptionError
        An option is unknown or has a value that is not allowed.
    """

    kind: ClassVar[type[fitters.Fitter]]

    def __init__(
        self, target: Any, name: object, ranges: Sequence[AnyInterval], theOption: object = ""
    ) -> None:
        self._target = IFitterTarget.checked(target)
        self._ranges = ranges_of(ranges)
        self._name = str(name)
        owner = f"{type(self).__name__} {self._name!r}"
        values = parse_option_string(str(theOption), self.kind.options, owner=owner)
        self._fitter = self.kind(values, log=MessageLog(self._name), owner=owner)

    def GetName(self) -> str:
        """Return the name."""
        return self._name

    def GetNpars(self) -> int:
        """Return the number of parameters."""
        return len(self._ranges)

    def Run(self, pars: Any = None) -> float:
        """Fit, and return the estimator's smallest value.

        Parameters
        ----------
        pars : list or std::vector of float, optional
            Where to begin; gets the best parameters.

        Raises
        ------
        BookingError
            There is not one number for each range.
        """
        start = None if pars is None else np.array(list(pars), dtype=np.float64)
        if start is not None and len(start) != len(self._ranges):
            message = f"{self._name}: {len(self._ranges)} ranges, but {len(start)} parameters to begin with"
            raise BookingError(message)
        found = self._fitter.run(self._values, self._ranges, start)
        if pars is not None:
            for place, value in enumerate(found.parameters.tolist()):
                pars[place] = value
        return float(found.value)

    def _values(self, sets: Doubles) -> Doubles:
        """Return the estimator's values; a target may put better parameters in the place of those it gets."""
        values = np.empty(len(sets))
        for place, parameters in enumerate(sets):
            numbers = parameters.tolist()
            values[place] = self._target.EstimatorFunction(numbers)
            parameters[:] = numbers
        return values


class GeneticFitter(FitterBase):
    """TMVA's genetic algorithm, with the options of ``FitMethod=GA``."""

    kind = fitters.GeneticFitter


class MCFitter(FitterBase):
    """The best of random parameters, with the options of ``FitMethod=MC``."""

    kind = fitters.MonteCarloFitter


class SimulatedAnnealingFitter(FitterBase):
    """Simulated annealing, with the options of ``FitMethod=SA``."""

    kind = fitters.AnnealingFitter


class MinuitFitter(FitterBase):
    """Minuit, with the options of ``FitMethod=MINUIT``; it needs ``pip install 'tmva-py[minuit]'``."""

    kind = fitters.MinuitFitter
