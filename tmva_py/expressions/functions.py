"""Functions without ``TMath::``: TFormula's own and those of C's math library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tmva_py.expressions.numbers import Values, to_int64


@dataclass(frozen=True)
class Function:
    """A function of an expression."""

    name: str
    evaluate: Callable[..., Values]  # of one float64 array or scalar per argument
    fewest: int = 1  # numbers of arguments
    most: int = 1


def special(name: str) -> Callable[..., Values]:
    """Return a function of ``scipy.special`` that is imported at the first call."""

    def evaluate(*arguments: Values) -> Values:
        import scipy.special

        return getattr(scipy.special, name)(*arguments)

    return evaluate


def truth(test: Callable[..., Values]) -> Callable[..., Values]:
    """Return a test that answers 1.0 and 0.0."""

    def evaluate(*arguments: Values) -> Values:
        return np.asarray(test(*arguments)).astype(np.float64)

    return evaluate


def tgamma(x: Values) -> Values:
    """Return C's gamma function (NaN at negative integers, ±infinity at ±0)."""
    import scipy.special

    value = scipy.special.gamma(x)
    return np.where((x < 0) & (x == np.floor(x)), np.nan, value)


def lgamma(x: Values) -> Values:
    """Return the logarithm of the absolute value of the gamma function."""
    import scipy.special

    return scipy.special.gammaln(x)


def atan2(y: Values, x: Values) -> Values:
    """Return TMath::ATan2, which has no signed zeros: atan2(y, ±0) is 0, π/2 or −π/2."""
    on_axis = x == 0
    value = np.arctan2(y, x)
    if not np.any(on_axis):
        return value
    return np.where(on_axis, np.where(y == 0, 0.0, np.where(y > 0, np.pi / 2, -np.pi / 2)), value)


def minimum(a: Values, b: Values) -> Values:
    """Return ``std::min(a, b)``: a unless b is smaller (a NaN on the right is passed over)."""
    return np.where(b < a, b, a)


def maximum(a: Values, b: Values) -> Values:
    """Return ``std::max(a, b)``: a unless it is smaller (a NaN on the right is passed over)."""
    return np.where(a < b, b, a)


def c_round(x: Values) -> Values:
    """Return C's ``round``: halves away from zero."""
    whole = np.trunc(x)
    return np.where(np.abs(x - whole) >= 0.5, whole + np.copysign(1.0, x), whole)


def _safe_log(x: Values) -> Values:
    return np.where(x > 0, np.log(x), 0.0)


def _safe_log10(x: Values) -> Values:
    return np.where(x > 0, np.log10(x), 0.0)


def _clipped_exp(x: Values) -> Values:
    return np.where(x < -700.0, 0.0, np.exp(np.minimum(x, 700.0)))


def _sqrt_of_absolute(x: Values) -> Values:
    return np.sqrt(np.abs(x))


def _inside(low: float, high: float, function: Callable[[Values], Values]) -> Callable[[Values], Values]:
    """Return `function` made 0 outside [low, high]; NaN stays NaN."""

    def evaluate(x: Values) -> Values:
        return np.where((x < low) | (x > high), 0.0, function(x))

    return evaluate


def _sign(x: Values) -> Values:
    return np.where(x < 0, -1.0, 1.0)


def _int(x: Values) -> Values:
    return to_int64(x).astype(np.float64)


def _square(x: Values) -> Values:
    return x * x


def _table(*functions: Function) -> dict[str, Function]:
    return {function.name: function for function in functions}


# C's math library, as found in the global name space and in std::.
C_FUNCTIONS = _table(
    *(Function(name, getattr(np, name)) for name in ("fabs", "floor", "ceil", "trunc", "rint", "cbrt")),
    *(
        Function(name, getattr(np, name))
        for name in ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p")
    ),
    *(Function(name, getattr(np, name)) for name in ("sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh")),
    Function("abs", np.abs),
    Function("asin", np.arcsin),
    Function("acos", np.arccos),
    Function("atan", np.arctan),
    Function("asinh", np.arcsinh),
    Function("acosh", np.arccosh),
    Function("atanh", np.arctanh),
    Function("nearbyint", np.rint),
    Function("round", c_round),
    Function("erf", special("erf")),
    Function("erfc", special("erfc")),
    Function("tgamma", tgamma),
    Function("lgamma", lgamma),
    Function("isnan", truth(np.isnan)),
    Function("isinf", truth(np.isinf)),
    Function("isfinite", truth(np.isfinite)),
    Function("signbit", truth(np.signbit)),
    Function("atan2", np.arctan2, 2, 2),
    Function("pow", np.power, 2, 2),
    Function("fmod", np.fmod, 2, 2),
    Function("hypot", np.hypot, 2, 2),
    Function("fmin", np.fmin, 2, 2),
    Function("fmax", np.fmax, 2, 2),
    Function("min", minimum, 2, 2),
    Function("max", maximum, 2, 2),
    Function("copysign", np.copysign, 2, 2),
    Function("fdim", lambda a, b: np.where(a <= b, 0.0, a - b), 2, 2),
)

# TFormula's own functions hide those of C: they have a value where C's have none.
FORMULA_FUNCTIONS = C_FUNCTIONS | _table(
    Function("sqrt", _sqrt_of_absolute),
    Function("log", _safe_log),
    Function("log10", _safe_log10),
    Function("exp", _clipped_exp),
    Function("asin", _inside(-1.0, 1.0, np.arcsin)),
    Function("acos", _inside(-1.0, 1.0, np.arccos)),
    Function("atanh", _inside(-1.0, 1.0, np.arctanh)),
    Function("acosh", _inside(1.0, np.inf, np.arccosh)),
    Function("atan2", atan2, 2, 2),
    Function("sign", _sign),
    Function("int", _int),
    Function("sq", _square),
)
