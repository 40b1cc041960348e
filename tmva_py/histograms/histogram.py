"""Histograms of one quantity, filled and normalised as TMVA does, and the separation of two of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tmva_py.errors import ShapeError
from tmva_py.histograms.axis import Axis

Doubles = npt.NDArray[np.float64]
Values = npt.NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Histogram:
    """A TH1: one value per bin.

    Parameters
    ----------
    axis : Axis
        The bins.
    contents : ndarray, shape (n_bins + 2,)
        Sums of weights; the first is what lies below the axis, the last what lies above.
    variances : ndarray, shape (n_bins + 2,), or None
        Sums of squared weights; None where ROOT keeps none and takes the contents for them.
    entries : float
        How often it was filled.
    moments : tuple of float
        Sums over the events on the axis of w, w², wx and wx²; all 0 where ROOT computes them from the bins.
    title, y_title : str
        Titles of the histogram and of what is counted.
    is_double : bool, default False
        A TH1D instead of a TH1F in a ROOT file.
    """

    axis: Axis
    contents: Doubles
    variances: Doubles | None = None
    entries: float = 0.0
    moments: tuple[float, ...] = (0.0,) * 4
    title: str = ""
    y_title: str = ""
    is_double: bool = False

    @classmethod
    def fill(
        cls,
        axis: Axis,
        values: Values,
        weights: Values | None = None,
        *,
        with_errors: bool | None = None,
        in_single: bool = False,
        title: str = "",
        y_title: str = "",
        is_double: bool = False,
    ) -> Histogram:
        """Return the histogram of weighted values.

        Parameters
        ----------
        axis : Axis
            The bins.
        values, weights : ndarray, shape (N,)
            The events; without `weights` each counts 1.
        with_errors : bool, optional
            Whether sums of squared weights are kept; by default, as in ROOT, if a weight is not 1.
        in_single : bool, default False
            Add up event by event in float32, as a TH1F does, where its rounding matters.
        title, y_title, is_double
            As for the class.
        """
        w = np.ones(len(values)) if weights is None else weights.astype(np.float64)
        bins = axis.bins_of(values)
        inside = axis.contains(bins)
        x, kept = values[inside].astype(np.float64), w[inside]
        if in_single:
            single = np.zeros(axis.n_bins + 2, np.float32)
            np.add.at(single, bins, w.astype(np.float32))
        return cls(
            axis,
            single.astype(np.float64) if in_single else sums_by_bin(bins, w, axis.n_bins + 2),
            sums_by_bin(bins, w * w, axis.n_bins + 2) if keeps_errors(w, with_errors) else None,
            float(len(w)),
            moments_of(kept, x, x * x),
            title,
            y_title,
            is_double,
        )

    @classmethod
    def of_values(
        cls, axis: Axis, values: npt.ArrayLike, *, title: str = "", y_title: str = "", is_double: bool = False
    ) -> Histogram:
        """Return a histogram whose bins are set one by one, as for a curve; it has no errors of its own.

        Parameters
        ----------
        axis : Axis
            The bins.
        values : array_like, shape (n_bins,)
            One value for each bin on the axis.
        title, y_title, is_double
            As for the class.
        """
        contents = np.concatenate([[0.0], np.asarray(values, dtype=np.float64), [0.0]])
        return cls(
            axis, contents, entries=float(axis.n_bins), title=title, y_title=y_title, is_double=is_double
        )

    @property
    def values(self) -> Doubles:
        """Contents of the bins on the axis, shape (n_bins,)."""
        return self.contents[1:-1]

    @property
    def errors(self) -> Doubles:
        """Errors of the bins on the axis, shape (n_bins,)."""
        variances = np.abs(self.contents) if self.variances is None else self.variances
        return np.sqrt(variances[1:-1])

    @property
    def mean(self) -> float:
        """Of what was filled, or of the bins' contents where no moments are known."""
        w, wx, _ = self._sums
        return wx / w if w != 0 else 0.0

    @property
    def standard_deviation(self) -> float:
        """As `mean`."""
        w, _, wx2 = self._sums
        return float(np.sqrt(abs(wx2 / w - self.mean**2))) if w != 0 else 0.0

    @property
    def _sums(self) -> tuple[float, float, float]:
        """Sums of w, wx and wx²."""
        w, _, wx, wx2 = self.moments
        if w != 0:
            return w, wx, wx2
        x = self.axis.centres
        return sum_in_order(self.values), sum_in_order(self.values * x), sum_in_order(self.values * x * x)

    def with_titles(self, title: str, x_title: str = "", y_title: str = "") -> Histogram:
        """Return the histogram under other titles."""
        return replace(self, title=title, y_title=y_title, axis=replace(self.axis, title=x_title))

    def normalised(self) -> Histogram:
        """Return the histogram with unit area on the axis; unchanged if that has no positive content."""
        area = float(self.values.sum()) * self.axis.bin_width
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


def separation(signal: Histogram, background: Histogram) -> float:
    r"""Return the separation of two histograms, 0 for equal and 1 for disjoint ones.

    .. math:: \langle S^2 \rangle = \frac12 \int \frac{(s(x) - b(x))^2}{s(x) + b(x)} \, dx

    with s and b normalised to unit area; 0 if one of them is empty.

    Raises
    ------
    ShapeError
        The binnings differ.
    """
    if signal.axis != background.axis:
        first, second = (
            f"{a.n_bins} bins on [{a.minimum:g}, {a.maximum:g}]" for a in (signal.axis, background.axis)
        )
        message = f"histograms with different binnings: {first} and {second}"
        raise ShapeError(message)
    if not (signal.values.sum() > 0 and background.values.sum() > 0):
        return 0.0
    s, b = signal.normalised().values, background.normalised().values
    filled = s + b > 0
    s, b = s[filled], b[filled]
    return float(0.5 * signal.axis.bin_width * np.sum((s - b) ** 2 / (s + b)))


def keeps_errors(weights: Doubles, wanted: bool | None = None) -> bool:
    """Return whether ROOT keeps sums of squared weights."""
    return bool((weights != 1.0).any()) if wanted is None else wanted


def moments_of(weights: Doubles, *quantities: Doubles) -> tuple[float, ...]:
    """Return the sums of w, of w² and of each quantity times w."""
    return (float(weights.sum()), *(float(weights @ one) for one in (weights, *quantities)))


def sum_in_order(values: Doubles) -> float:
    """Return the sum of values, one after the other as a loop in C++ has it, to the last bit."""
    return float(np.add.accumulate(values)[-1]) if len(values) else 0.0


def sums_by_bin(bins: npt.NDArray[np.int64], weights: Doubles, size: int) -> Doubles:
    """Return the sum of weights in each bin."""
    return np.bincount(bins, weights, minlength=size).astype(np.float64, copy=False)
