"""The axis of a histogram, to the last bit a TAxis."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Axis:
    """Equal bins, numbered from 1; bin 0 lies below the axis and bin ``n_bins + 1`` above.

    Parameters
    ----------
    n_bins : int
        Number of bins, at least 1.
    minimum, maximum : float
        The ends; a value at `maximum` lies above the axis.
    title : str, optional
        What is shown along the axis, with its unit.
    labels : tuple of str, optional
        Names of the bins.

    Examples
    --------
    >>> Axis(4, 0.0, 2.0, "Signal efficiency").centres
    array([0.25, 0.75, 1.25, 1.75])
    """

    n_bins: int
    minimum: float
    maximum: float
    title: str = field(default="", compare=False)
    labels: tuple[str, ...] = field(default=(), compare=False)

    @classmethod
    def around(cls, n_bins: int, minimum: float, maximum: float, title: str = "") -> Axis:
        """Return an axis between two values; of width 1 if they are equal, where ROOT would choose ends."""
        return cls(n_bins, minimum, maximum if maximum > minimum else minimum + 1.0, title)

    @property
    def bin_width(self) -> float:
        """Width of a bin."""
        return (self.maximum - self.minimum) / self.n_bins

    @property
    def centres(self) -> Doubles:
        """Bin centres, shape (n_bins,)."""
        numbers = np.arange(self.n_bins, dtype=np.float64)
        return self.minimum + numbers * self.bin_width + 0.5 * self.bin_width

    @property
    def edges(self) -> Doubles:
        """Bin edges, shape (n_bins + 1,)."""
        numbers = np.arange(self.n_bins, dtype=np.float64)
        return np.append(self.minimum + numbers * self.bin_width, self.maximum)

    def bins_of(self, values: npt.NDArray[np.floating]) -> npt.NDArray[np.int64]:
        """Return the bin of each value, from 0 to ``n_bins + 1``; not a number lies above."""
        x = values.astype(np.float64)
        above, below = ~(x < self.maximum), x < self.minimum
        scaled = self.n_bins * (np.where(above | below, self.minimum, x) - self.minimum)
        bins = np.minimum(1 + (scaled / (self.maximum - self.minimum)).astype(np.int64), self.n_bins)
        bins[above] = self.n_bins + 1
        bins[below] = 0
        return bins

    def contains(self, bins: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Return whether bins are neither below nor above the axis."""
        return (bins > 0) & (bins <= self.n_bins)
