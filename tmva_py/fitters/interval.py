"""The range of a parameter."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tmva_py.errors import OptionError
from tmva_py.fitters.streams import gaussian

_FAR = 1000


@dataclass(frozen=True)
class Interval:
    """Where a parameter may be: between two numbers, or on equally spaced points of which they are the ends.

    Parameters
    ----------
    minimum, maximum : float
        The ends.
    n_points : int, default 0
        Number of points, at least 2; 0 for any number in between.

    Raises
    ------
    OptionError
        The ends are in the wrong order, or there is one point.
    """

    minimum: float
    maximum: float
    n_points: int = 0

    def __post_init__(self) -> None:
        if not self.minimum <= self.maximum:
            message = (
                f"a range from {self.minimum:g} to {self.maximum:g}: the first must not be above the second"
            )
            raise OptionError(message)
        if self.n_points == 1 or self.n_points < 0:
            message = f"a range of {self.n_points} points: expected 2 or more, or 0 for any number in between"
            raise OptionError(message)

    @property
    def width(self) -> float:
        """The length."""
        return self.maximum - self.minimum

    @property
    def middle(self) -> float:
        """The number in the middle."""
        return (self.maximum + self.minimum) / 2

    @property
    def is_free(self) -> bool:
        """Whether there is more than one number in it."""
        return self.n_points > 0 or self.minimum != self.maximum

    def at(self, draw: float) -> float:
        """Return the number that a uniform random number from 0 to 1 stands for."""
        if self.n_points:
            return self.minimum + int(draw * self.n_points) / (self.n_points - 1) * self.width
        return self.minimum + self.width * draw if self.is_free else self.minimum

    def drawn(self, draws: Iterator[float]) -> float:
        """Return a random number of it; none is drawn where there is but one."""
        return self.at(next(draws)) if self.is_free else self.minimum

    def near(self, value: float, spread: float, draws: Iterator[float], *, mirrored: bool) -> float:
        """Return a number around a value, `spread` widths wide; what lies outside is put back inside.

        Parameters
        ----------
        value, spread : float
            Mean, and standard deviation in units of the width.
        draws : iterator of float
            Uniform random numbers.
        mirrored : bool
            Whether a number outside is reflected at the end that it has passed, or comes in at the other.
        """
        if self.n_points or not self.is_free:
            return self.drawn(draws)
        found = gaussian(draws, value, self.width * spread)
        if mirrored and found < self.minimum:
            found = self.minimum - (found - self.minimum)
        elif mirrored and found >= self.maximum:
            found = self.maximum - (found - self.maximum)
        if abs(found - self.middle) > _FAR * self.width:  # ROOT goes one width after the other
            found = self.minimum + math.fmod(found - self.minimum, self.width)
        while found < self.minimum:
            found = (found - self.minimum) + self.maximum
        while found >= self.maximum:
            found = (found - self.maximum) + self.minimum
        return found
