"""What histograms of one and of two quantities have in common."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError
from tmva_py.pyroot.standin.axes import TAxis
from tmva_py.pyroot.standin.belongings import InDirectory
from tmva_py.pyroot.standin.objects import TNamed
from tmva_py.pyroot.standin.pads import draw_on_pad
from tmva_py.pyroot.standin.session import session

Doubles = npt.NDArray[np.float64]
_MOST_WAITING = 10_000
# What a bin of whole numbers holds at most.
_LARGEST = 2**31 - 1


class HistogramBase(InDirectory, TNamed):
    """Sums of weights in bins; what is filled one by one waits, and is sorted into bins together."""

    is_made_here = True
    is_double = False
    is_whole = False
    axes: tuple[TAxis, ...]

    def __init__(self, name: object, title: object, axes: tuple[TAxis, ...]) -> None:
        super().__init__(str(name), "")
        self.axes = axes
        self.y_title = TAxis(axes[0].bins, "yaxis") if len(axes) == 1 else axes[1]
        self.y_title.title = ""
        self.SetTitle(title)
        self._shape = tuple(axis.bins.n_bins + 2 for axis in reversed(axes))
        self._waiting: list[tuple[float, ...]] = []
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

    def __str__(self) -> str:
        return f"{super().__str__()} NbinsX: {self.GetNbinsX()}"

    # --- names ----------------------------------------------------------------------------------------

    def SetTitle(self, title: object) -> None:
        """Set the title; those of the axes may follow it, separated by semicolons."""
        own, *axes = str(title).split(";")
        self.title = own
        shown = (*self.axes, self.y_title) if len(self.axes) == 1 else self.axes
        for axis, text in zip(shown, axes, strict=False):
            axis.title = text

    def GetXaxis(self) -> TAxis:
        return self.axes[0]

    def GetYaxis(self) -> TAxis:
        return self.y_title

    def GetDimension(self) -> int:
        return len(self.axes)

    def GetNcells(self) -> int:
        return int(np.prod(self._shape))

    GetSize = GetNcells

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
        """Fill coordinates with a weight; return the bin, -1 for one that is not on the axes."""
        self._waiting.append(values)
        if len(self._waiting) >= _MOST_WAITING:
            self.flush()
        cell, step = 0, 1
        for axis, value in zip(self.axes, values, strict=False):
            bins = axis.bins
            number = bins.bin_of(value)
            if not 0 < number <= bins.n_bins:
                return -1
            cell += step * number
            step *= bins.n_bins + 2
        return cell

    def _add(self, points: Doubles, weights: Doubles) -> None:
        bins = [axis.bins.bins_of(values) for axis, values in zip(self.axes, points, strict=True)]
        cells = bins[0] if len(bins) == 1 else bins[1] * self._shape[1] + bins[0]
        if self._squares is None and np.any(weights != 1.0):
            self.flush_errors()
        self._add_to_cells(cells, weights)
        if self._squares is not None:
            np.add.at(self._squares.reshape(-1), cells, weights * weights)
        inside = np.logical_and.reduce(
            [axis.bins.contains(one) for axis, one in zip(self.axes, bins, strict=True)]
        )
        w = weights[inside]
        terms = [w, w * w]
        for values in points:
            x = values[inside]
            terms += [w * x, w * x * x]
        if len(points) == 2:
            terms.append(w * points[0][inside] * points[1][inside])
        # One after the other, as ROOT adds them.
        before = self._moments[:, None]
        self._moments = np.add.accumulate(np.hstack([before, np.array(terms)]), axis=1)[:, -1].copy()
        self._entries += len(weights)

    def _add_to_cells(self, cells: npt.NDArray[np.int64], weights: Doubles) -> None:
        """Add weights to contents, one after the other and rounded as the class has them."""
        held = self._contents.reshape(-1)
        if self.is_double:
            np.add.at(held, cells, weights)
        elif self.is_whole:
            np.add.at(held, cells, np.trunc(weights))
            np.clip(held, -_LARGEST, _LARGEST, out=held)
        elif not np.any(weights != 1.0):
            held += np.bincount(cells, minlength=held.size)
        else:
            single = held.astype(np.float32)
            np.add.at(single, cells, weights.astype(np.float32))
            held[:] = single

    def add_entries(self, first: int, counts: Doubles) -> None:
        """Add whole numbers of entries to bins that follow one another."""
        self.flush()
        self._contents[first : first + len(counts)] += counts
        if self._squares is not None:
            self._squares[first : first + len(counts)] += counts

    def _rounded(self, contents: Doubles) -> Doubles:
        """Return contents as the bins hold them: TH1F and TH2F in float, TH1I and TH2I whole."""
        if self.is_whole:
            return np.clip(np.trunc(contents), -_LARGEST, _LARGEST)
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

    def FillRandom(self, source: Any, count: int = 5000, generator: Any = None) -> None:
        """Fill with random points of a function or histogram, or of a function of this name."""
        from tmva_py.pyroot.standin.functions import function_called
        from tmva_py.pyroot.standin.random_numbers import gRandom
        from tmva_py.pyroot.standin.sampling import fill_as

        draws = generator or gRandom
        self.flush()
        if isinstance(source, HistogramBase):
            if len(self.axes) == 1 and fill_as(self, source, int(count), draws):
                return
            # As in ROOT, which forgets the generator here.
            points = source.draw(int(count), gRandom if len(self.axes) == 1 else draws)
        else:
            is_name = isinstance(source, str) or hasattr(source, "Data")
            function = function_called(str(source)) if is_name else source
            points = function.random_points(int(count), self.axes, draws)
        self._add(points, np.ones(int(count)))

    def draw(self, count: int, generator: Any) -> Doubles:
        """Return points as this histogram has them."""
        raise NotImplementedError

    def _not_negative(self) -> Doubles:
        """Return the contents of the bins on the axes, from which numbers are drawn."""
        if np.any(self.inside < 0):
            message = f"{self.name!r} has bins below 0: nothing can be drawn from it"
            raise DataError(message)
        return self.inside.ravel()

    def Reset(self, option: object = "") -> None:
        self._clear(with_squares=self._squares is not None)

    # --- contents -------------------------------------------------------------------------------------

    def GetBinContent(self, *numbers: int) -> float:
        self.flush()
        return float(self._contents[self._place(numbers)])

    def GetBinError(self, *numbers: int) -> float:
        return float(np.sqrt(self.squares_with_flow()[self._place(numbers)]))

    GetBinErrorLow = GetBinErrorUp = GetBinError

    def SetBinContent(self, *numbers: Any) -> None:
        self.flush()
        self._contents[self._place(numbers[:-1])] = self._rounded(np.array(float(numbers[-1])))
        self._entries += 1
        self._has_moments = False

    def SetBinError(self, *numbers: Any) -> None:
        self.flush()
        self.flush_errors()[self._place(numbers[:-1])] = float(numbers[-1]) ** 2

    def AddBinContent(self, *numbers: Any) -> None:
        self.flush()
        place = self._place(numbers[:-1])
        held = np.array(float(numbers[-1]))
        self._contents[place] = self._rounded(self._contents[place] + self._rounded(held))

    def _place(self, numbers: tuple[int, ...]) -> tuple[int, ...]:
        if len(numbers) == 1 and len(self._shape) == 2:
            return tuple(int(one) for one in np.unravel_index(int(numbers[0]), self._shape))
        return tuple(
            min(max(int(one), 0), size - 1) for one, size in zip(reversed(numbers), self._shape, strict=False)
        )

    @property
    def shown_part(self) -> tuple[slice, ...]:
        """Where the bins of the axes' ranges are; all that are on the axes, unless a script set a range."""
        ends = [axis.shown_bins for axis in reversed(self.axes)]
        return tuple(slice(first, last + 1) for first, last in ends)

    @property
    def shown(self) -> Doubles:
        """The contents of the bins of the axes' ranges."""
        self.flush()
        return self._contents[self.shown_part]

    def contents_with_flow(self) -> Doubles:
        """Return the contents of all bins, those below and above the axes too."""
        self.flush()
        return self._contents

    def squares_with_flow(self) -> Doubles:
        """Return the squared errors of all bins, those below and above the axes too."""
        self.flush()
        return np.abs(self._contents) if self._squares is None else self._squares

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

    def GetSum(self) -> float:
        """Return the sum of all bins, those beyond the axes included."""
        self.flush()
        return float(self._contents.sum())

    def GetSumOfWeights(self) -> float:
        return float(self.inside.sum())
