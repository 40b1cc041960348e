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

    def FindBin(self, value: float) -> int:
        return self.bins.bin_of(float(value))

    FindFixBin = FindBin

    def SetBinLabel(self, number: int, label: object) -> None:
        labels = list(self.bins.labels) or [""] * self.bins.n_bins
        labels[number - 1] = str(label)
        self.bins = dataclasses.replace(self.bins, labels=tuple(labels))

    def GetBinLabel(self, number: int) -> str:
        return self.bins.labels[number - 1] if self.bins.labels else ""
