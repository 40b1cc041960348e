"""Places of columns."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Places: TypeAlias = slice | npt.NDArray[np.intp]


def as_places(numbers: npt.NDArray[np.intp]) -> Places:
    """Return the places as a slice where one follows the other: arrays are read faster by it."""
    if not len(numbers):
        return slice(0, 0)
    start, end = int(numbers[0]), int(numbers[0]) + len(numbers)
    return slice(start, end) if np.array_equal(numbers, np.arange(start, end)) else numbers
