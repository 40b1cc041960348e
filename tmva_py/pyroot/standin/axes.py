"""``TAxis``."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from tmva_py.booking.graphs.attributes import Axis as DrawnAxis
from tmva_py.histograms import Axis
from tmva_py.pyroot.standin.objects import TNamed


class TAxis(TNamed, DrawnAxis):
    """An axis of a histogram: its bins, its title, and how it is drawn."""

    def __init__(self, bins: Axis, name: str = "xaxis") -> None:
        super().__init__(name, bins.title)
        self.bins = bins
        # The first and the last bin of the range that a script set.
        self._range: tuple[int, int] | None = None

    @classmethod
    def of(cls, arguments: tuple[Any, ...], name: str = "xaxis") -> tuple[TAxis, tuple[Any, ...]]:
        """Return the axis that a constructor's arguments begin with, and what follows."""
        if arguments and not isinstance(arguments[0], int | float | np.number):
            return cls(Axis.of_edges(np.array(arguments[0], np.float64)), name), arguments[1:]
        n_bins = int(arguments[0]) if arguments else 1
        if len(arguments) > 1 and not isinstance(arguments[1], int | float | np.number):
            edges = np.array(arguments[1][: n_bins + 1], np.float64)
            return cls(Axis.of_edges(edges), name), arguments[2:]
        low, high = (float(arguments[1]), float(arguments[2])) if len(arguments) > 2 else (0.0, 1.0)
        return cls(Axis.around(n_bins, low, high), name), arguments[3:]

    def as_written(self) -> Axis:
        """Return the axis as a file holds it."""
        return dataclasses.replace(self.bins, title=self.title)

    def GetNbins(self) -> int:
        return self.bins.n_bins

    def GetXmin(self) -> float:
        return self.bins.minimum

    def GetXmax(self) -> float:
        return self.bins.maximum

    def GetBinCenter(self, number: int) -> float:
        if 1 <= number <= self.bins.n_bins:
            return float(self.bins.centres[number - 1])
        return self.bins.minimum + (number - 0.5) * self.bins.bin_width

    def GetBinLowEdge(self, number: int) -> float:
        if 1 <= number <= self.bins.n_bins + 1:
            return float(self.bins.edges[number - 1])
        return self.bins.minimum + (number - 1) * self.bins.bin_width

    def GetBinUpEdge(self, number: int) -> float:
        return self.GetBinLowEdge(number + 1)

    def GetBinWidth(self, number: int) -> float:
        if self.bins.unequal_edges is None:
            return self.bins.bin_width
        return self.GetBinUpEdge(number) - self.GetBinLowEdge(number)

    def IsVariableBinSize(self) -> bool:
        return self.bins.unequal_edges is not None

    def GetBinsCenter(self) -> list[float]:
        return [float(one) for one in self.bins.centres]

    def FindBin(self, value: float) -> int:
        return self.bins.bin_of(float(value))

    FindFixBin = FindBin

    # --- a range ----------------------------------------------------------------------------------------

    @property
    def has_range(self) -> bool:
        """Whether a script set a range."""
        return self._range is not None

    @property
    def shown_bins(self) -> tuple[int, int]:
        """The first and the last bin of the range; of the axis, if none was set."""
        return self._range or (1, self.bins.n_bins)

    def GetFirst(self) -> int:
        return self.shown_bins[0]

    def GetLast(self) -> int:
        return self.shown_bins[1]

    def SetRange(self, first: int = 0, last: int = 0) -> None:
        """Set the range, by numbers of bins; ``(0, 0)`` is all of the axis."""
        above = self.bins.n_bins + 1
        is_none = last < first or (first < 0 and last < 0) or (first > above and last > above)
        self._range = None if is_none or first == last == 0 else (max(first, 0), min(last, above))

    def SetRangeUser(self, low: float, high: float) -> None:
        """Set the range, by values."""
        first, last = self.FindBin(low), self.FindBin(high)
        first += self.GetBinUpEdge(first) <= low
        last -= self.GetBinLowEdge(last) >= high
        self.SetRange(first, last)

    def UnZoom(self) -> None:
        self._range = None

    def range(self) -> tuple[float, float] | None:
        """Return what of the axis is drawn, if a script set a range."""
        if self._range is None:
            return super().range()
        first, last = self._range
        return self.GetBinLowEdge(first), self.GetBinUpEdge(last)

    def SetBinLabel(self, number: int, label: object) -> None:
        labels = list(self.bins.labels) or [""] * self.bins.n_bins
        labels[number - 1] = str(label)
        self.bins = dataclasses.replace(self.bins, labels=tuple(labels))

    def GetBinLabel(self, number: int) -> str:
        return self.bins.labels[number - 1] if self.bins.labels else ""
