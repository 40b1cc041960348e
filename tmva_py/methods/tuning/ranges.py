"""The values among which a parameter is tuned."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tmva_py.errors import OptionError
from tmva_py.fitters.interval import Interval


@dataclass(frozen=True)
class TuningRange:
    """What ``OptimizeAllMethods`` tries of one parameter.

    Parameters
    ----------
    minimum, maximum : float
        The ends.
    n_points : int
        Number of values from end to end, at least 2.
    is_logarithmic : bool, default False
        Whether a scan goes up by equal factors; fits take equal steps, as in TMVA.

    Raises
    ------
    OptionError
        The ends are in the wrong order, there are fewer than 2 values, or factors do not go from end to end.

    Examples
    --------
    >>> TuningRange(2, 4, 3).values()
    [2.0, 3.0, 4.0]
    >>> [round(value, 6) for value in TuningRange(1, 100, 3, is_logarithmic=True).values()]
    [1.0, 10.0, 100.0]
    """

    minimum: float
    maximum: float
    n_points: int
    is_logarithmic: bool = False

    def __post_init__(self) -> None:
        if self.n_points < 2:
            message = f"a parameter is tuned among 2 values or more, not {self.n_points}"
            raise OptionError(message)
        if not (math.isfinite(self.minimum) and math.isfinite(self.maximum)):
            message = f"a parameter is tuned between numbers, not {self.minimum:g} and {self.maximum:g}"
            raise OptionError(message)
        if self.is_logarithmic and not self.minimum > 0:
            message = f"a range of equal factors begins above 0, not at {self.minimum:g}"
            raise OptionError(message)
        Interval(self.minimum, self.maximum, self.n_points)

    def values(self) -> list[float]:
        """Return the values of a scan, in order."""
        return [self._value(number) for number in range(self.n_points)]

    def interval(self) -> Interval:
        """Return the range for a fit."""
        return Interval(self.minimum, self.maximum, self.n_points)

    def _value(self, number: int) -> float:
        part = number / (self.n_points - 1)
        if self.is_logarithmic:
            return math.exp(math.log(self.minimum) + part * math.log(self.maximum / self.minimum))
        return self.minimum + part * (self.maximum - self.minimum)
