"""``TMath``: its functions of single numbers, and constants."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from tmva_py.pyroot.standin.missing import needs_root

_CONSTANTS = {
    **{"Pi": math.pi, "TwoPi": 2 * math.pi, "PiOver2": math.pi / 2, "PiOver4": math.pi / 4, "E": math.e},
    **{"DegToRad": math.pi / 180, "RadToDeg": 180 / math.pi, "Sqrt2": math.sqrt(2), "C": 2.99792458e8},
    **{"Infinity": math.inf, "QuietNaN": math.nan, "LogE": math.log10(math.e), "Ln10": math.log(10)},
}


class _TMath:
    """``ROOT.TMath``: constants, Python's own where they are alike, and TTree formulas' functions."""

    _PYTHONS: ClassVar[dict[str, Callable[..., Any]]] = {
        **{"Sin": math.sin, "Cos": math.cos, "Tan": math.tan, "ASin": math.asin, "ACos": math.acos},
        **{"ATan": math.atan, "SinH": math.sinh, "CosH": math.cosh, "TanH": math.tanh, "ATan2": math.atan2},
        **{"ASinH": math.asinh, "ACosH": math.acosh, "ATanH": math.atanh, "Hypot": math.hypot},
        **{"Erf": math.erf, "Erfc": math.erfc, "LnGamma": math.lgamma, "Gamma": math.gamma, "Exp": math.exp},
        **{"Log10": math.log10, "Log2": math.log2, "IsNaN": math.isnan, "Finite": math.isfinite},
        **{"Abs": abs, "Max": max, "Min": min, "Power": pow, "Ceil": math.ceil, "Floor": math.floor},
        **{"CeilNint": math.ceil, "FloorNint": math.floor},
    }

    @staticmethod
    def Sqrt(x: float) -> float:
        return math.sqrt(x) if x >= 0 else math.nan

    @staticmethod
    def Log(x: float) -> float:
        return math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan)

    @staticmethod
    def Nint(x: float) -> int:
        return round(x)

    @staticmethod
    def Sq(x: float) -> float:
        return x * x

    @staticmethod
    def Sign(x: float, y: float) -> float:
        return math.copysign(x, y)

    @staticmethod
    def Even(x: int) -> bool:
        return x % 2 == 0

    @staticmethod
    def Odd(x: int) -> bool:
        return x % 2 == 1

    @staticmethod
    def Gaus(x: float, mean: float = 0.0, sigma: float = 1.0, norm: bool = False) -> float:
        value = math.exp(-0.5 * ((x - mean) / sigma) ** 2)
        return value / (math.sqrt(2 * math.pi) * sigma) if norm else value

    @staticmethod
    def Mean(*given: Any) -> float:
        return float(np.mean(_numbers(given)))

    @staticmethod
    def RMS(*given: Any) -> float:
        values = _numbers(given)
        return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0

    StdDev = RMS

    @staticmethod
    def Median(*given: Any) -> float:
        return float(np.median(_numbers(given)))

    @staticmethod
    def MaxElement(count: int, values: Any) -> float:
        return float(max(values[:count]))

    @staticmethod
    def MinElement(count: int, values: Any) -> float:
        return float(min(values[:count]))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._PYTHONS:
            return self._PYTHONS[name]
        if name in _CONSTANTS:
            return lambda: _CONSTANTS[name]
        if name in ("Landau", "Prob", "BreitWigner", "Freq", "Factorial", "Binomial", "Poisson", "BesselI0"):
            return lambda *values: _by_formula(name, values)
        call = f"TMath.{name}"
        raise needs_root(call, [*self._PYTHONS, *_CONSTANTS])


def _numbers(given: tuple[Any, ...]) -> Any:
    """Return the numbers of ``(values)`` or of ROOT's ``(count, values)``."""
    return np.asarray(given[1][: given[0]] if len(given) > 1 else given[0], np.float64)


def _by_formula(name: str, values: tuple[float, ...]) -> float:
    from tmva_py.expressions import Formula

    given = ", ".join(repr(float(value)) for value in values)
    return float(Formula(f"TMath::{name}({given})")({"unused": [0.0]})[0])


TMath = _TMath()
