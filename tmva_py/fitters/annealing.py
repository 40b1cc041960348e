"""TMVA's simulated annealing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from tmva_py.data.random_numbers import RootRandom
from tmva_py.errors import OptionError, warn
from tmva_py.fitters.base import MOST, Doubles, Estimator, FitResult, Fitter
from tmva_py.fitters.interval import Interval
from tmva_py.fitters.streams import uniform_stream
from tmva_py.options import Option

INCREASING = "IncAdaptive"
_SEED = 100
_DEFAULT_SCALES = {"Sqrt": 1.0, "Log": 1.0, "Homo": 1.0, "Sin": 20.0}
# Steps are made in a tenth of a range, and one part in a hundred of them is left to improve on the best.
_PART, _FINAL = 0.1, 100


class AnnealingFitter(Fitter):
    """Steps from one set of parameters to the next; the hotter it is, the likelier to a worse one."""

    options = (
        Option("MaxCalls", int, 100000, minimum=1, below=MOST, doc="number of steps"),
        Option("InitialTemp", float, 1e6, doc="first temperature, of kernels that cool"),
        Option("MinTemp", float, 1e-6, doc="lowest temperature; IncAdaptive begins with it"),
        Option("Eps", float, 1e-10, minimum=0, doc="values no further apart count as equal"),
        Option("TempScale", float, 1.0, doc="how fast the temperature changes"),
        Option("AdaptiveSpeed", float, 1.0, minimum=0, doc="IncAdaptive: how fast it rises without success"),
        Option("TempAdaptiveStep", float, 0.009875, doc="UseDefaultTemp: step of the search for it"),
        Option("UseDefaultScale", bool, False, doc="take the kernel's own TempScale"),
        Option("UseDefaultTemp", bool, False, doc="take the kernel's own first temperature"),
        Option(
            "KernelTemp", str, INCREASING,
            choices=(INCREASING, "DecAdaptive", "Sqrt", "Log", "Sin", "Homo", "Geo"),
            doc="how the temperature changes; DecAdaptive and Geo are IncAdaptive, as in ROOT",
        ),
    )  # fmt: skip

    def check(self) -> None:
        """Refuse temperatures that are not above 0; warn of kernels that ROOT has not."""
        for name in ("InitialTemp", "MinTemp", "TempScale"):
            if not 1e-100 < self.values[name] < 1e100:
                message = f"{self.owner}: option {name}={self.values[name]:g}: expected more than 0"
                raise OptionError(message)
        kernel = self.values["KernelTemp"]
        if kernel in ("DecAdaptive", "Geo"):
            text = f"{self.owner}: KernelTemp={kernel} is {INCREASING} in ROOT, and so it is here; write that"
            warn(text)

    @property
    def expected_sets(self) -> int:
        """The number of steps."""
        return int(self.values["MaxCalls"])

    def run(
        self, estimator: Estimator, ranges: Sequence[Interval], start: Doubles | None = None
    ) -> FitResult:
        """Return the best parameters on the way, which begins anywhere."""
        del start
        self.log.info("<SimulatedAnnealingFitter> Optimisation, please be patient ... ")
        self.log.info("(progress timing may be inaccurate for SA)")
        with self.timed():
            return _Walk(self, estimator, ranges).run()

    @property
    def kernel(self) -> str:
        """What the temperature does."""
        kernel: str = self.values["KernelTemp"]
        return INCREASING if kernel in ("DecAdaptive", "Geo") else kernel


class _Walk:
    """One walk through the parameters."""

    def __init__(self, fitter: AnnealingFitter, estimator: Estimator, ranges: Sequence[Interval]) -> None:
        values = fitter.values
        self._log = fitter.log
        self._estimator = estimator
        self._ranges = tuple(ranges)
        self._draws: Iterator[float] = uniform_stream(RootRandom(_SEED))
        self._kernel = fitter.kernel
        self._calls: int = values["MaxCalls"]
        self._coldest: float = values["MinTemp"]
        self._hottest: float = values["InitialTemp"]
        self._eps: float = values["Eps"]
        self._scale: float = values["TempScale"]
        self._speed: float = values["AdaptiveSpeed"]
        self._step: float = values["TempAdaptiveStep"]
        self._own_scale: bool = values["UseDefaultScale"]
        self._own_temperature: bool = values["UseDefaultTemp"]
        self._idle = 0.0

    def run(self) -> FitResult:
        parameters, temperature = self._start()
        if self._own_scale:
            own = 0.15 * (1.0 / len(self._ranges))
            self._scale = own if self._kernel == INCREASING else _DEFAULT_SCALES[self._kernel]
        self._log.info(f"Temperatur scale = {self._scale:g}, current temperature = {temperature:g}")
        best = parameters
        smallest = current = self._value(parameters)
        n_final = self._calls // _FINAL
        equals = 0
        for step in range(self._calls - n_final):
            tried = self._neighbour(parameters, temperature)
            value = self._value(tried)
            is_equal = abs(current - value) < self._eps
            if value < current or is_equal:
                if is_equal:
                    equals += 1
                    if equals >= 3:
                        self._idle += 1.0
                else:
                    self._idle, equals = 0.0, 0
                parameters, current = tried, value
                if current < smallest:
                    best, smallest = parameters, current
            else:
                if self._goes_in(value, current, temperature):
                    parameters, current = tried, value
                self._idle += 1.0
                equals = 0
            temperature = self._temperature(step)
        first = self._coldest * len(self._ranges) * 2.0
        temperature = first
        for _ in range(n_final):
            tried = self._neighbour(parameters, temperature)
            value = self._value(tried)
            if value < current:
                parameters, current = tried, value
                if current < smallest:
                    best, smallest = parameters, current
            temperature -= (first - self._eps) / n_final
        return FitResult(np.array(best), smallest)

    def _value(self, parameters: list[float]) -> float:
        row = np.array([parameters])
        value = float(self._estimator(row)[0])
        parameters[:] = row[0].tolist()
        return value

    def _start(self) -> tuple[list[float], float]:
        """Return first parameters and temperature."""
        if self._own_temperature and self._kernel != INCREASING:
            parameters, self._hottest = self._melt()
            return parameters, self._hottest
        if self._own_temperature:
            self._coldest = 1e-6
        parameters = [next(self._draws) * one.width + one.minimum for one in self._ranges]
        return parameters, self._coldest if self._kernel == INCREASING else self._hottest

    def _neighbour(self, parameters: list[float], temperature: float) -> list[float]:
        """Return parameters in steps that are long when it is hot."""
        found = []
        base = 1.0 + 1.0 / temperature
        draws = self._draws
        for one, old in zip(self._ranges, parameters, strict=True):
            while True:
                draw = next(draws)
                sign = 1.0 if draw - 0.5 >= 0.0 else -1.0
                length = temperature * (math.pow(base, abs(2.0 * draw - 1.0)) - 1.0) * sign
                new = old + one.width * _PART * length
                if one.minimum <= new <= one.maximum:
                    break
            found.append(new)
        return found

    def _goes_in(self, value: float, current: float, temperature: float) -> bool:
        """Return whether to go to a worse value."""
        if temperature < self._eps:
            return False
        return next(self._draws) < math.exp(-abs(value - current) / temperature)

    def _temperature(self, step: int) -> float:
        """Return the temperature after a step."""
        if self._kernel == INCREASING:
            return self._coldest + self._scale * math.log(1.0 + self._idle * self._speed)
        if self._kernel == "Sin":
            return (math.sin(step / self._scale) + 1.0) / (step + 1.0) * self._hottest + self._eps
        divisor = {"Sqrt": math.sqrt, "Log": math.log, "Homo": float}[self._kernel](step + 2)
        return self._hottest / divisor * self._scale

    def _melt(self) -> tuple[list[float], float]:
        """Return good parameters and a temperature at which values change much."""
        temperature, change, cold = self._coldest, 0.0, 0.0
        has_changed = False
        x = best = [one.middle for one in self._ranges]
        smallest = 1e10
        for number in range(self._calls // 50):
            if number > 0 and change > 0.0:
                cold, has_changed = change, True
            temperature += self._step * number
            x = self._neighbour(x, temperature)
            y = old = self._value(x)
            tried, settled = x, 0
            for _ in range(30):
                if settled > 12:
                    break
                tried = self._neighbour(x, temperature)
                value = self._value(tried)
                change = value - y
                if change < 0.0:
                    x, tried = tried, x
                    y, value = value, y
                    if y < smallest:
                        best, smallest = x, y
                    size = abs(change)
                    if y != 0.0:
                        size /= y
                    elif value != 0.0:
                        size = math.inf
                    settled = settled + 1 if size < 0.1 else 0
                else:
                    settled += 1
            value = self._value(tried)
            change = value - old
            if change < 0.0 and value < smallest:
                best, smallest = x, value
            if has_changed and change >= 100.0 * cold:
                break
        return best, temperature
