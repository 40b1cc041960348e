"""Tables of several densities, read between the centres of their bins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tmva_py.histograms.axis import Doubles
from tmva_py.kernels.densities import table_values


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
        found: Doubles = table_values.at_hand(
            np,
            x=x,
            values=self._values,
            slopes=self._slopes,
            first=self._first,
            last=self._last,
            minimum=self._minimum,
            scale=self._scale,
            smallest=smallest,
        )
        return found
