"""Histograms with equal bins, filled and normalised as TMVA does, and the separation of two of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.errors import ShapeError


@dataclass(frozen=True)
class Histogram:
    """Weights in equal bins; what falls outside is left out.

    Attributes
    ----------
    minimum, maximum : float
        The axis' ends; a value at `maximum` is outside, as in a TH1.
    contents : ndarray of float64, shape (n_bins,)
        Sum of weights, divided by the norm where there is one.
    variances : ndarray of float64, shape (n_bins,)
        Sum of squared weights, divided by the norm's square.
    """

    minimum: float
    maximum: float
    contents: npt.NDArray[np.float64]
    variances: npt.NDArray[np.float64]

    @classmethod
    def fill(
        cls,
        values: npt.NDArray[np.floating],
        weights: npt.NDArray[np.floating],
        n_bins: int,
        minimum: float,
        maximum: float,
    ) -> Histogram:
        """Return the histogram of weighted values."""
        inside = (values >= minimum) & (values < maximum)
        x = values[inside].astype(np.float64)
        w = weights[inside].astype(np.float64)
        index = np.minimum((n_bins * (x - minimum) / (maximum - minimum)).astype(np.int64), n_bins - 1)
        return cls(
            minimum,
            maximum,
            np.bincount(index, w, minlength=n_bins).astype(np.float64, copy=False),
            np.bincount(index, w * w, minlength=n_bins).astype(np.float64, copy=False),
        )

    @classmethod
    def of_contents(cls, contents: npt.ArrayLike, minimum: float, maximum: float) -> Histogram:
        """Return a histogram that holds a curve, one value per bin."""
        values = np.asarray(contents, dtype=np.float64)
        return cls(minimum, maximum, values, np.zeros_like(values))

    @property
    def n_bins(self) -> int:
        """Number of bins."""
        return len(self.contents)

    @property
    def bin_width(self) -> float:
        """Width of a bin."""
        return (self.maximum - self.minimum) / self.n_bins

    @property
    def centres(self) -> npt.NDArray[np.float64]:
        """Bin centres, to the last bit those of a TAxis."""
        numbers = np.arange(self.n_bins, dtype=np.float64)
        return self.minimum + numbers * self.bin_width + 0.5 * self.bin_width

    @property
    def edges(self) -> npt.NDArray[np.float64]:
        """Bin edges, shape (n_bins + 1,)."""
        return np.append(
            self.minimum + np.arange(self.n_bins, dtype=np.float64) * self.bin_width, self.maximum
        )

    def normalised(self) -> Histogram:
        """Return the histogram with unit area; unchanged if its contents sum to zero."""
        total = float(self.contents.sum())
        if total == 0:
            return self
        scale = 1.0 / (total * self.bin_width)
        return Histogram(self.minimum, self.maximum, self.contents * scale, self.variances * scale**2)


def separation(signal: Histogram, background: Histogram) -> float:
    r"""Return the separation of two histograms, 0 for equal and 1 for disjoint ones.

    .. math:: \langle S^2 \rangle = \frac12 \int \frac{(s(x) - b(x))^2}{s(x) + b(x)} \, dx

    with s and b normalised to unit area; 0 if one of them is empty.

    Raises
    ------
    ShapeError
        The binnings differ.
    """
    if (signal.n_bins, signal.minimum, signal.maximum) != (
        background.n_bins,
        background.minimum,
        background.maximum,
    ):
        message = (
            f"histograms with different binnings: {signal.n_bins} bins on [{signal.minimum:g}, "
            f"{signal.maximum:g}] and {background.n_bins} on [{background.minimum:g}, {background.maximum:g}]"
        )
        raise ShapeError(message)
    if not (signal.contents.sum() > 0 and background.contents.sum() > 0):
        return 0.0
    s, b = signal.normalised().contents, background.normalised().contents
    filled = s + b > 0
    s, b = s[filled], b[filled]
    return float(0.5 * signal.bin_width * np.sum((s - b) ** 2 / (s + b)))
