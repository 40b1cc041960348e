"""Objects of an output file before they are written: what ROOT's class, title and axes will be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tmva_py.evaluation import Axis, FilledHistogram, FilledHistogram2D, FilledProfile

Doubles = npt.NDArray[np.float64]
NO_ERRORS = np.zeros(0)
NO_LIMIT = -1111.0
"""ROOT's mark for a histogram whose drawn range is not set."""


class RootObject(Protocol):
    """Something that can be put into a ROOT file."""

    def to_uproot(self, name: str) -> Any:
        """Return what uproot writes under a name."""


@dataclass(frozen=True)
class Text:
    """A TObjString."""

    text: str

    def to_uproot(self, name: str) -> Any:  # noqa: ARG002 - a TObjString has no name of its own
        """Return the text; uproot makes a TObjString of it."""
        return self.text


@dataclass(frozen=True)
class Later:
    """An object that is made when the file is written, and again at the next time.

    Scatter plots have 90000 cells, and there are many of them: their events need less memory.
    """

    make: Callable[[], RootObject]

    def to_uproot(self, name: str) -> Any:
        """Make the object and return what uproot writes."""
        return self.make().to_uproot(name)


@dataclass(frozen=True)
class Histogram1D:
    """A TH1F, or a TH1D if `is_double`."""

    histogram: FilledHistogram
    title: str
    x_title: str = ""
    y_title: str = ""
    is_double: bool = False

    def to_uproot(self, name: str) -> Any:
        """Return a TH1F or TH1D."""
        from uproot.writing import identify

        filled = self.histogram
        w, w2, wx, wx2 = filled.moments
        return identify.to_TH1x(
            fName=name,
            fTitle=self.title,
            data=filled.contents.astype(np.float64 if self.is_double else np.float32),
            fEntries=filled.entries,
            fTsumw=w,
            fTsumw2=w2,
            fTsumwx=wx,
            fTsumwx2=wx2,
            fSumw2=_errors(filled.variances),
            fXaxis=_axis("xaxis", filled.axis, self.x_title),
            fYaxis=_axis("yaxis", Axis(1, 0.0, 1.0), self.y_title),
        )


@dataclass(frozen=True)
class Histogram2D:
    """A TH2F."""

    histogram: FilledHistogram2D
    title: str
    x_title: str = ""
    y_title: str = ""

    def to_uproot(self, name: str) -> Any:
        """Return a TH2F."""
        filled = self.histogram
        return _th2f(
            name,
            self.title,
            filled,
            _axis("xaxis", filled.x_axis, self.x_title),
            _axis("yaxis", filled.y_axis, self.y_title),
        )


@dataclass(frozen=True)
class LabelledMatrix:
    """A TH2F of a square matrix whose bins have labels; empty of errors and moments as one set by hand."""

    values: Doubles
    labels: Sequence[str]
    title: str
    minimum: float
    maximum: float

    def to_uproot(self, name: str) -> Any:
        """Return a TH2F."""
        from uproot.writing import identify

        size = len(self.labels)
        axis = Axis(size, 0.0, float(size))
        contents = np.pad(self.values, 1)
        filled = FilledHistogram2D(
            axis, axis, contents, None, float(size * size), (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        )

        def labelled(axis_name: str) -> Any:
            labels = identify.to_THashList([_label(text, i + 1) for i, text in enumerate(self.labels)])
            return identify.to_TAxis(
                fName=axis_name, fTitle="", fNbins=size, fXmin=0.0, fXmax=float(size), fLabels=labels
            )

        x_axis, y_axis = labelled("xaxis"), labelled("yaxis")
        return _th2f(name, self.title, filled, x_axis, y_axis, self.minimum, self.maximum)


@dataclass(frozen=True)
class Profile:
    """A TProfile with errors of the mean."""

    profile: FilledProfile
    title: str
    x_title: str = ""
    y_title: str = ""

    def to_uproot(self, name: str) -> Any:
        """Return a TProfile."""
        from uproot.writing import identify

        filled = self.profile
        w, w2, wx, wx2, wy, wy2 = filled.moments
        return identify.to_TProfile(
            fName=name,
            fTitle=self.title,
            data=filled.sums,
            fEntries=filled.entries,
            fTsumw=w,
            fTsumw2=w2,
            fTsumwx=wx,
            fTsumwx2=wx2,
            fTsumwy=wy,
            fTsumwy2=wy2,
            fSumw2=filled.squares,
            fBinEntries=filled.weights,
            fBinSumw2=_errors(filled.squared_weights),
            fXaxis=_axis("xaxis", filled.axis, self.x_title),
            fYaxis=_axis("yaxis", Axis(1, 0.0, 1.0), self.y_title),
        )


@dataclass(frozen=True)
class Graph:
    """A TGraph."""

    x: Doubles
    y: Doubles
    title: str

    def to_uproot(self, name: str) -> Any:  # noqa: ARG002 - uproot names it by the key
        """Return a TGraph."""
        from uproot.writing.interpret import _as_TGraph

        graph = _as_TGraph(
            np.ascontiguousarray(self.x), np.ascontiguousarray(self.y), minY=NO_LIMIT, maxY=NO_LIMIT
        )
        # Not by its argument, which adds the axes' titles behind semicolons.
        graph._bases[0]._members["fTitle"] = self.title
        return graph


def _errors(variances: Doubles | None) -> Doubles:
    return NO_ERRORS if variances is None else variances.ravel()


def _axis(name: str, axis: Axis, title: str) -> Any:
    from uproot.writing import identify

    return identify.to_TAxis(
        fName=name, fTitle=title, fNbins=axis.n_bins, fXmin=axis.minimum, fXmax=axis.maximum
    )


def _th2f(
    name: str,
    title: str,
    filled: FilledHistogram2D,
    x_axis: Any,
    y_axis: Any,
    minimum: float = NO_LIMIT,
    maximum: float = NO_LIMIT,
) -> Any:
    from uproot.writing import identify

    w, w2, wx, wx2, wy, wy2, wxy = filled.moments
    return identify.to_TH2x(
        fName=name,
        fTitle=title,
        data=filled.contents.astype(np.float32).ravel(),
        fEntries=filled.entries,
        fTsumw=w,
        fTsumw2=w2,
        fTsumwx=wx,
        fTsumwx2=wx2,
        fTsumwy=wy,
        fTsumwy2=wy2,
        fTsumwxy=wxy,
        fSumw2=_errors(filled.variances),
        fXaxis=x_axis,
        fYaxis=y_axis,
        fMaximum=maximum,
        fMinimum=minimum,
    )


def _label(text: str, bin_number: int) -> Any:
    """Return an axis label; ROOT finds its bin in the object's unique number."""
    from uproot.writing import identify

    label = identify.to_TObjString(text)
    label._bases[0]._members["@fUniqueID"] = bin_number
    return label
