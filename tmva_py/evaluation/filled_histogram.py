"""Histograms that hold all that ROOT's hold: what lies outside, errors, entries and moments."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tmva_py.evaluation.axis import Axis
from tmva_py.evaluation.histogram import Histogram

Doubles = npt.NDArray[np.float64]
Values = npt.NDArray[np.floating]


@dataclass(frozen=True)
class FilledHistogram:
    """A TH1: one value per bin.

    Attributes
    ----------
    axis : Axis
        The bins.
    contents : ndarray, shape (n_bins + 2,)
        Sums of weights, below and above the axis included.
    variances : ndarray, shape (n_bins + 2,), or None
        Sums of squared weights; None where ROOT keeps none and takes the contents for them.
    entries : float
        How often it was filled.
    moments : tuple of float
        Sums over the events on the axis of w, w², wx and wx².
    """

    axis: Axis
    contents: Doubles
    variances: Doubles | None
    entries: float
    moments: tuple[float, float, float, float]

    @classmethod
    def fill(
        cls, axis: Axis, values: Values, weights: Values, *, with_errors: bool | None = None
    ) -> FilledHistogram:
        """Return the histogram of weighted values.

        Parameters
        ----------
        axis : Axis
            The bins.
        values, weights : ndarray, shape (N,)
            The events.
        with_errors : bool, optional
            Whether sums of squared weights are kept; by default, as in ROOT, if a weight is not 1.
        """
        w = weights.astype(np.float64)
        bins = axis.bins_of(values)
        inside = axis.contains(bins)
        x, kept = values[inside].astype(np.float64), w[inside]
        return cls(
            axis,
            _sums(bins, w, axis.n_bins + 2),
            _sums(bins, w * w, axis.n_bins + 2) if _keeps_errors(with_errors, w) else None,
            float(len(w)),
            (float(kept.sum()), float(kept @ kept), float(kept @ x), float(kept @ (x * x))),
        )

    @classmethod
    def of_curve(cls, curve: Histogram) -> FilledHistogram:
        """Return a histogram whose bins were set one by one: no errors, and ROOT computes the moments."""
        contents = np.concatenate([[0.0], curve.contents, [0.0]])
        axis = Axis(curve.n_bins, curve.minimum, curve.maximum)
        return cls(axis, contents, None, float(curve.n_bins), (0.0, 0.0, 0.0, 0.0))

    @property
    def inside(self) -> Histogram:
        """What lies on the axis."""
        contents = self.contents[1:-1]
        variances = contents if self.variances is None else self.variances[1:-1]
        return Histogram(self.axis.minimum, self.axis.maximum, contents, variances)

    def normalised(self) -> FilledHistogram:
        """Return the histogram with unit area on the axis; unchanged if that has no positive content."""
        area = float(self.contents[1:-1].sum()) * self.axis.bin_width
        if not area > 0:
            return self
        factor = 1.0 / area
        w, w2, wx, wx2 = self.moments
        return replace(
            self,
            contents=self.contents * factor,
            variances=None if self.variances is None else self.variances * factor**2,
            moments=(w * factor, w2 * factor**2, wx * factor, wx2 * factor),
        )


@dataclass(frozen=True)
class FilledHistogram2D:
    """A TH2: one value per cell.

    Attributes
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
    """

    x_axis: Axis
    y_axis: Axis
    contents: Doubles
    variances: Doubles | None
    entries: float
    moments: tuple[float, float, float, float, float, float, float]

    @classmethod
    def fill(
        cls, x_axis: Axis, y_axis: Axis, x: Values, y: Values, weights: Values | None = None
    ) -> FilledHistogram2D:
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
            _sums(cells, w, n_cells).reshape(shape),
            _sums(cells, w * w, n_cells).reshape(shape) if _keeps_errors(None, w) else None,
            float(len(w)),
            (
                float(kept.sum()),
                float(kept @ kept),
                float(kept @ a),
                float(kept @ (a * a)),
                float(kept @ b),
                float(kept @ (b * b)),
                float(kept @ (a * b)),
            ),
        )


@dataclass(frozen=True)
class FilledProfile:
    """A TProfile: the mean of y in bins of x.

    Attributes
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
    """

    axis: Axis
    sums: Doubles
    squares: Doubles
    weights: Doubles
    squared_weights: Doubles | None
    entries: float
    moments: tuple[float, float, float, float, float, float]

    @classmethod
    def fill(cls, axis: Axis, x: Values, y: Values, weights: Values) -> FilledProfile:
        """Return the profile of weighted points."""
        w, y_values = weights.astype(np.float64), y.astype(np.float64)
        bins, size = axis.bins_of(x), axis.n_bins + 2
        inside = axis.contains(bins)
        kept, a, b = w[inside], x[inside].astype(np.float64), y_values[inside]
        return cls(
            axis,
            _sums(bins, w * y_values, size),
            _sums(bins, w * y_values * y_values, size),
            _sums(bins, w, size),
            _sums(bins, w * w, size) if _keeps_errors(None, w) else None,
            float(len(w)),
            (
                float(kept.sum()),
                float(kept @ kept),
                float(kept @ a),
                float(kept @ (a * a)),
                float(kept @ b),
                float(kept @ (b * b)),
            ),
        )


def _keeps_errors(wanted: bool | None, weights: Doubles) -> bool:
    return bool((weights != 1.0).any()) if wanted is None else wanted


def _sums(bins: npt.NDArray[np.int64], weights: Doubles, size: int) -> Doubles:
    return np.bincount(bins, weights, minlength=size).astype(np.float64, copy=False)
