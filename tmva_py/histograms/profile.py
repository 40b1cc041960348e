"""Profiles: the mean of one quantity in bins of another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tmva_py.histograms.axis import Axis
from tmva_py.histograms.histogram import Doubles, Values, keeps_errors, moments_of, sums_by_bin


@dataclass(frozen=True, eq=False)
class Profile:
    """A TProfile with errors of the mean: the mean of y in bins of x.

    Parameters
    ----------
    axis : Axis
        The bins of x.
    sums, squares : ndarray, shape (n_bins + 2,)
        Sums of wy and of wy².
    weights : ndarray, shape (n_bins + 2,)
        Sums of w.
    squared_weights : ndarray, shape (n_bins + 2,), or None
        Sums of w²; None where ROOT keeps none, all weights being 1.
    entries : float
        How often it was filled.
    moments : tuple of float
        Sums over the events on the axis of w, w², wx, wx², wy and wy².
    title, y_title : str
        Titles of the profile and of y.
    """

    axis: Axis
    sums: Doubles
    squares: Doubles
    weights: Doubles
    squared_weights: Doubles | None
    entries: float
    moments: tuple[float, ...]
    title: str = ""
    y_title: str = ""

    @classmethod
    def fill(
        cls, axis: Axis, x: Values, y: Values, weights: Values, *, title: str = "", y_title: str = ""
    ) -> Profile:
        """Return the profile of weighted points."""
        w, y_values = weights.astype(np.float64), y.astype(np.float64)
        bins, size = axis.bins_of(x), axis.n_bins + 2
        inside = axis.contains(bins)
        kept, a, b = w[inside], x[inside].astype(np.float64), y_values[inside]
        return cls(
            axis,
            sums_by_bin(bins, w * y_values, size),
            sums_by_bin(bins, w * y_values * y_values, size),
            sums_by_bin(bins, w, size),
            sums_by_bin(bins, w * w, size) if keeps_errors(w) else None,
            float(len(w)),
            moments_of(kept, a, a * a, b, b * b),
            title,
            y_title,
        )
