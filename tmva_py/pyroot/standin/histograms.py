"""``TH1``, ``TH2`` and their kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.histograms import Axis, Histogram, Histogram2D
from tmva_py.pyroot.standin.axes import TAxis
from tmva_py.pyroot.standin.histogram_arithmetic import Histogram as DrawnHistogram
from tmva_py.pyroot.standin.histogram_base import Doubles
from tmva_py.pyroot.standin.missing import needs_root
from tmva_py.pyroot.standin.painting import colour_of, line_style, shown_text
from tmva_py.pyroot.standin.random_numbers import gRandom


class TH1(DrawnHistogram):
    """A histogram of one quantity."""

    def __init__(self, name: object = "", title: object = "", *binning: Any) -> None:
        axis, _ = TAxis.of(binning)
        super().__init__(name, title, (axis,))

    def Fill(self, value: Any, weight: float = 1.0) -> int:
        """Fill a value, or the bin of a label."""
        if isinstance(value, str):
            labels = self.axes[0].bins.labels
            value = self.axes[0].GetBinCenter(labels.index(value) + 1 if value in labels else 0)
        return self._fill_one(value, weight)

    def FillN(self, count: int, values: Any, weights: Any = None, stride: int = 1) -> None:
        x = np.array(values[:count], np.float64)
        w = np.ones(len(x)) if weights is None else np.array(weights[:count], np.float64)
        self.flush()
        if len(x):
            self._add(x.reshape(1, -1), w)

    def GetBinContent(self, *numbers: int) -> float:
        if self._waiting:
            self.flush()
        contents = self._contents
        return float(contents[min(max(int(numbers[0]), 0), len(contents) - 1)])

    def GetBinCenter(self, number: int) -> float:
        return self.axes[0].GetBinCenter(number)

    def GetBinLowEdge(self, number: int) -> float:
        return self.axes[0].GetBinLowEdge(number)

    def GetBinWidth(self, number: int) -> float:
        return self.axes[0].GetBinWidth(number)

    def FindBin(self, value: float) -> int:
        return self.axes[0].FindBin(value)

    FindFixBin = FindBin

    def GetBin(self, number: int, *more: int) -> int:
        return number

    def GetMaximumBin(self) -> int:
        return int(np.argmax(self.inside)) + 1

    def GetMinimumBin(self) -> int:
        return int(np.argmin(self.inside)) + 1

    def Integral(self, first: Any = 1, last: Any = -1, option: object = "") -> float:
        """Return the sum of contents from bin to bin, or with ``"width"`` the area."""
        if isinstance(first, str):
            first, option = 1, first
        self.flush()
        n_bins = self.axes[0].bins.n_bins
        stop = n_bins if last < 0 or (last < first) else int(last)
        part = slice(max(int(first), 0), stop + 1)
        widths = np.ones(n_bins + 2)
        if "width" in str(option):
            widths[1:-1] = np.diff(self.axes[0].bins.edges)
        return float((self._contents * widths)[part].sum())

    def IntegralAndError(self, first: int, last: int, error: Any, option: object = "") -> float:
        call = "TH1.IntegralAndError"
        raise needs_root(call)

    def GetCumulative(self, forward: bool = True, suffix: object = "_cumulative") -> Any:
        other = self.Clone(f"{self.name}{suffix}")
        sums = np.cumsum(self.inside) if forward else np.cumsum(self.inside[::-1])[::-1]
        other._contents[1:-1] = sums
        other._has_moments = False
        return other

    def GetRandom(self, *more: Any) -> float:
        return float(self.random_points(1, self.axes)[0, 0])

    def random_points(self, count: int, axes: Any) -> Doubles:
        """Return values as this histogram has them, evenly within each bin."""
        sums = np.concatenate([[0.0], np.cumsum(self.inside)])
        draws = gRandom.uniforms(count) * sums[-1]
        return np.asarray(np.interp(draws, sums, self.axes[0].bins.edges)).reshape(1, -1)

    def Rebin(self, group: int = 2, name: object = "", edges: Any = None) -> Any:
        """Join bins, a number together or between edges; with a name a copy is changed."""
        other = self.Clone(name) if str(name) else self
        other.flush()
        old = self.axes[0].bins
        if edges is not None:
            fresh = Axis.of_edges(np.array(edges[: group + 1], np.float64))
        else:
            n_bins = old.n_bins // group
            fresh = Axis(n_bins, old.minimum, float(old.edges[n_bins * group]))
        places = np.concatenate([[0], fresh.bins_of(old.centres), [fresh.n_bins + 1]])
        for one in ("_contents", "_squares"):
            values = getattr(other, one)
            if values is not None:
                setattr(other, one, np.bincount(places, values, fresh.n_bins + 2))
        title = other.axes[0].title
        other.axes = (TAxis(fresh),)
        other.axes[0].title = title
        other._shape = (fresh.n_bins + 2,)
        return other

    def paint(self, axes: Any, option: str, handles: dict[int, Any]) -> None:
        """Draw it: points with errors, or steps."""
        if "axis" in option:
            return
        edges, label = self.axes[0].bins.edges, shown_text(self.title)
        if "e" in option.replace("same", "") or "p" in option:
            errors = [self.GetBinError(number) for number in range(1, len(edges))]
            style = {"fmt": "o", "markersize": 3, "color": colour_of(self, "MarkerColor", "LineColor")}
            centres = self.axes[0].bins.centres
            handles[id(self)] = axes.errorbar(centres, self.inside, yerr=errors, label=label, **style)
            return
        if self.attribute("FillColor", 0):
            axes.stairs(self.inside, edges, fill=True, color=colour_of(self, "FillColor"), alpha=0.5)
        handles[id(self)] = axes.stairs(self.inside, edges, label=label, **line_style(self))

    def GetArray(self) -> Doubles:
        self.flush()
        return self._contents

    def __getitem__(self, number: int) -> float:
        return self.GetBinContent(number)

    def __len__(self) -> int:
        return self.axes[0].bins.n_bins + 2

    def __bool__(self) -> bool:
        return True

    def __file_object__(self) -> Histogram:
        """Return what is written into a file."""
        self.flush()
        return Histogram(
            self.axes[0].as_written(),
            self._contents,
            self._squares,
            self._entries,
            tuple(self._moments.tolist()) if self._has_moments else (0.0,) * 4,
            self.title,
            self.y_title.title,
            self.is_double,
        )


class TH1F(TH1):
    pass


class TH1D(TH1):
    is_double = True


class TH1I(TH1):
    pass


class TH2(DrawnHistogram):
    """A histogram of two quantities."""

    def __init__(self, name: object = "", title: object = "", *binning: Any) -> None:
        x_axis, rest = TAxis.of(binning)
        y_axis, _ = TAxis.of(rest, "yaxis")
        super().__init__(name, title, (x_axis, y_axis))
        self._z_axis = TAxis(Axis(1, 0.0, 1.0), "zaxis")

    def Fill(self, x: float, y: float, weight: float = 1.0) -> int:
        return self._fill_one(x, y, weight)

    def FillN(self, count: int, x: Any, y: Any, weights: Any = None, stride: int = 1) -> None:
        points = np.array([x[:count], y[:count]], np.float64)
        self.flush()
        if points.size:
            self._add(points, np.ones(points.shape[1]) if weights is None else np.array(weights[:count]))

    def GetZaxis(self) -> TAxis:
        return self._z_axis

    def GetBin(self, x: int, y: int = 0, z: int = 0) -> int:
        return y * self._shape[1] + x

    def FindBin(self, x: float, y: float = 0.0, z: float = 0.0) -> int:
        return self.GetBin(self.axes[0].FindBin(x), self.axes[1].FindBin(y))

    def Integral(self, *arguments: Any) -> float:
        self.flush()
        if len(arguments) >= 4:
            x1, x2, y1, y2 = (int(one) for one in arguments[:4])
            return float(self._contents[y1 : y2 + 1, x1 : x2 + 1].sum())
        return float(self.inside.sum())

    def GetCovariance(self) -> float:
        w, _, x, _, y, _, xy = self._sums()
        return float(xy / w - x / w * y / w) if w else 0.0

    def GetCorrelationFactor(self, first: int = 1, second: int = 2) -> float:
        spread = self.GetStdDev(1) * self.GetStdDev(2)
        return self.GetCovariance() / spread if spread else 0.0

    def ProjectionX(self, name: object = "_px", first: int = 0, last: int = -1, *more: Any) -> TH1D:
        return self._projection(0, str(name), first, last)

    def ProjectionY(self, name: object = "_py", first: int = 0, last: int = -1, *more: Any) -> TH1D:
        return self._projection(1, str(name), first, last)

    def _projection(self, kept: int, name: str, first: int, last: int) -> TH1D:
        self.flush()
        axis, size = self.axes[kept].bins, self._shape[kept]
        part = slice(first, size if last < first else last + 1)
        made = TH1D(
            name if not name.startswith("_") else self.name + name, self.title, axis.n_bins, axis.edges
        )
        made.axes[0].title = self.axes[kept].title
        made._contents = self._contents[part].sum(0) if kept == 0 else self._contents[:, part].sum(1)
        if self._squares is not None:
            made._squares = self._squares[part].sum(0) if kept == 0 else self._squares[:, part].sum(1)
        made._entries = self._entries
        made._has_moments = False
        return made

    def random_points(self, count: int, axes: Any) -> Doubles:
        """Return points as this histogram has them."""
        cells = np.concatenate([[0.0], np.cumsum(self.inside.ravel())])
        found = np.searchsorted(cells, gRandom.uniforms(count) * cells[-1]) - 1
        rows, columns = np.unravel_index(np.maximum(found, 0), self.inside.shape)
        points = []
        for axis, places in zip(self.axes, (columns, rows), strict=True):
            edges = axis.bins.edges
            points.append(edges[places] + gRandom.uniforms(count) * np.diff(edges)[places])
        return np.array(points)

    def paint(self, axes: Any, option: str, handles: dict[int, Any]) -> None:
        """Draw it in colours."""
        x, y = (axis.bins.edges for axis in self.axes)
        handles[id(self)] = axes.pcolormesh(x, y, self.inside)

    def __file_object__(self) -> Histogram2D:
        """Return what is written into a file."""
        self.flush()
        return Histogram2D(
            self.axes[0].as_written(),
            self.axes[1].as_written(),
            self._contents,
            self._squares,
            self._entries,
            tuple(self._moments.tolist()) if self._has_moments else (0.0,) * 7,
            self.title,
        )


class TH2F(TH2):
    pass


class TH2D(TH2):
    is_double = True


class TH2I(TH2):
    pass


def of_file(one: Any, kind: str) -> Any:
    """Return a histogram that uproot has read."""
    from tmva_py.pyroot.standin.session import session

    classes = {"TH1F": TH1F, "TH1D": TH1D, "TH1I": TH1I, "TH2F": TH2F, "TH2D": TH2D, "TH2I": TH2I}
    cls = classes.get(kind)
    if cls is None:
        call = f"reading a {kind}"
        raise needs_root(call)
    names = ("x", "y")[: 2 if kind.startswith("TH2") else 1]
    binning: list[Any] = []
    for name in names:
        axis = one.axis(name)
        edges = np.asarray(axis.edges(), np.float64)
        is_equal = not len(axis.member("fXbins"))
        binning += (
            [len(edges) - 1, float(edges[0]), float(edges[-1])] if is_equal else [len(edges) - 1, edges]
        )
    before, session().adds_histograms = session().adds_histograms, False
    try:
        made: Any = cls(one.member("fName"), one.member("fTitle"), *binning)
    finally:
        session().adds_histograms = before
    made.is_made_here = False
    for axis, name in zip(made.axes, names, strict=True):
        axis.title = str(one.axis(name).member("fTitle") or "")
    if len(names) == 1:
        made.y_title.title = str(one.member("fYaxis").member("fTitle") or "")
    contents = np.asarray(one.values(flow=True), np.float64)
    made._contents = contents if len(names) == 1 else contents.T.copy()
    squares = np.asarray(one.member("fSumw2"), np.float64)
    made._squares = squares.reshape(made._shape) if len(squares) else None
    made._entries = float(one.member("fEntries"))
    sums = ["fTsumw", "fTsumw2", "fTsumwx", "fTsumwx2"] + (
        ["fTsumwy", "fTsumwy2", "fTsumwxy"] if len(names) == 2 else []
    )
    made._moments = np.array([float(one.member(name)) for name in sums])
    made._has_moments = bool(made._moments[0])
    return made
