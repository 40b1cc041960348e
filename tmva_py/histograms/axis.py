"""The axis of a histogram, to the last bit a TAxis."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Axis:
    """Bins, numbered from 1; bin 0 lies below the axis and bin ``n_bins + 1`` above.

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
    unequal_edges : ndarray, shape (n_bins + 1,), optional
        The bins' edges, where the bins are not equal (`of_edges`).

    Examples
    --------
    >>> Axis(4, 0.0, 2.0, "Signal efficiency").centres
    array([0.25, 0.75, 1.25, 1.75])
    """

    n_bins: int
    minimum: float
    maximum: float
    title: str = ""
    labels: tuple[str, ...] = ()
    unequal_edges: Doubles | None = field(default=None, repr=False)

    @classmethod
    def around(cls, n_bins: int, minimum: float, maximum: float, title: str = "") -> Axis:
        """Return an axis between two values; of width 1 if they are equal, where ROOT would choose ends."""
        return cls(n_bins, minimum, maximum if maximum > minimum else minimum + 1.0, title)

    @classmethod
    def of_edges(cls, edges: Doubles) -> Axis:
        """Return an axis with bins between edges, which must not decrease."""
        return cls(len(edges) - 1, float(edges[0]), float(edges[-1]), unequal_edges=edges)

    def __eq__(self, other: object) -> bool:
        """Return whether the bins are the same, whatever the titles."""
        if not isinstance(other, Axis):
            return NotImplemented
        return self._ends == other._ends and np.array_equal(self.edges, other.edges)

    def __hash__(self) -> int:
        return hash(self._ends)

    @property
    def _ends(self) -> tuple[int, float, float]:
        return (self.n_bins, self.minimum, self.maximum)

    @property
    def bin_width(self) -> float:
        """Width of a bin; of unequal bins their mean."""
        return (self.maximum - self.minimum) / self.n_bins

    @property
    def centres(self) -> Doubles:
        """Bin centres, shape (n_bins,)."""
        if self.unequal_edges is not None:
            return self.unequal_edges[:-1] + 0.5 * np.diff(self.unequal_edges)
        numbers = np.arange(self.n_bins, dtype=np.float64)
        return self.minimum + (numbers + 0.5) * self.bin_width

    @property
    def old_centres(self) -> Doubles:
        """The centres of older releases than ROOT 6.40, which may differ in the last bit."""
        if self.unequal_edges is not None:
            return self.centres
        numbers = np.arange(self.n_bins, dtype=np.float64)
        return self.minimum + numbers * self.bin_width + 0.5 * self.bin_width

    @property
    def edges(self) -> Doubles:
        """Bin edges, shape (n_bins + 1,)."""
        if self.unequal_edges is not None:
            return self.unequal_edges
        numbers = np.arange(self.n_bins, dtype=np.float64)
        return np.append(self.minimum + numbers * self.bin_width, self.maximum)

    def bins_of(self, values: npt.NDArray[np.floating], *, old: bool = False) -> npt.NDArray[np.int64]:
        """Return the bin of each value, from 0 to ``n_bins + 1``; not a number lies above.

        With `old`, rounding may put a value next to an edge into the neighbouring bin, as before ROOT 6.38.
        """
        x = values.astype(np.float64)
        above, below = ~(x < self.maximum), x < self.minimum
        if self.unequal_edges is None:
            x = np.where(above | below, self.minimum, x)
            bins = equal_bins_of(x, self.n_bins, self.minimum, self.maximum, old=old)
            bins += 1
        else:
            # The first of equal edges counts, as in ROOT's search.
            bins = np.searchsorted(self.unequal_edges, x, side="left").astype(np.int64)
            bins += self.unequal_edges[np.minimum(bins, self.n_bins)] == x
        bins[above] = self.n_bins + 1
        bins[below] = 0
        return bins

    def bin_of(self, value: float, *, old: bool = False) -> int:
        """Return the bin of one value, as `bins_of` does; of equal bins without making arrays."""
        if self.unequal_edges is not None or not self.minimum <= value < self.maximum:
            return int(self.bins_of(np.array([value]), old=old)[0])
        scaled = self.n_bins * (value - self.minimum) / (self.maximum - self.minimum)
        found = min(1 + int(scaled), self.n_bins)
        if not old:
            found -= value < self.minimum + (found - 1) * self.bin_width
            found += found < self.n_bins and value >= self.minimum + found * self.bin_width
        return found

    def contains(self, bins: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Return whether bins are neither below nor above the axis."""
        return (bins > 0) & (bins <= self.n_bins)


def equal_bins_of(
    x: Doubles, n_bins: int, minimum: float | Doubles, maximum: float | Doubles, *, old: bool = False
) -> npt.NDArray[np.int64]:
    """Return bins, from 0, of values from minimum to maximum; the rest is as in `Axis.bins_of`."""
    span = maximum - minimum
    # Whole numbers, which float64 holds without rounding.
    bins = x - minimum
    bins *= n_bins
    bins /= span
    np.trunc(bins, out=bins)
    np.minimum(bins, n_bins - 1, out=bins)
    if not old:
        width = span / n_bins
        bins -= x < minimum + bins * width
        bins += (x >= minimum + (bins + 1) * width) & (bins < n_bins - 1)
    return bins.astype(np.int64)
