"""What output files show of the densities of a variable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from tmva_py.histograms import PDF, Axis, FileObject, Histogram, MakesFileObject

_N_CHECKED = 15_000
_MOST_BINS = 100
_TOGETHER = 5


def density_objects(name: str, pair: Sequence[PDF]) -> dict[str, FileObject | MakesFileObject]:
    """Return TMVA's histograms of a variable's two densities, by their names.

    As filled, smoothed, the table of the density, how often each bin was smoothed, the signal's density in
    fine steps, and the first with fewer bins (``_nice``).
    """
    shown: dict[str, FileObject | MakesFileObject] = {}
    for place in range(3):
        for pdf in pair:
            original, smoothed, table = pdf.histograms().values()
            stem = pdf.histogram_name.removesuffix("_original")
            if place == 0:
                titles = {"sig": "signal training", "bgd": "background training"}
                start, _, ending = stem.rpartition("_")
                shown[stem] = replace(original, title=f"{start} {titles.get(ending, ending)}")
            else:
                key = list(pdf.histograms())[place]
                shown[key] = (smoothed, table)[place - 1]
    for pdf in pair:
        if pdf.n_smooth is not None:
            key = pdf.histogram_name.replace("_original", "_smoothed_Nsmooth")
            shown[key] = Histogram.of_values(pdf.original.axis, pdf.n_smooth.astype(np.float64), title=key)
    shown[f"{name}_additional_check"] = partial(_checked, f"{name}_additional_check", pair[0])
    for pdf in pair:
        stem = pdf.histogram_name.removesuffix("_original")
        filled = shown[stem]
        shown[f"{stem}_nice"] = _with_fewer_bins(filled) if isinstance(filled, Histogram) else filled
    return shown


def _checked(title: str, pdf: PDF) -> Histogram:
    axis = Axis(_N_CHECKED, float(np.float32(pdf.minimum)), float(np.float32(pdf.maximum)))
    # The step is single precision in TMVA.
    step = np.float32(axis.maximum - axis.minimum) / np.float32(_N_CHECKED)
    places = (np.arange(_N_CHECKED) + 0.5) * float(step) + axis.minimum
    return Histogram.of_values(axis, pdf.value(places), title=title)


def _with_fewer_bins(histogram: Histogram) -> Histogram:
    """Return a histogram of more than 100 bins with the mean of each five bins."""
    axis = histogram.axis
    if axis.n_bins <= _MOST_BINS:
        return histogram
    n_bins = axis.n_bins // _TOGETHER
    end = axis.minimum + n_bins * _TOGETHER * axis.bin_width
    kept = histogram.values[: n_bins * _TOGETHER].reshape(n_bins, _TOGETHER).sum(axis=1)
    contents = np.concatenate([histogram.contents[:1], kept, [0.0]]) / _TOGETHER
    contents[-1] = (histogram.contents.sum() - histogram.contents[0] - kept.sum()) / _TOGETHER
    return Histogram(
        Axis(n_bins, axis.minimum, end), contents, entries=histogram.entries, title=histogram.title
    )
