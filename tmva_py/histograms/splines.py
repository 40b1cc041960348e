"""Splines through points, as ROOT and TMVA evaluate them."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


class LinearSpline:
    """Straight lines between points; the first and last line go on outside (TMVA's ``TSpline1``).

    Parameters
    ----------
    x, y : ndarray of float64, shape (n,)
        Points, `x` rising; n at least 2.
    """

    def __init__(self, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> None:
        self._x, self._y = x, y
        # The cut search asks for one value at a time: plain floats are several times faster there.
        self._x_list: list[float] = x.tolist()
        self._y_list: list[float] = y.tolist()

    def at(self, x: float) -> float:
        """Return the spline's value at one place."""
        left = max(bisect_right(self._x_list, x) - 1, 0)
        last = len(self._x_list) - 1
        # On a point itself, and behind the last one, TMVA takes the line to the left.
        right = left + 1 if left == 0 or (x > self._x_list[left] and left != last) else left - 1
        x_left, y_left = self._x_list[left], self._y_list[left]
        slope_y, slope_x = y_left - self._y_list[right], x_left - self._x_list[right]
        return y_left + (x - x_left) * slope_y / slope_x

    def __call__(self, x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the spline's values at many places, as `at` does one by one."""
        last = len(self._x) - 1
        left = np.maximum(np.searchsorted(self._x, x, side="right") - 1, 0)
        forward = (left == 0) | ((x > self._x[left]) & (left != last))
        right = np.where(forward, left + 1, left - 1)
        slope_y, slope_x = self._y[left] - self._y[right], self._x[left] - self._x[right]
        values: npt.NDArray[np.float64] = self._y[left] + (x - self._x[left]) * slope_y / slope_x
        return values
