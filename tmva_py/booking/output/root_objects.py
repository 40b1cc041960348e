"""Objects of an output file as uproot writes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.booking.output.tree_writer import write_tree
from tmva_py.histograms import (
    Axis,
    Columns,
    FileObject,
    Graph,
    Histogram,
    Histogram2D,
    MakesFileObject,
    Profile,
)

Objects = dict[str, FileObject | MakesFileObject]
"""What is written, by its path in the file."""

Doubles = npt.NDArray[np.float64]
NO_ERRORS = np.zeros(0)
NO_LIMIT = -1111.0


def write_object(file: Any, path: str, one: FileObject | MakesFileObject) -> None:
    """Write an object into a file that uproot has open for writing; a name that is there is replaced."""
    made = one() if callable(one) else one
    place, _, name = path.rpartition("/")
    folder = file.mkdir(place) if place else file
    # uproot would put the new cycle behind the old one, where ROOT does not look for it. The last
    # one goes first: taking one from the middle of its list makes uproot run over the end.
    while keys := folder._cascading.data._keys_by_name.get(name):
        folder._del(name, keys[-1].cycle)
    if isinstance(made, Columns):
        write_tree(folder, name, made)
    else:
        folder.update({name: _to_uproot(made, name)})


def _to_uproot(one: Histogram | Histogram2D | Profile | Graph | str, name: str) -> Any:
    if isinstance(one, Histogram):
        return _histogram(one, name)
    if isinstance(one, Histogram2D):
        return _histogram_2d(one, name)
    if isinstance(one, Profile):
        return _profile(one, name)
    # uproot names a graph by its key, and makes a TObjString of a text, which has no name of its own.
    return one if isinstance(one, str) else _graph(one)


def _histogram(one: Histogram, name: str) -> Any:
    """Return a TH1F or TH1D."""
    from uproot.writing import identify

    w, w2, wx, wx2 = one.moments
    return identify.to_TH1x(
        fName=name,
        fTitle=one.title,
        data=one.contents.astype(np.float64 if one.is_double else np.float32),
        fEntries=one.entries,
        fTsumw=w,
        fTsumw2=w2,
        fTsumwx=wx,
        fTsumwx2=wx2,
        fSumw2=_errors(one.variances),
        fXaxis=_axis("xaxis", one.axis),
        fYaxis=_axis("yaxis", Axis(1, 0.0, 1.0, one.y_title)),
    )


def _histogram_2d(one: Histogram2D, name: str) -> Any:
    """Return a TH2F."""
    from uproot.writing import identify

    w, w2, wx, wx2, wy, wy2, wxy = one.moments
    return identify.to_TH2x(
        fName=name,
        fTitle=one.title,
        data=one.contents.astype(np.float32).ravel(),
        fEntries=one.entries,
        fTsumw=w,
        fTsumw2=w2,
        fTsumwx=wx,
        fTsumwx2=wx2,
        fTsumwy=wy,
        fTsumwy2=wy2,
        fTsumwxy=wxy,
        fSumw2=_errors(one.variances),
        fXaxis=_axis("xaxis", one.x_axis),
        fYaxis=_axis("yaxis", one.y_axis),
        fMaximum=one.drawn_maximum,
        fMinimum=one.drawn_minimum,
    )


def _profile(one: Profile, name: str) -> Any:
    """Return a TProfile."""
    from uproot.writing import identify

    w, w2, wx, wx2, wy, wy2 = one.moments
    return identify.to_TProfile(
        fName=name,
        fTitle=one.title,
        data=one.sums,
        fEntries=one.entries,
        fTsumw=w,
        fTsumw2=w2,
        fTsumwx=wx,
        fTsumwx2=wx2,
        fTsumwy=wy,
        fTsumwy2=wy2,
        fSumw2=one.squares,
        fBinEntries=one.weights,
        fBinSumw2=_errors(one.squared_weights),
        fXaxis=_axis("xaxis", one.axis),
        fYaxis=_axis("yaxis", Axis(1, 0.0, 1.0, one.y_title)),
    )


def _graph(one: Graph) -> Any:
    """Return a TGraph."""
    from uproot.writing.interpret import _as_TGraph

    graph = _as_TGraph(np.ascontiguousarray(one.x), np.ascontiguousarray(one.y), minY=NO_LIMIT, maxY=NO_LIMIT)
    # Not by its argument, which adds the axes' titles after semicolons.
    graph._bases[0]._members["fTitle"] = one.title
    return graph


def _errors(variances: Doubles | None) -> Doubles:
    return NO_ERRORS if variances is None else variances.ravel()


def _axis(name: str, axis: Axis) -> Any:
    from uproot.writing import identify

    labels = None
    if axis.labels:
        labels = identify.to_THashList([_label(text, i) for i, text in enumerate(axis.labels, start=1)])
    return identify.to_TAxis(
        fName=name,
        fTitle=axis.title,
        fNbins=axis.n_bins,
        fXmin=axis.minimum,
        fXmax=axis.maximum,
        fXbins=axis.unequal_edges,
        fLabels=labels,
    )


def _label(text: str, bin_number: int) -> Any:
    """Return an axis label; ROOT finds its bin in the object's unique number."""
    from uproot.writing import identify

    label = identify.to_TObjString(text)
    label._bases[0]._members["@fUniqueID"] = bin_number
    return label
