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
from tmva_py.pyroot.standin.references import put
from tmva_py.pyroot.standin.sampling import (
    Inverse,
    integrals,
    integrals_of_cells,
    places_of,
    spread,
    table_of,
)

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
_PARAMETER_NAMES = {
    **{"gaus": ("Constant", "Mean", "Sigma"), "gausn": ("Constant", "Mean", "Sigma")},
    **{"expo": ("Constant", "Slope"), "landau": ("Constant", "MPV", "Sigma")},
    "xygaus": ("Constant", "MeanX", "SigmaX", "MeanY", "SigmaY"),
}


class _Function(TNamed):
    """What functions of one and of two variables have in common."""

    n_dimensions = 1
    _steps = 100
    _y_steps = 30

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
        self._names = dict(enumerate(_PARAMETER_NAMES.get(self.title, ())))
        self._made: tuple[Any, Any] | None = None
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
        columns = dict(zip(("x", "y", "z", "t"), points, strict=False))
        for number, value in enumerate(self._parameters):
            columns[f"parameter{number}"] = np.full(len(points[0]), value)
        return np.asarray(self._formula(columns))

    def SetParameter(self, which: Any, value: float) -> None:
        """Set a parameter, by number or name."""
        number = which if isinstance(which, int) else self._number_of(which)
        self._parameters += [0.0] * (number + 1 - len(self._parameters))
        self._parameters[number] = float(value)

    def SetParameters(self, *values: Any) -> None:
        given = values[0] if len(values) == 1 and hasattr(values[0], "__len__") else values
        for number, value in enumerate(given):
            self.SetParameter(number, value)

    def GetParameter(self, which: Any) -> float:
        """Return a parameter, by number or name."""
        return self._parameters[which if isinstance(which, int) else self._number_of(which)]

    def _number_of(self, name: object) -> int:
        number = self.GetParNumber(name)
        if number < 0:
            names = ", ".join(self.GetParName(one) for one in range(len(self._parameters)))
            message = f"{self.name!r} has no parameter {str(name)!r}; it has {names or 'none'}"
            raise DataError(message)
        return number

    def GetParameters(self) -> list[float]:
        return self._parameters

    def GetNpar(self) -> int:
        return len(self._parameters)

    def SetParNames(self, *names: Any) -> None:
        for number, name in enumerate(names):
            self.SetParName(number, name)

    def SetParName(self, number: int, name: object) -> None:
        self._names[number] = str(name)

    def GetParName(self, number: int) -> str:
        return self._names.get(number, f"p{number}")

    def GetParNumber(self, name: object) -> int:
        """Return the number of a parameter; -1 if there is none of the name."""
        names = [self.GetParName(number) for number in range(len(self._parameters))]
        return names.index(str(name)) if str(name) in names else -1

    def SetNpx(self, count: int) -> None:
        """Set in how many steps numbers are drawn."""
        self._steps = int(count)

    def SetNpy(self, count: int) -> None:
        """Set in how many steps along y numbers are drawn."""
        self._y_steps = int(count)

    def GetNpx(self) -> int:
        return self._steps

    def GetNpy(self) -> int:
        return self._y_steps

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

        return float(integrate.quad(self.Eval, low, high, epsabs=0.0, epsrel=1e-12, limit=200)[0])

    def Mean(self, low: float, high: float, *more: Any) -> float:
        """Return the mean of x with the function as its density."""
        return self.Moment(1.0, low, high)

    def Moment(self, power: float, low: float, high: float, *more: Any) -> float:
        from scipy import integrate

        total = integrate.quad(lambda x: x**power * self.Eval(x), low, high, epsabs=0.0, epsrel=1e-12)[0]
        return float(total / self.Integral(low, high))

    def Derivative(self, x: float, *more: Any) -> float:
        step = 1e-3 * (self._ends[1] - self._ends[0])
        f = [self.Eval(x + k * step) for k in (-1.0, -0.5, 0.5, 1.0)]
        return (8 * (f[2] - f[1]) - (f[3] - f[0])) / (6 * step)

    def GetXmin(self) -> float:
        return self._ends[0]

    def GetXmax(self) -> float:
        return self._ends[1]

    def GetMaximumX(self, *ends: float) -> float:
        return self._extreme(-1.0, ends)

    def GetMinimumX(self, *ends: float) -> float:
        return self._extreme(1.0, ends)

    def GetMaximum(self, *ends: float) -> float:
        return self.Eval(self._extreme(-1.0, ends))

    def GetMinimum(self, *ends: float) -> float:
        return self.Eval(self._extreme(1.0, ends))

    def _extreme(self, sign: float, ends: tuple[float, ...]) -> float:
        """Return where the function is smallest, or with the sign -1 largest."""
        from scipy import optimize

        low, high = ends[:2] if len(ends) >= 2 and ends[0] < ends[1] else self.range
        x = np.linspace(low, high, self._steps)
        best = int(np.argmin(sign * self.values(x)))
        if 0 < best < len(x) - 1:
            bounds = (float(x[best - 1]), float(x[best + 1]))
            found = optimize.minimize_scalar(
                lambda one: sign * self.Eval(one), bounds=bounds, method="bounded", options={"xatol": 1e-12}
            )
            if found.fun < sign * self.Eval(float(x[best])):
                return float(found.x)
        return float(x[best])

    def GetX(self, value: float, *ends: float) -> float:
        """Return where the function has a value."""
        from scipy import optimize

        low, high = ends[:2] if len(ends) >= 2 and ends[0] < ends[1] else self.range
        x = np.linspace(low, high, _POINTS + 1)
        above = self.values(x) >= value
        changes = np.flatnonzero(above[1:] != above[:-1])
        if not len(changes):
            message = f"{self.name!r} does not have the value {value:g} from {low:g} to {high:g}"
            raise DataError(message)
        first = changes[0]
        return float(
            optimize.brentq(
                lambda one: self.Eval(one) - value, x[first], x[first + 1], xtol=1e-14, rtol=1e-14
            )
        )

    def GetRandom(self, *arguments: Any) -> float:
        """Draw x with the function as its density: ``()``, ``(generator)`` or ``(low, high, generator)``."""
        ends = [float(one) for one in arguments if isinstance(one, int | float)]
        generator = next((one for one in arguments if hasattr(one, "Rndm")), gRandom)
        option = next((one for one in arguments if isinstance(one, str)), "")
        table = self._table(option)
        if len(ends) < 2:
            return float(table.at(generator.uniforms(1))[0])
        step = (self._ends[1] - self._ends[0]) / self._steps
        first, last = int((ends[0] - self._ends[0]) / step), int((ends[1] - self._ends[0]) / step) + 2
        low, high = table.sums[max(first, 0)], table.sums[min(last, self._steps)]
        while True:
            found = float(table.at(np.array([generator.Uniform(low, high)]))[0])
            if ends[0] <= found <= ends[1]:
                return found

    def _table(self, option: str = "") -> Inverse:
        """Return the table of the integral; made anew when a parameter, an end or the steps have changed."""
        key = (tuple(self._parameters), tuple(self._ends), self._steps, option)
        if self._made is None or self._made[0] != key:
            self._made = key, Inverse.of(self.values, self.name, self.range, self._steps, option)
        return self._made[1]

    def paint(self, axes: Any, option: str, handles: dict[int, Any]) -> None:
        """Draw its curve."""
        x = np.linspace(*self.range, _POINTS)
        handles[id(self)] = axes.plot(x, self.values(x), **line_style(self))[0]

    def random_points(self, count: int, axes: Any, generator: Any) -> Doubles:
        """Return points for a histogram: bins by their integrals, evenly within each."""
        bins = axes[0].bins
        first, last = axes[0].shown_bins
        edges = bins.edges[first - 1 : last + 1]
        sums = table_of(integrals(self.values, edges[:-1], edges[1:]), self.name)
        draws = generator.uniforms(count)
        places = places_of(sums, draws)
        values = edges[places] + np.diff(edges)[places] * spread(sums, places, draws)
        return np.asarray(values).reshape(1, -1)


class TF2(_Function):
    """A function of x and y: ``(name, formula, x1, x2, y1, y2)``."""

    n_dimensions = 2
    _steps = 30

    def GetRandom2(self, x: Any, y: Any, generator: Any = None) -> None:
        """Draw a point with the function as its density."""
        draw = gRandom if generator is None else generator
        ends = self._ends
        edges = [
            np.linspace(ends[0], ends[1], self._steps + 1),
            np.linspace(ends[2], ends[3], self._y_steps + 1),
        ]
        key = (tuple(self._parameters), tuple(ends), self._steps, self._y_steps)
        if self._made is None or self._made[0] != key:
            self._made = key, table_of(np.abs(integrals_of_cells(self.values, *edges)), self.name)
        sums, first = self._made[1], draw.uniforms(1)
        place = places_of(sums, first)
        row, column = divmod(int(place[0]), self._steps)
        widths = [one[1] - one[0] for one in edges]
        put(x, float(edges[0][column] + widths[0] * spread(sums, place, first)[0]))
        put(y, float(edges[1][row] + widths[1] * draw.Rndm()))

    def random_points(self, count: int, axes: Any, generator: Any) -> Doubles:
        """Return points for a histogram: the centres of its cells, by their integrals, as in ROOT."""
        edges = [axis.bins.edges for axis in axes]
        sums = table_of(integrals_of_cells(self.values, *edges), self.name)
        rows, columns = np.divmod(places_of(sums, generator.uniforms(count)), len(edges[0]) - 1)
        return np.array([axes[0].bins.centres[columns], axes[1].bins.centres[rows]])


class TFormula(_Function):
    """A formula of x, y, z and t: ``(name, formula)``."""

    n_dimensions = 4

    def __init__(self, name: object = "", formula: object = "", *more: Any) -> None:
        super().__init__(name, str(formula))

    def GetExpFormula(self, option: object = "") -> str:
        return self.title

    def Eval(self, *point: float) -> float:
        return super().Eval(*point, *[0.0] * (self.n_dimensions - len(point)))

    __call__ = Eval

    def EvalPar(self, point: Any, parameters: Any = None) -> float:
        if parameters is not None:
            self.SetParameters(list(parameters))
        return self.Eval(*point)


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
