"""``TMVA.Interval``, ``LogInterval`` and ``IFitterTarget``: what scripts give to TMVA's fitters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tmva_py import fitters
from tmva_py.errors import BookingError
from tmva_py.message_log import MessageLog


class Interval:
    """Where a parameter may be: between two numbers, or on equally spaced points of which they are the ends.

    Parameters
    ----------
    min, max : float
        The ends.
    nbins : int, default 0
        Number of points; 0 for any number in between.

    Raises
    ------
    OptionError
        The ends are in the wrong order, or there is one point.

    Examples
    --------
    >>> Interval(0, 10, 5).GetElement(1)
    2.5
    """

    def __init__(self, min: float, max: float, nbins: int = 0) -> None:
        self._interval = fitters.Interval(float(min), float(max), int(nbins))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.GetMin():g}, {self.GetMax():g}, {self.GetNbins()})"

    @property
    def interval(self) -> fitters.Interval:
        """The range as fitters know it."""
        return self._interval

    def GetMin(self) -> float:
        """Return the lower end."""
        return self._interval.minimum

    def GetMax(self) -> float:
        """Return the upper end."""
        return self._interval.maximum

    def GetWidth(self) -> float:
        """Return the length."""
        return self._interval.width

    def GetMean(self) -> float:
        """Return the number in the middle."""
        return self._interval.middle

    def GetNbins(self) -> int:
        """Return the number of points, 0 for any number in between."""
        return self._interval.n_points

    def SetMin(self, value: float) -> None:
        """Set the lower end."""
        self._interval = fitters.Interval(float(value), self.GetMax(), self.GetNbins())

    def SetMax(self, value: float) -> None:
        """Set the upper end."""
        self._interval = fitters.Interval(self.GetMin(), float(value), self.GetNbins())

    def GetElement(self, position: int) -> float:
        """Return one of the points, counted from 0.

        Raises
        ------
        BookingError
            There are no points, or not so many.
        """
        share = self._share(position)
        return self.GetMin() + share * self.GetWidth()

    def GetStepSize(self, iBin: int = 0) -> float:
        """Return the distance of two points.

        Raises
        ------
        BookingError
            There are no points, or not so many.
        """
        self._share(iBin)
        return self.GetWidth() / (self.GetNbins() - 1)

    def GetRndm(self, random: Any) -> float:
        """Return a random number of the interval; `random` has ``Rndm()``, as ROOT's generators."""
        return float(random.Rndm()) * self.GetWidth() + self.GetMin()

    def Print(self) -> None:
        """Print the points."""
        log = MessageLog("Interval")
        for place in range(self.GetNbins()):
            log.info(f"| {self.GetElement(place):g} |")

    def _share(self, position: int) -> float:
        count = self.GetNbins()
        if not 0 <= position < count:
            message = f"{self!r} has {count} points, counted from 0; there is no number {position}"
            raise BookingError(message)
        return position / (count - 1)


class LogInterval(Interval):
    """An interval whose points are equally spaced in their logarithm.

    Raises
    ------
    BookingError
        An end is not above 0.

    Examples
    --------
    >>> [round(LogInterval(1, 100, 3).GetElement(place), 12) for place in range(3)]
    [1.0, 10.0, 100.0]
    """

    def __init__(self, min: float, max: float, nbins: int = 0) -> None:
        super().__init__(min, max, nbins)
        if not self.GetMin() > 0:
            message = f"{self!r}: both ends of an interval in logarithms are above 0"
            raise BookingError(message)

    def GetElement(self, position: int) -> float:
        """Return one of the points, counted from 0."""
        share = self._share(position)
        return math.exp(math.log(self.GetMin()) + share * math.log(self.GetMax() / self.GetMin()))

    def GetStepSize(self, iBin: int = 0) -> float:
        """Return the distance of a point from the one before; that of the first is 0."""
        return self.GetElement(iBin) - self.GetElement(max(iBin - 1, 0))

    def GetRndm(self, random: Any) -> float:
        """Return a random number whose logarithm is anywhere in the interval's.

        ROOT's may lie outside: it takes the logarithm of the lower end off twice.
        """
        low, high = math.log(self.GetMin()), math.log(self.GetMax())
        return math.exp(float(random.Rndm()) * (high - low) + low)


AnyInterval = Interval | fitters.Interval


class IFitterTarget:
    """What a fitter minimises; a script's subclass has `EstimatorFunction`."""

    def EstimatorFunction(self, parameters: list[float]) -> float:
        """Return the value for some parameters; the smallest is the best."""
        raise NotImplementedError

    def ProgressNotifier(self, status: str, text: str) -> None:
        """Take a fitter's progress; nothing is sent here."""

    @staticmethod
    def checked(target: Any) -> Any:
        """Return a target after a look at it.

        Raises
        ------
        BookingError
            It has no ``EstimatorFunction``.
        """
        if not callable(getattr(target, "EstimatorFunction", None)):
            message = f"expected a target with EstimatorFunction(parameters), got {type(target).__name__}"
            raise BookingError(message)
        return target


def ranges_of(ranges: Sequence[Any]) -> list[fitters.Interval]:
    """Return ranges as fitters know them.

    Raises
    ------
    BookingError
        One of them is no interval, or has its points in logarithms.
    """
    found = []
    for place, one in enumerate(ranges):
        if isinstance(one, LogInterval) and one.GetNbins():
            message = f"range {place}, {one!r}: fitters take points that are equally spaced; use Interval"
            raise BookingError(message)
        interval = one if isinstance(one, fitters.Interval) else getattr(one, "interval", None)
        if not isinstance(interval, fitters.Interval):
            message = f"range {place}: expected an Interval, got {one!r}"
            raise BookingError(message)
        found.append(interval)
    return found
