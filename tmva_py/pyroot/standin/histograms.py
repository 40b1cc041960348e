"""``TH1``, ``TH2`` and their kin."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from tmva_py.histograms import Axis, Histogram, Histogram2D, smooth
from tmva_py.pyroot.standin.axes import TAxis
from tmva_py.pyroot.standin.histogram_arithmetic import Histogram as DrawnHistogram
from tmva_py.pyroot.standin.histogram_base import Doubles
from tmva_py.pyroot.standin.messages import Warning
from tmva_py.pyroot.standin.missing import needs_root
from tmva_py.pyroot.standin.painting import colour_of, line_style, shown_text
from tmva_py.pyroot.standin.random_numbers import gRandom
from tmva_py.pyroot.standin.references import put
from tmva_py.pyroot.standin.sampling import places_of, spread, table_of


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

    def Integral(self, *arguments: Any) -> float:
        """Return the sum of contents, ``()`` or ``(first, last)``; with ``"width"`` the area."""
        return self._integral(arguments, None)

    def IntegralAndError(self, first: int, last: int, error: Any, option: object = "") -> float:
        """Return the sum of contents from bin to bin, and write its error into a number."""
        return self._integral((first, last, option), error)

    def _integral(self, arguments: tuple[Any, ...], error: Any) -> float:
        option = next((str(one) for one in arguments if isinstance(one, str)), "")
        numbers = [int(one) for one in arguments if not isinstance(one, str)]
        first, last = numbers[:2] if len(numbers) >= 2 else self.axes[0].shown_bins
        first = max(first, 0)
        stop = self._shape[0] if last >= self._shape[0] or last < first else last + 1
        widths = np.ones(stop - first)
        if "width" in option.lower():
            widths = np.array([self.GetBinWidth(number) for number in range(first, stop)])
        if error is not None:
            put(error, float(np.sqrt((self.squares_with_flow()[first:stop] * widths**2).sum())))
        return float((self.contents_with_flow()[first:stop] * widths).sum())

    def Interpolate(self, x: float) -> float:
        """Return the content between the centres of two bins."""
        return float(np.interp(x, self.axes[0].bins.centres, self.inside))

    def FindFirstBinAbove(self, threshold: float = 0.0, axis: int = 1, first: int = 1, last: int = -1) -> int:
        return self._bins_above(threshold, first, last, 0)

    def FindLastBinAbove(self, threshold: float = 0.0, axis: int = 1, first: int = 1, last: int = -1) -> int:
        return self._bins_above(threshold, first, last, -1)

    def _bins_above(self, threshold: float, first: int, last: int, which: int) -> int:
        begin = max(first, 1)
        stop = self._shape[0] - 1 if last < 0 else last + 1
        found = np.flatnonzero(self.contents_with_flow()[begin:stop] > threshold)
        return int(found[which]) + begin if len(found) else -1

    def GetQuantiles(self, count: int, values: Any, probabilities: Any = None) -> int:
        """Write where the integral reaches some probabilities; of the bins' edges, if none are given."""
        sums, edges = table_of(self._not_negative(), self.name), self.axes[0].bins.edges
        wanted = sums if probabilities is None else np.array(probabilities[:count], np.float64)
        places = places_of(sums, wanted)
        steps = np.diff(sums)[places]
        parts = np.divide(wanted - sums[places], steps, out=np.zeros(len(wanted)), where=steps > 0)
        for place, value in enumerate(edges[places] + np.diff(edges)[places] * parts):
            values[place] = value
        return len(wanted)

    def Smooth(self, times: int = 1, option: object = "") -> None:
        """Smooth the contents."""
        self.flush()
        first, last = self.axes[0].shown_bins if "R" in str(option).upper() else (1, self._shape[0] - 2)
        part = slice(first, last + 1)
        self._contents[part] = self._rounded(smooth(self._contents[part], times))

    def GetCumulative(self, forward: bool = True, suffix: object = "_cumulative") -> Any:
        """Return the histogram of the sums of contents up to each bin, or from each bin on."""
        other = self.Clone(f"{self.name}{suffix}")
        other.Reset()
        order = slice(None) if forward else slice(None, None, -1)
        other._contents[1:-1] = other._rounded(np.cumsum(self.inside[order])[order])
        if self._squares is not None:
            other._squares[1:-1] = np.cumsum(self._squares[1:-1][order])[order]
        other._has_moments = False
        return other

    def GetRandom(self, generator: Any = None, *more: Any) -> float:
        """Draw a value as this histogram has them, evenly within each bin."""
        return float(self.draw(1, generator or gRandom)[0, 0])

    def draw(self, count: int, generator: Any) -> Doubles:
        """Return values as this histogram has them, one by one."""
        sums, edges = table_of(self._not_negative(), self.name), self.axes[0].bins.edges
        draws = generator.uniforms(count)
        places = places_of(sums, draws)
        return (edges[places] + np.diff(edges)[places] * spread(sums, places, draws)).reshape(1, -1)

    def Rebin(self, group: int = 2, name: object = "", edges: Any = None) -> Any:
        """Join bins, a number together or between edges; with a name a copy is changed."""
        other = self.Clone(name) if str(name) else self
        other.flush()
        old = self.axes[0].bins
        if edges is not None:
            fresh = Axis.of_edges(np.array(edges[: group + 1], np.float64))
        else:
            n_bins = old.n_bins // group
            if n_bins * group != old.n_bins:
                Warning(
                    f"{type(self).__name__}::Rebin",
                    f"ngroup={group} is not an exact divider of nbins={old.n_bins}.",
                )
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
        # Bins that are now above the axis, as in ROOT, count no longer.
        other._has_moments &= edges is not None or old.n_bins % group == 0
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

    def __iter__(self) -> Iterator[float]:
        return iter(self.contents_with_flow().tolist())

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
    is_whole = True


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
        """Return the sum of contents, ``()`` or ``(x1, x2, y1, y2)``; with ``"width"`` the volume."""
        option = next((str(one) for one in arguments if isinstance(one, str)), "")
        numbers = [int(one) for one in arguments if not isinstance(one, str)]
        ends = [one for axis in self.axes for one in axis.shown_bins] if len(numbers) < 4 else numbers[:4]
        parts = []
        for place, axis in enumerate(self.axes):
            first, last, size = max(ends[2 * place], 0), ends[2 * place + 1], axis.bins.n_bins + 2
            parts.append(range(first, size if last >= size or last < first else last + 1))
        contents = self.contents_with_flow()[np.ix_(parts[1], parts[0])]
        if "width" in option.lower():
            widths = [
                [axis.GetBinWidth(number) for number in part]
                for axis, part in zip(self.axes, parts, strict=True)
            ]
            contents = contents * np.outer(widths[1], widths[0])
        return float(contents.sum())

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

    def draw(self, count: int, generator: Any) -> Doubles:
        """Return points as this histogram has them."""
        sums = table_of(self._not_negative(), self.name)
        draws = generator.uniforms(2 * count).reshape(count, 2).T
        places = places_of(sums, draws[0])
        rows, columns = np.divmod(places, self.inside.shape[1])
        x, y = (axis.bins.edges for axis in self.axes)
        return np.array(
            [
                x[columns] + np.diff(x)[columns] * spread(sums, places, draws[0]),
                y[rows] + np.diff(y)[rows] * draws[1],
            ]
        )

    def GetRandom2(self, x: Any, y: Any, generator: Any = None) -> None:
        """Draw a point as this histogram has them."""
        points = self.draw(1, generator or gRandom)
        put(x, float(points[0, 0]))
        put(y, float(points[1, 0]))

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
    is_whole = True


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
        labels = one.axis(name).labels()
        if labels:
            axis.bins = dataclasses.replace(axis.bins, labels=tuple(map(str, labels)))
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
