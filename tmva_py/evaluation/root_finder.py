"""Linear splines and the search for a cut, as TMVA's efficiencies need them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

MAX_ITERATIONS = 100
_EPSILON = float(np.finfo(np.float64).eps)


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


def find_root(
    function: Callable[[float], float], minimum: float, maximum: float, reference: float
) -> float | None:
    """Return where `function` equals `reference`, or None if it does not cross it between the ends.

    Parameters
    ----------
    function : callable
        Continuous on [minimum, maximum].
    minimum, maximum : float
        Ends of the search.
    reference : float
        The wanted value.

    Notes
    -----
    Brent's bracketing with secant steps and bisections only, step for step TMVA's ``RootFinder`` (CERNLIB's
    RZERO): where the function is flat, the root that comes out depends on the steps. TMVA sets a flag that
    rules out inverse quadratic interpolation and never clears it, so that branch is left out here.
    """
    a, b = minimum, maximum
    f_a, f_b = function(a) - reference, function(b) - reference
    if f_a * f_b > 0:
        return None
    c, f_c = 0.0, f_b
    step = previous_step = 0.0
    for _ in range(MAX_ITERATIONS + 1):
        if (f_b < 0 and f_c < 0) or (f_b > 0 and f_c > 0):
            c, f_c = a, f_a
            step = previous_step = b - a
        if abs(f_c) < abs(f_b):
            a, b, c = b, c, b
            f_a, f_b, f_c = f_b, f_c, f_b
        tolerance = 0.5 * _EPSILON * abs(b)
        half = 0.5 * (c - b)
        if f_b == 0 or abs(half) <= tolerance:
            return b
        if abs(previous_step) < tolerance or abs(f_a) <= abs(f_b):
            step = previous_step = half
        else:
            ratio = f_b / f_a
            p, q = 2 * half * ratio, 1 - ratio
            if p > 0:
                q = -q
            else:
                p = -p
            if 2 * p < min(3 * half * q - abs(tolerance * q), abs(previous_step * q)):
                previous_step, step = step, p / q
            else:
                step = previous_step = half
        a, f_a = b, f_b
        if abs(step) > tolerance:
            b += step
        else:
            b += tolerance if half > 0 else -tolerance
        f_b = function(b) - reference
    return b
