"""Tables of several densities, read between the centres of their bins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tmva_py.histograms.axis import Doubles

# Places are cut off there, in bins.
_FARTHEST = 1e30


class TableLines(NamedTuple):
    """Straight lines between the centres of a table's bins."""

    values: Doubles
    slopes: Doubles
    """Differences to the next bin; one for each bin."""
    minimum: float
    scale: float
    """Bins in a unit of the quantity."""


class DensityTables:
    """Tables side by side, one for each quantity."""

    def __init__(self, tables: Sequence[TableLines]) -> None:
        sizes = np.array([len(one.values) for one in tables], np.intp)
        self._values = np.concatenate([one.values for one in tables])
        self._slopes = np.concatenate([one.slopes for one in tables])
        self._first = (np.cumsum(sizes) - sizes)[:, None]
        self._last = np.maximum(sizes - 2.0, 0.0)[:, None]
        self._minimum, self._scale = (
            np.array(numbers, np.float64)[:, None]
            for numbers in zip(*((one.minimum, one.scale) for one in tables), strict=True)
        )

    def value(self, x: npt.NDArray[np.floating], smallest: float) -> Doubles:
        """Return the densities at `x`, (n_tables, N), at least `smallest`; not a number where `x` is not."""
        # In bins, counted from the first centre.
        place = x - self._minimum
        place *= self._scale
        place -= 0.5
        # fmax and fmin rather than clip: they turn "not a number" into a bin.
        bins = np.fmin(np.fmax(place, 0.0), self._last).astype(np.intp)
        np.minimum(np.maximum(place, -_FARTHEST, out=place), _FARTHEST, out=place)
        place -= bins
        bins += self._first
        place *= self._slopes[bins]
        place += self._values[bins]
        return np.maximum(place, smallest, out=place)
