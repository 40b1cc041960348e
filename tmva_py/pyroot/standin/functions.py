"""``TF1`` and ``TF2``: functions with parameters, by formula or by a function of Python."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError
from tmva_py.expressions import Formula
from tmva_py.pyroot.standin.objects import TNamed
from tmva_py.pyroot.standin.pads import draw_on_pad
from tmva_py.pyroot.standin.painting import line_style
from tmva_py.pyroot.standin.random_numbers import gRandom

Doubles = npt.NDArray[np.float64]
_NAMED = {
    "gaus": "[0]*exp(-0.5*((x-[1])/[2])*((x-[1])/[2]))",
    "gausn": "[0]*exp(-0.5*((x-[1])/[2])*((x-[1])/[2]))/(sqrt(2*pi)*[2])",
    "expo": "exp([0]+[1]*x)",
    "landau": "[0]*TMath::Landau(x,[1],[2])",
    "xygaus": "[0]*exp(-0.5*((x-[1])/[2])*((x-[1])/[2])-0.5*((y-[3])/[4])*((y-[3])/[4]))",
    "xgaus": "[0]*exp(-0.5*((x-[1])/[2])*((x-[1])/[2]))",
    "ygaus": "[0]*exp(-0.5*((y-[1])/[2])*((y-[1])/[2]))",
}
# Those of the above that scripts fill histograms from, event by event.
_DIRECT: dict[str, Callable[..., Doubles]] = {
    "gaus": lambda p, x: p[0] * np.exp(-0.5 * ((x - p[1]) / p[2]) ** 2),
    "xygaus": lambda p, x, y: p[0] * np.exp(-0.5 * (((x - p[1]) / p[2]) ** 2 + ((y - p[3]) / p[4]) ** 2)),
}
_FUNCTION = re.compile(rf"(?<![:\w])(?P<name>{'|'.join(_NAMED)}|pol\d)\b(?:\((?P<first>\d+)\))?")
_PARAMETER = re.compile(r"\[(\d+)\]")
_POINTS = 1_000
_CELLS = 200


class _Function(TNamed):
    """What functions of one and of two variables have in common."""

    n_dimensions = 1

    def __init__(self, name: object, formula: Any, *ends: Any) -> None:
        super().__init__(str(name))
        self._function = formula if callable(formula) else None
        self._text = "" if callable(formula) else expanded(str(formula))
        self.title = "" if callable(formula) else str(formula)
        self._formula = Formula(_PARAMETER.sub(r"parameter\1", self._text))
        numbers = [float(one) for one in ends if isinstance(one, int | float)]
        count = 2 * self.n_dimensions
        self._ends = numbers[:count] if len(numbers) >= count else [0.0, 1.0] * self.n_dimensions
        given = int(numbers[count]) if len(numbers) > count else 0
        found = [int(one) + 1 for one in _PARAMETER.findall(self._text)]
        self._parameters = [0.0] * max([given, *found])
        _remember(self)

    @property
    def range(self) -> tuple[float, float]:
        """Where it is defined along x."""
        return self._ends[0], self._ends[1]

    def values(self, *points: Doubles) -> Doubles:
        """Return the values at points."""
        if self._function is not None:
            rows = zip(*points, strict=True)
            return np.array([float(self._function(list(row), self._parameters)) for row in rows])
        if (direct := _DIRECT.get(self.title)) is not None and len(points) == self.n_dimensions:
            return direct(self._parameters, *points)
        columns = dict(zip(("x", "y"), points, strict=False))
        for number, value in enumerate(self._parameters):
            columns[f"parameter{number}"] = np.full(len(points[0]), value)
        return np.asarray(self._formula(columns))

    def SetParameter(self, number: int, value: float) -> None:
        self._parameters += [0.0] * (number + 1 - len(self._parameters))
        self._parameters[number] = float(value)

    def SetParameters(self, *values: Any) -> None:
        given = values[0] if len(values) == 1 and hasattr(values[0], "__len__") else values
        for number, value in enumerate(given):
            self.SetParameter(number, value)

    def GetParameter(self, number: int) -> float:
        return self._parameters[number]

    def GetParameters(self) -> list[float]:
        return self._parameters

    def GetNpar(self) -> int:
        return len(self._parameters)

    def SetParNames(self, *names: Any) -> None:
        """Do nothing: names are for fits."""

    SetNpx = SetNpy = SetParName = SetParNames

    def SetRange(self, *ends: float) -> None:
        half = len(ends) // 2
        order = ends if half == 1 else (ends[0], ends[2], ends[1], ends[3])
        self._ends = [float(one) for one in order]

    def Eval(self, *point: float) -> float:
        return float(self.values(*(np.array([float(one)]) for one in point[: self.n_dimensions]))[0])

    __call__ = Eval

    def GetFormula(self) -> Any:
        return TNamed(self.name, self._text)

    def Draw(self, option: object = "") -> None:
        draw_on_pad(self, option)

    def GetXaxis(self) -> Any:
        from tmva_py.booking.graphs.attributes import Axis

        return Axis("xaxis", "")

    GetYaxis = GetXaxis


class TF1(_Function):
    """A function of x."""

    def Integral(self, low: float, high: float, *more: Any) -> float:
        from scipy import integrate

        return float(integrate.quad(self.Eval, low, high)[0])

    def GetMaximum(self, *more: Any) -> float:
        return float(np.max(self.values(np.linspace(*self.range, _POINTS))))

    def GetMinimum(self, *more: Any) -> float:
        return float(np.min(self.values(np.linspace(*self.range, _POINTS))))

    def GetRandom(self, *more: Any) -> float:
        return float(self._random(1, *self.range)[0])

    def _random(self, count: int, low: float, high: float) -> Doubles:
        """Return values with the function as their density, by the inverse of its integral."""
        edges = np.linspace(low, high, _POINTS + 1)
        heights = np.maximum(self.values(0.5 * (edges[1:] + edges[:-1])), 0.0)
        sums = np.concatenate([[0.0], np.cumsum(heights)])
        if not sums[-1] > 0:
            message = (
                f"{self.name!r} is nowhere above 0 from {low:g} to {high:g}: nothing can be drawn from it"
            )
            raise DataError(message)
        draws = gRandom.uniforms(count)
        return np.asarray(np.interp(draws * sums[-1], sums, edges))

    def paint(self, axes: Any, option: str, handles: dict[int, Any]) -> None:
        """Draw its curve."""
        x = np.linspace(*self.range, _POINTS)
        handles[id(self)] = axes.plot(x, self.values(x), **line_style(self))[0]

    def random_points(self, count: int, axes: Any) -> Doubles:
        """Return points for a histogram."""
        return self._random(count, axes[0].bins.minimum, axes[0].bins.maximum).reshape(1, -1)


class TF2(_Function):
    """A function of x and y: ``(name, formula, x1, x2, y1, y2)``."""

    n_dimensions = 2

    def random_points(self, count: int, axes: Any) -> Doubles:
        """Return points for a histogram: cells by their heights, evenly within each."""
        edges = [np.linspace(axis.bins.minimum, axis.bins.maximum, _CELLS + 1) for axis in axes]
        x, y = np.meshgrid(*(0.5 * (one[1:] + one[:-1]) for one in edges))
        heights = np.maximum(self.values(x.ravel(), y.ravel()), 0.0)
        sums = np.concatenate([[0.0], np.cumsum(heights)])
        if not sums[-1] > 0:
            message = f"{self.name!r} is nowhere above 0 in the histogram: nothing can be drawn from it"
            raise DataError(message)
        draws = gRandom.uniforms(3 * count).reshape(3, count)
        cells = np.minimum(np.searchsorted(sums, draws[0] * sums[-1], side="right") - 1, len(heights) - 1)
        rows, columns = np.divmod(cells, _CELLS)
        widths = [one[1] - one[0] for one in edges]
        return np.array([edges[0][columns] + draws[1] * widths[0], edges[1][rows] + draws[2] * widths[1]])


def expanded(text: str) -> str:
    """Return a formula with ROOT's names of functions written out: ``gaus``, ``pol2(3)``, ``expo + gaus``.

    Each takes the parameters after those of the one before, or from the number in parentheses on.
    """
    n_before = 0

    def written_out(found: re.Match[str]) -> str:
        nonlocal n_before
        formula = _NAMED.get(found["name"]) or _polynomial(int(found["name"][3:]))
        first = n_before if found["first"] is None else int(found["first"])
        n_before = first + 1 + max(int(one) for one in _PARAMETER.findall(formula))
        return "(" + _PARAMETER.sub(lambda one: f"[{int(one[1]) + first}]", formula) + ")"

    return _FUNCTION.sub(written_out, text)


def _polynomial(degree: int) -> str:
    return "+".join(["[0]", *(f"[{i}]*pow(x,{i})" for i in range(1, degree + 1))])


@functools.cache
def _functions() -> dict[str, Any]:
    return {}


def _remember(function: Any) -> None:
    _functions()[function.GetName()] = function


def function_called(name: str) -> Any:
    """Return the function that a script made under a name, or the standard Gaussian for ``"gaus"``."""
    found = _functions().get(name)
    if found is None and name in ("gaus", "expo"):
        found = TF1(name, name, -5.0, 5.0)
        found.SetParameters(1.0, 0.0, 1.0)
    if found is None:
        message = f"there is no function {name!r}; make it by TF1({name!r}, …) first"
        raise DataError(message)
    return found
