"""Which events are looked at, and in which units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tmva_py.kernels.linear import fractions_of_ranges
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Doubles, Floats

FEWEST_EVENTS = 100
"""Fewer have no scale in TMVA."""


@dataclass(frozen=True, eq=False)
class Scaling:
    """Each variable is divided by the width of the range of the events in its middle.

    Attributes
    ----------
    percent : int
        Which part of the events that is; 0 for no scaling.
    widths : ndarray, shape (n_variables,)
        The ranges' widths, 1 without scaling.
    n_events : int
        Of how many events they are.
    """

    percent: int
    widths: Doubles
    n_events: int

    @classmethod
    def of(cls, x: Floats, fraction: float) -> Self:
        """Return the scaling of events (n, n_variables)."""
        n_events = len(x)
        percent = int(100.0 * fraction)
        if percent <= 0 or not n_events:
            return cls(0, np.ones(x.shape[1]), n_events)
        lowest = (100 - percent) // 2
        hundredths = 100 * np.arange(n_events) // n_events
        first, last = (int(np.searchsorted(hundredths, part)) for part in (lowest, 100 - lowest))
        # Where TMVA finds no event at one of the ends, it takes all.
        if last >= n_events or hundredths[first] != lowest or hundredths[last] != 100 - lowest:
            first, last = 0, n_events - 1
        columns = np.sort(x, axis=0).astype(np.float64)
        return cls(percent, columns[last] - columns[first], n_events)

    def apply(self, x: Floats) -> Floats:
        """Return events in the units."""
        if not self.percent:
            return x
        found: Floats = fractions_of_ranges.at_hand(np, values=x, low=self._lowest, width=self.widths)
        return found

    @lazy
    def _lowest(self) -> Doubles:
        return np.zeros_like(self.widths)

    def problem(self) -> str | None:
        """Return why there are no such units, or None."""
        if not self.percent:
            return None
        if self.n_events < FEWEST_EVENTS:
            return (
                f"ScaleFrac needs {FEWEST_EVENTS} events, there are {self.n_events}; ScaleFrac=0 leaves the "
                "variables as they are"
            )
        if not (np.isfinite(self.widths) & (self.widths > 0)).all():
            variable = int(np.argmin(self.widths > 0))
            return (
                f"{self.percent}% of the events have the same value of variable number {variable} (from 0), "
                "which then has no unit; leave it out, or book with ScaleFrac=0 or 1"
            )
        return None


def trimmed(kind: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the numbers of the first events of each class, of all classes as many."""
    kinds, counts = np.unique(kind, return_counts=True)
    kept = np.zeros(len(kind), bool)
    for one in kinds.tolist():
        kept[np.flatnonzero(kind == one)[: int(counts.min())]] = True
    return np.flatnonzero(kept)
