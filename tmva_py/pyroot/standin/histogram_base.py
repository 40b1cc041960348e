"""What histograms of one and of two quantities have in common."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.pyroot.standin.axes import TAxis
from tmva_py.pyroot.standin.objects import TNamed
from tmva_py.pyroot.standin.pads import draw_on_pad
from tmva_py.pyroot.standin.session import session

Doubles = npt.NDArray[np.float64]
_MOST_WAITING = 10_000


class HistogramBase(TNamed):
    """Sums of weights in bins; what is filled one by one waits, and is sorted into bins together."""

    is_made_here = True
    is_double = False
    axes: tuple[TAxis, ...]

    def __init__(self, name: object, title: object, axes: tuple[TAxis, ...]) -> None:
        super().__init__(str(name), "")
        self.axes = axes
        self.y_title = TAxis(axes[0].bins, "yaxis") if len(axes) == 1 else axes[1]
        self.y_title.title = ""
        self.SetTitle(title)
        self._shape = tuple(axis.bins.n_bins + 2 for axis in reversed(axes))
        self._waiting: list[tuple[float, ...]] = []
        self._directory: Any = None
        self._clear(with_squares=session().sums_squares)
        if session().adds_histograms and str(name):
            self.SetDirectory(session().directory)

    def _clear(self, *, with_squares: bool) -> None:
        self._waiting = []
        self._contents: Doubles = np.zeros(self._shape)
        self._squares: Doubles | None = np.zeros(self._shape) if with_squares else None
        self._entries = 0.0
        # w, w², and w times x, x² (then y, y², xy).
        self._moments: Doubles = np.zeros(4 if len(self.axes) == 1 else 7)
        self._has_moments = True

    # --- names ----------------------------------------------------------------------------------------

    def SetTitle(self, title: object) -> None:
        """Set the title; those of the axes may follow it, separated by semicolons."""
        own, *axes = str(title).split(";")
        self.title = own
        shown = (*self.axes, self.y_title) if len(self.axes) == 1 else self.axes
        for axis, text in zip(shown, axes, strict=False):
            axis.title = text

    def SetDirectory(self, directory: Any) -> None:
        if self._directory is not None:
            self._directory.remove(self)
        self._directory = directory or None
        if self._directory is not None:
            self._directory.Append(self)

    def GetDirectory(self) -> Any:
        return self._directory

    def GetXaxis(self) -> TAxis:
        return self.axes[0]

    def GetYaxis(self) -> TAxis:
        return self.y_title

    def GetDimension(self) -> int:
        return len(self.axes)

    def GetNbinsX(self) -> int:
        return self.axes[0].bins.n_bins

    def GetNbinsY(self) -> int:
        return self.axes[1].bins.n_bins if len(self.axes) > 1 else 1

    def SetXTitle(self, title: object) -> None:
        self.axes[0].title = str(title)

    def SetYTitle(self, title: object) -> None:
        self.y_title.title = str(title)

    @staticmethod
    def SetDefaultSumw2(sums: bool = True) -> None:
        session().sums_squares = bool(sums)

    @staticmethod
    def AddDirectory(add: bool = True) -> None:
        session().adds_histograms = bool(add)

    def Clone(self, name: object = "") -> Any:
        self.flush()
        directory, self._directory = self._directory, None
        other = copy.deepcopy(self)
        self._directory = directory
        other.name = str(name) or self.name
        if session().adds_histograms and str(name):
            other.SetDirectory(session().directory)
        return other

    def Write(self, name: object = "", option: int = 0, size: int = 0) -> int:
        directory = self._directory
        if directory is None or not directory.IsWritable():
            directory = session().directory
        written: int = directory.WriteTObject(self, str(name or ""))
        return written

    def Draw(self, option: object = "") -> None:
        draw_on_pad(self, option)

    def DrawCopy(self, option: object = "", *more: Any) -> Any:
        other = copy.deepcopy(self)
        other.Draw(option)
        return other

    DrawClone = DrawCopy

    def DrawNormalized(self, option: object = "", norm: float = 1.0) -> Any:
        other = copy.deepcopy(self)
        total = other.GetSumOfWeights()
        if total:
            other.Scale(norm / total)
        other.Draw(option)
        return other

    # --- filling --------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Sort what waits into the bins."""
        if self._waiting:
            columns = np.array(self._waiting, np.float64).T
            self._waiting = []
            self._add(columns[:-1], columns[-1])

    def _fill_one(self, *values: float) -> int:
        self._waiting.append(values)
        if len(self._waiting) >= _MOST_WAITING:
            self.flush()
        return 1

    def _add(self, points: Doubles, weights: Doubles) -> None:
        bins = [axis.bins.bins_of(values) for axis, values in zip(self.axes, points, strict=True)]
        cells = bins[0] if len(bins) == 1 else bins[1] * self._shape[1] + bins[0]
        size = int(np.prod(self._shape))
        if self._squares is None and np.any(weights != 1.0):
            self.flush_errors()
        if self.is_double or not np.any(weights != 1.0):
            self._contents += np.bincount(cells, weights, size).reshape(self._shape)
        else:  # one after the other, with float's rounding
            single = self._contents.astype(np.float32).ravel()
            np.add.at(single, cells, weights.astype(np.float32))
            self._contents = single.astype(np.float64).reshape(self._shape)
        if self._squares is not None:
            self._squares += np.bincount(cells, weights**2, size).reshape(self._shape)
        inside = np.logical_and.reduce(
            [axis.bins.contains(one) for axis, one in zip(self.axes, bins, strict=True)]
        )
        w = weights[inside]
        sums = [w.sum(), w @ w]
        for values in points:
            x = values[inside]
            sums += [w @ x, w @ (x * x)]
        if len(points) == 2:
            sums.append(w @ (points[0][inside] * points[1][inside]))
        self._moments += sums
        self._entries += len(weights)

    def _rounded(self, contents: Doubles) -> Doubles:
        """Return contents as the bins hold them: TH1F and TH2F in float."""
        return contents if self.is_double else contents.astype(np.float32).astype(np.float64)

    def flush_errors(self) -> Doubles:
        """Return sums of squared weights; if none were kept, so far each weight was 1."""
        if self._squares is None:
            self._squares = np.abs(self._contents)
        return self._squares

    def Sumw2(self, flag: bool = True) -> None:
        self.flush()
        if flag:
            self.flush_errors()
        else:
            self._squares = None

    def GetSumw2N(self) -> int:
        return 0 if self._squares is None else int(self._squares.size)

    def FillRandom(self, function: Any, count: int = 5000, generator: Any = None) -> None:
        """Fill with random points of a function or histogram, or of a function of this name."""
        from tmva_py.pyroot.standin.functions import function_called

        source = (
            function_called(str(function))
            if isinstance(function, str) or hasattr(function, "Data")
            else function
        )
        points = source.random_points(int(count), self.axes)
        self.flush()
        self._add(points, np.ones(int(count)))

    def Reset(self, option: object = "") -> None:
        self._clear(with_squares=self._squares is not None)

    # --- contents -------------------------------------------------------------------------------------

    def GetBinContent(self, *numbers: int) -> float:
        self.flush()
        return float(self._contents[self._place(numbers)])

    def GetBinError(self, *numbers: int) -> float:
        self.flush()
        squares = np.abs(self._contents) if self._squares is None else self._squares
        return float(np.sqrt(squares[self._place(numbers)]))

    def SetBinContent(self, *numbers: Any) -> None:
        self.flush()
        value = float(numbers[-1]) if self.is_double else float(np.float32(numbers[-1]))
        self._contents[self._place(numbers[:-1])] = value
        self._entries += 1
        self._has_moments = False

    def SetBinError(self, *numbers: Any) -> None:
        self.flush()
        self.flush_errors()[self._place(numbers[:-1])] = float(numbers[-1]) ** 2

    def AddBinContent(self, *numbers: Any) -> None:
        self.flush()
        self._contents[self._place(numbers[:-1])] += float(numbers[-1])

    def _place(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        if len(numbers) == 1 and len(self._shape) == 2:
            return tuple(int(one) for one in np.unravel_index(int(numbers[0]), self._shape))
        return tuple(
            min(max(int(one), 0), size - 1) for one, size in zip(reversed(numbers), self._shape, strict=False)
        )

    @property
    def inside(self) -> Doubles:
        """The contents of the bins on the axes."""
        self.flush()
        return self._contents[tuple(slice(1, -1) for _ in self._shape)]

    def GetEntries(self) -> float:
        self.flush()
        return self._entries

    def SetEntries(self, entries: float) -> None:
        self.flush()
        self._entries = float(entries)

    def GetSumOfWeights(self) -> float:
        return float(self.inside.sum())

    def GetEffectiveEntries(self) -> float:
        sums = self._sums()
        return float(sums[0] ** 2 / sums[1]) if sums[1] else 0.0

    def GetMaximum(self, largest: float = 0.0) -> float:
        if "Maximum" in self.attributes:
            return float(self.attribute("Maximum", 0.0))
        return float(self.inside.max())

    def GetMinimum(self, smallest: float = 0.0) -> float:
        if "Minimum" in self.attributes:
            return float(self.attribute("Minimum", 0.0))
        return float(self.inside.min())

    def _sums(self) -> Doubles:
        """Return the moments; from the bins where these were set or changed."""
        self.flush()
        if self._has_moments and self._moments[0] != 0:
            return self._moments
        w = self.inside
        squares = w if self._squares is None else self._squares[tuple(slice(1, -1) for _ in self._shape)]
        sums = [w.sum(), squares.sum()]
        centres = [axis.bins.centres for axis in self.axes]
        grid = [centres[0]] if len(centres) == 1 else [*np.meshgrid(*centres)]
        for x in grid:
            sums += [(w * x).sum(), (w * x * x).sum()]
        if len(grid) == 2:
            sums.append((w * grid[0] * grid[1]).sum())
        return np.array(sums)

    def GetMean(self, axis: int = 1) -> float:
        sums = self._sums()
        return float(sums[2 * axis] / sums[0]) if sums[0] else 0.0

    def GetStdDev(self, axis: int = 1) -> float:
        sums = self._sums()
        if not sums[0]:
            return 0.0
        return float(np.sqrt(abs(sums[2 * axis + 1] / sums[0] - (sums[2 * axis] / sums[0]) ** 2)))

    GetRMS = GetStdDev

    def GetMeanError(self, axis: int = 1) -> float:
        effective = self.GetEffectiveEntries()
        return self.GetStdDev(axis) / float(np.sqrt(effective)) if effective else 0.0
