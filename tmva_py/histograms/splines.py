"""Splines through points, as ROOT and TMVA evaluate them."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

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
        # On a point itself, and after the last one, TMVA takes the line to the left.
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


def quadratic_spline(x: Doubles, y: Doubles, places: Doubles) -> Doubles:
    """Return the mean of the two parabolas through neighbouring points (TMVA's ``TSpline2``).

    At the first point and from the last but one on it is the outermost parabola. TMVA computes in float32,
    and where terms cancel its rounding can be seen; so it is done here.
    """
    last = len(x) - 1
    left = np.clip(np.searchsorted(x, places, side="right") - 1, 0, last)
    if last < 2:
        return y[left]
    first = np.clip(left - 1, 0, last - 2)
    second = np.clip(left, 0, last - 2)
    # At the ends both are the same parabola.
    second[left == 0] = 0
    single = places.astype(np.float32)
    x32, y32 = x.astype(np.float32), y.astype(np.float32)
    result: Doubles = (_parabola(x32, y32, first, single) + _parabola(x32, y32, second, single)) * 0.5
    return result


def _parabola(
    x: npt.NDArray[np.float32],
    y: npt.NDArray[np.float32],
    first: npt.NDArray[np.int64],
    place: npt.NDArray[np.float32],
) -> Doubles:
    """Return the parabola through three points from `first` on, in float32."""
    x1, x2, x3 = x[first], x[first + 1], x[first + 2]
    y1, y2, y3 = y[first], y[first + 1], y[first + 2]
    a = y1 * (x2 - x3) + y2 * (x3 - x1) + y3 * (x1 - x2)
    b = y1 * (x2 * x2 - x3 * x3) + y2 * (x3 * x3 - x1 * x1) + y3 * (x1 * x1 - x2 * x2)
    c = y1 * (x2 - x3) * x2 * x3 + y2 * (x3 - x1) * x3 * x1 + y3 * (x1 - x2) * x1 * x2
    denominator = (x2 - x3) * (x3 - x1) * (x1 - x2)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (-a * place * place + b * place - c) / denominator
    return np.where(denominator != 0, value, np.float32(0)).astype(np.float64)


def cubic_spline(x: Doubles, y: Doubles, places: Doubles) -> Doubles:
    """Return the cubic spline whose third derivative is continuous at the second points (``TSpline3``)."""
    from scipy.interpolate import CubicSpline

    if len(x) < 2:
        return np.full(len(places), y[0])
    result: Doubles = CubicSpline(x, y, bc_type="not-a-knot")(places)
    return result


def quintic_spline(x: Doubles, y: Doubles, places: Doubles) -> Doubles:
    """Return the natural quintic spline: third and fourth derivative vanish at the ends (``TSpline5``).

    Beyond the last point it goes on as a parabola, before the first one with its first polynomial, as in
    ROOT.
    """
    from scipy.interpolate import make_interp_spline

    if len(x) < 3:
        return LinearSpline(x, y)(places) if len(x) == 2 else np.full(len(places), y[0])
    ends: Any = [(3, 0.0), (4, 0.0)]
    spline = make_interp_spline(x, y, k=5, bc_type=(ends, ends))
    slope, curvature = (float(spline.derivative(order)(x[-1])) for order in (1, 2))
    beyond = places - x[-1]
    parabola = y[-1] + beyond * (slope + beyond * curvature / 2)
    result: Doubles = np.where(beyond > 0, parabola, spline(places))
    return result
