"""A histogram as scripts hold it: the part of TH1 that they use, pictures included."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tmva_py.booking.graphs.attributes import Axis as DrawnAxis
from tmva_py.booking.graphs.drawing import Drawable, colour, quoted
from tmva_py.booking.output.path_target import PathTarget
from tmva_py.errors import BookingError, missing_extra
from tmva_py.histograms import Axis, Histogram

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class HistogramView(Drawable):
    """``TH1``: contents by bin, counted from 1; bin 0 lies below the axis.

    Parameters
    ----------
    name : str
        The histogram's name.
    histogram : Histogram
        The bins.
    """

    def __init__(self, name: str, histogram: Histogram) -> None:
        super().__init__(name, histogram.title)
        self.histogram = histogram
        self._x_axis = DrawnAxis("xaxis", histogram.axis.title)
        self._y_axis = DrawnAxis("yaxis", histogram.y_title)

    def GetXaxis(self) -> DrawnAxis:
        """Return the x axis."""
        return self._x_axis

    def GetYaxis(self) -> DrawnAxis:
        """Return the y axis."""
        return self._y_axis

    def GetNbinsX(self) -> int:
        """Return the number of bins."""
        return self.histogram.axis.n_bins

    def GetBinContent(self, number: int) -> float:
        """Return a bin's content; what lies outside is in the first and the last one."""
        return float(self.histogram.contents[number])

    def GetBinError(self, number: int) -> float:
        """Return the error of a bin on the axis."""
        return float(self.histogram.errors[number - 1])

    def GetBinLowEdge(self, number: int) -> float:
        """Return a bin's lower edge."""
        return float(self.histogram.axis.edges[number - 1])

    def GetBinCenter(self, number: int) -> float:
        """Return the middle of a bin."""
        return float(self.histogram.axis.centres[number - 1])

    def GetBinWidth(self, number: int) -> float:
        """Return a bin's width."""
        low, high = self.histogram.axis.edges[number - 1 : number + 1]
        return float(high - low)

    def GetBinLabel(self, number: int) -> str:
        """Return a bin's name, empty without one."""
        labels = self.histogram.axis.labels
        return labels[number - 1] if labels else ""

    def GetEntries(self) -> float:
        """Return how often it was filled."""
        return self.histogram.entries

    def GetMean(self) -> float:
        """Return the mean."""
        return self.histogram.mean

    def GetStdDev(self) -> float:
        """Return the standard deviation."""
        return self.histogram.standard_deviation

    GetRMS = GetStdDev

    def GetMaximum(self) -> float:
        """Return the largest content on the axis."""
        return float(self.histogram.values.max())

    def GetMinimum(self) -> float:
        """Return the smallest content on the axis."""
        return float(self.histogram.values.min())

    def GetMaximumBin(self) -> int:
        """Return the number of the bin with the largest content."""
        return int(self.histogram.values.argmax()) + 1

    def Integral(self, first: int = 1, last: int = -1) -> float:
        """Return the sum of contents."""
        return float(self.histogram.contents[first : (self.GetNbinsX() if last < 0 else last) + 1].sum())

    def ClassName(self) -> str:
        """Return the name of ROOT's class."""
        return "TH1D" if self.histogram.is_double else "TH1F"

    def parts(self) -> Sequence[HistogramView]:
        """Return the histogram itself."""
        return [self]

    def figure(self) -> Figure:
        """Return the picture."""
        return draw_histograms([self], self)

    def __array__(self, dtype: Any = None, copy: Any = None) -> npt.NDArray[np.float64]:
        return np.array(self.histogram.values, dtype=dtype, copy=True)

    def macro(self, function: str) -> str:
        """Return a macro of ROOT that draws it."""
        return histogram_macro(function, self.parts(), self.title)

    def _save_root(self, path: Path) -> None:
        save_histograms(self.parts(), path)


class HistogramCanvas(Drawable):
    """Several histograms in one picture."""

    def __init__(self, name: str, histograms: Sequence[HistogramView], title: str) -> None:
        super().__init__(name, title)
        self.histograms = list(histograms)

    def parts(self) -> Sequence[HistogramView]:
        """Return the histograms."""
        return self.histograms

    def figure(self) -> Figure:
        """Return the picture."""
        return draw_histograms(self.histograms, self.histograms[0], self.title)

    def Update(self) -> None:
        """Do nothing: a picture is made when it is saved or shown."""

    def macro(self, function: str) -> str:
        """Return a macro of ROOT that draws it."""
        return histogram_macro(function, self.parts(), self.title)

    def _save_root(self, path: Path) -> None:
        save_histograms(self.parts(), path)


def draw_histograms(histograms: Sequence[HistogramView], frame: HistogramView, title: str = "") -> Figure:
    """Return a picture of histograms as steps."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        error = missing_extra("matplotlib", "plot", "to draw histograms")
        raise error from None
    figure = Figure(figsize=(7.0, 5.0), layout="constrained")
    axes: Any = figure.add_subplot()
    for number, one in enumerate(histograms):
        shown = colour(int(one.attribute("LineColor", (4, 2, 3, 6, 7)[number % 5])))
        axes.stairs(one.histogram.values, one.histogram.axis.edges, color=shown, label=one.title)
    labels = frame.histogram.axis.labels
    if labels:
        axes.set_xticks(frame.histogram.axis.centres, labels, rotation=30, ha="right")
    x_axis, y_axis = frame.GetXaxis(), frame.GetYaxis()
    axes.set(title=title or frame.title, xlabel=x_axis.title, ylabel=y_axis.title)
    if x_axis.range():
        axes.set_xlim(x_axis.range())
    if len(histograms) > 1:
        axes.legend()
    return figure


def histogram_macro(function: str, histograms: Sequence[HistogramView], title: str) -> str:
    """Return a macro of ROOT that draws histograms."""
    name = "".join(one if one.isalnum() else "_" for one in function)
    lines = ["{", f"   auto canvas = new TCanvas({quoted(name)}, {quoted(title)}, 700, 500);"]
    for number, one in enumerate(histograms):
        axis, made = one.histogram.axis, f"h{number}"
        bins = f"{axis.n_bins}, {float(axis.minimum)!r}, {float(axis.maximum)!r}"
        lines.append(
            f"   auto {made} = new {one.ClassName()}({quoted(one.name)}, {quoted(one.title)}, {bins});"
        )
        contents = one.histogram.contents.tolist()
        lines += [f"   {made}->SetBinContent({at}, {value!r});" for at, value in enumerate(contents) if value]
        lines += [
            f"   {made}->SetLineColor({number + 1});",
            f'   {made}->Draw("hist{" same" * (number > 0)}");',
        ]
    return "\n".join([*lines, "}"]) + "\n"


def save_histograms(histograms: Sequence[HistogramView], path: Path) -> None:
    """Write histograms into a ROOT file."""
    PathTarget(path, "").write({one.name: one.histogram for one in histograms})


def histogram_of(given: Any, what: str) -> Histogram:
    """Return a histogram of ours, PyROOT's or uproot's.

    Raises
    ------
    BookingError
        It is none.
    """
    if isinstance(given, Histogram):
        return given
    if isinstance(given, HistogramView):
        return given.histogram
    if hasattr(given, "GetNbinsX") and hasattr(given, "GetXaxis"):
        count = int(given.GetNbinsX())
        axis = Axis(count, float(given.GetXaxis().GetXmin()), float(given.GetXaxis().GetXmax()))
        return Histogram.of_values(axis, [given.GetBinContent(number) for number in range(1, count + 1)])
    if hasattr(given, "values") and hasattr(given, "axis"):
        edges = np.asarray(given.axis().edges(), dtype=np.float64)
        return Histogram.of_values(Axis(len(edges) - 1, float(edges[0]), float(edges[-1])), given.values())
    message = f"{what}: expected a histogram of PyROOT, uproot or tmva_py, got {type(given).__name__}"
    raise BookingError(message)
