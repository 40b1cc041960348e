"""Histograms of two quantities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.histograms.axis import Axis
from tmva_py.histograms.histogram import Doubles, Values, keeps_errors, moments_of, sums_by_bin

NO_LIMIT = -1111.0
"""ROOT's mark for a histogram whose drawn range is not set."""


@dataclass(frozen=True, eq=False)
class Histogram2D:
    """A TH2F: one value per cell.

    Parameters
    ----------
    x_axis, y_axis : Axis
        The bins.
    contents : ndarray, shape (n_y_bins + 2, n_x_bins + 2)
        Sums of weights, outside the axes included.
    variances : ndarray of the same shape, or None
        Sums of squared weights; None where ROOT keeps none.
    entries : float
        How often it was filled.
    moments : tuple of float
        Sums over the events on both axes of w, w², wx, wx², wy, wy² and wxy.
    title : str
        The histogram's title.
    drawn_minimum, drawn_maximum : float
        The range in which contents are drawn; `NO_LIMIT` for all.
    """

    x_axis: Axis
    y_axis: Axis
    contents: Doubles
    variances: Doubles | None = None
    entries: float = 0.0
    moments: tuple[float, ...] = (0.0,) * 7
    title: str = ""
    drawn_minimum: float = NO_LIMIT
    drawn_maximum: float = NO_LIMIT

    @classmethod
    def fill(
        cls,
        x_axis: Axis,
        y_axis: Axis,
        x: Values,
        y: Values,
        weights: Values | None = None,
        *,
        title: str = "",
    ) -> Histogram2D:
        """Return the histogram of weighted points; sums of squared weights are kept if a weight is not 1."""
        w = np.ones(len(x)) if weights is None else weights.astype(np.float64)
        shape = (y_axis.n_bins + 2, x_axis.n_bins + 2)
        x_bins, y_bins = x_axis.bins_of(x), y_axis.bins_of(y)
        cells = y_bins * shape[1] + x_bins
        inside = x_axis.contains(x_bins) & y_axis.contains(y_bins)
        kept, a, b = w[inside], x[inside].astype(np.float64), y[inside].astype(np.float64)
        n_cells = shape[0] * shape[1]
        return cls(
            x_axis,
            y_axis,
            sums_by_bin(cells, w, n_cells).reshape(shape),
            sums_by_bin(cells, w * w, n_cells).reshape(shape) if keeps_errors(w) else None,
            float(len(w)),
            moments_of(kept, a, a * a, b, b * b, a * b),
            title,
        )

    @classmethod
    def of_values(
        cls,
        x_axis: Axis,
        y_axis: Axis,
        values: npt.ArrayLike,
        *,
        title: str = "",
        drawn_range: tuple[float, float] = (NO_LIMIT, NO_LIMIT),
    ) -> Histogram2D:
        """Return a histogram whose cells are set one by one, from values of shape (n_y_bins, n_x_bins)."""
        contents = np.pad(np.asarray(values, dtype=np.float64), 1)
        entries = float(x_axis.n_bins * y_axis.n_bins)
        low, high = drawn_range
        return cls(
            x_axis, y_axis, contents, entries=entries, title=title, drawn_minimum=low, drawn_maximum=high
        )

    @property
    def values(self) -> Doubles:
        """Contents of the cells on the axes, shape (n_y_bins, n_x_bins)."""
        return self.contents[1:-1, 1:-1]
