"""The functions and constants of ROOT's ``TMath`` that take and give single numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tmva_py.expressions.functions import Function, atan2, lgamma, special, tgamma, truth
from tmva_py.expressions.numbers import Values, to_int32, to_int64

# Coefficients (constant term first) of K.S. Kölbig and B. Schorr, Comput. Phys. Commun. 31 (1984) 97, which
# CERNLIB's G110 and ROOT use: upper end of the region, numerator, denominator.
_LANDAU_REGIONS = (
    (
        -1.0,
        (0.4259894875, -0.1249762550, 0.03984243700, -0.006298287635, 0.001511162253),
        (1.0, -0.3388260629, 0.09594393323, -0.01608042283, 0.003778942063),
    ),
    (
        1.0,
        (0.1788541609, 0.1173957403, 0.01488850518, -0.001394989411, 0.0001283617211),
        (1.0, 0.7428795082, 0.3153932961, 0.06694219548, 0.008790609714),
    ),
    (
        5.0,
        (0.1788544503, 0.09359161662, 0.006325387654, 0.00006611667319, -0.000002031049101),
        (1.0, 0.6097809921, 0.2560616665, 0.04746722384, 0.006957301675),
    ),
    (
        12.0,
        (0.9874054407, 118.6723273, 849.2794360, -743.7792444, 427.0262186),
        (1.0, 106.8615961, 337.6496214, 2016.712389, 1597.063511),
    ),
    (
        50.0,
        (1.003675074, 167.5702434, 4789.711289, 21217.86767, -22324.94910),
        (1.0, 156.9424537, 3745.310488, 9834.698876, 66924.28357),
    ),
    (
        300.0,
        (1.000827619, 664.9143136, 62972.92665, 475554.6998, -5743609.109),
        (1.0, 651.4101098, 56974.73333, 165917.4725, -2815759.939),
    ),
)
_LANDAU_LOW_TAIL = (1.0, 0.04166666667, -0.01996527778, 0.02709538966)
_LANDAU_HIGH_TAIL = (1.0, -1.845568670, -4.284640743)


def _series(coefficients: tuple[float, ...], x: Values) -> Values:
    return np.polynomial.polynomial.polyval(x, coefficients)


def landau_density(v: Values) -> Values:
    """Return the Landau density at v, to the seven digits of CERNLIB's G110."""
    v = np.asarray(v, dtype=np.float64)
    inverse = 1.0 / v
    choices: list[Values] = []
    low = np.exp(v + 1.0)
    low_tail = 0.3989422803 * (np.exp(-1.0 / low) / np.sqrt(low)) * _series(_LANDAU_LOW_TAIL, low)
    choices.append(np.where(low < 1e-10, 0.0, low_tail))
    for number, (_, numerator, denominator) in enumerate(_LANDAU_REGIONS):
        argument = v if number < 3 else inverse
        ratio = _series(numerator, argument) / _series(denominator, argument)
        if number == 0:
            u = np.exp(-v - 1.0)
            ratio = np.exp(-u) * np.sqrt(u) * ratio
        elif number >= 3:
            ratio = inverse * inverse * ratio
        choices.append(ratio)
    tail = 1.0 / (v - v * np.log(v) / (v + 1.0))
    choices.append(tail * tail * _series(_LANDAU_HIGH_TAIL, tail))
    ends = (-5.5, *(end for end, _, _ in _LANDAU_REGIONS))
    return np.select([v < end for end in ends], choices[:-1], default=choices[-1])


def _landau(x: Values, location: Values = 0.0, scale: Values = 1.0, normalised: Values = 0.0) -> Values:
    density = landau_density((x - location) / scale)
    return np.where(
        np.less_equal(scale, 0), 0.0, np.where(np.not_equal(normalised, 0), density / scale, density)
    )


def _gaus(x: Values, mean: Values = 0.0, sigma: Values = 1.0, normalised: Values = 0.0) -> Values:
    argument = (x - mean) / sigma
    value = np.where(np.abs(argument) > 39.0, 0.0, np.exp(-0.5 * argument * argument))
    value = np.where(np.not_equal(normalised, 0), value / (2.50662827463100024 * np.asarray(sigma)), value)
    return np.where(np.equal(sigma, 0), 1e30, value)


def _breit_wigner(x: Values, mean: Values = 0.0, gamma: Values = 1.0) -> Values:
    return gamma / ((x - mean) * (x - mean) + gamma * gamma / 4.0) / (2.0 * np.pi)


def _cauchy(x: Values, t: Values = 0.0, s: Values = 1.0) -> Values:
    return 1.0 / (s * np.pi * (1.0 + (x - t) * (x - t) / (s * s)))


def _laplace(x: Values, alpha: Values = 0.0, beta: Values = 1.0) -> Values:
    return np.exp(-np.abs((x - alpha) / beta)) / (2.0 * beta)


def _poisson(x: Values, mean: Values) -> Values:
    value = np.exp(x * np.log(mean) - lgamma(x + 1.0) - mean)
    value = np.where(x == 0, np.exp(-np.asarray(mean)), value)
    return np.where(np.less(mean, 0), np.nan, np.where(x < 0, 0.0, value))


def _poisson_integer(x: Values, mean: Values) -> Values:
    return _poisson(to_int32(x).astype(np.float64), mean)


def _prob(chi2: Values, degrees: Values) -> Values:
    import scipy.special

    whole = to_int32(degrees)
    value = scipy.special.gammaincc(whole / 2.0, np.maximum(chi2, 0.0) / 2.0)
    return np.where(whole <= 0, 0.0, np.where(chi2 < 0, 0.0, np.where(chi2 == 0, 1.0, value)))


def _gamma(a: Values, x: Values | None = None) -> Values:
    if x is None:
        return tgamma(a)
    import scipy.special

    return np.where((a <= 0) | (x <= 0), 0.0, scipy.special.gammainc(a, x))


def _factorial(n: Values) -> Values:
    import scipy.special

    whole = np.clip(to_int32(n), 0, 171)
    return np.where(whole > 170, np.inf, scipy.special.factorial(whole).astype(np.float64))


def _binomial(n: Values, k: Values) -> Values:
    import scipy.special

    upper, lower = to_int32(n), to_int32(k)
    value = scipy.special.binom(upper, lower)
    return np.where((upper < 0) | (lower < 0) | (upper < lower), np.nan, value)


def nint(x: Values) -> Values:
    """Return TMath::Nint: the nearest integer, halves to the even one, as an ``Int_t`` (32 bits)."""
    up = np.where(x >= 0, 1.0, -1.0)
    shifted = x + 0.5 * up
    whole = to_int32(shifted)
    halfway = (whole % 2 == 1) & (shifted == whole)
    return np.where(halfway, whole - up, whole).astype(np.float64)


def _beyond(low: float, high: float, function: Callable[[Values], Values]) -> Callable[[Values], Values]:
    """Return an inverse function that keeps the values `low` and `high` outside of [-1, 1]."""

    def evaluate(x: Values) -> Values:
        return np.where(x < -1.0, low, np.where(x > 1.0, high, function(x)))

    return evaluate


def _at_most(a: Values, b: Values) -> Values:
    return np.where(a <= b, a, b)


def _at_least(a: Values, b: Values) -> Values:
    return np.where(a >= b, a, b)


def _range(low: Values, high: Values, x: Values) -> Values:
    return np.where(x < low, low, np.where(x > high, high, x))


def _sign(a: Values, b: Values) -> Values:
    return np.copysign(a, b)


def _odd(x: Values) -> Values:
    return (to_int64(x) & 1).astype(np.float64)


def _even(x: Values) -> Values:
    return 1.0 - _odd(x)


def _equal_relative(a: Values, b: Values, precision: Values) -> Values:
    return np.abs(a - b) <= 0.5 * precision * (np.abs(a) + np.abs(b))


def _constant(value: float) -> Callable[[], Values]:
    return lambda: np.float64(value)


_SPEED_OF_LIGHT = 2.99792458e8
_PLANCK = 6.62607015e-34
_BOLTZMANN = 1.380649e-23
_AVOGADRO = 6.02214076e23
_MASS_OF_AIR = 28.9644

CONSTANTS: dict[str, float] = {
    "Pi": np.pi,
    "TwoPi": 2.0 * np.pi,
    "PiOver2": np.pi / 2.0,
    "PiOver4": np.pi / 4.0,
    "InvPi": 1.0 / np.pi,
    "RadToDeg": 180.0 / np.pi,
    "DegToRad": np.pi / 180.0,
    "Sqrt2": 1.4142135623730950488,
    "E": 2.71828182845904523536,
    "Ln10": 2.30258509299404568402,
    "LogE": 0.43429448190325182765,
    "EulerGamma": 0.577215664901532860606,
    # SI units, CODATA 2018 as in ROOT 6.
    "C": _SPEED_OF_LIGHT,
    "Ccgs": 100.0 * _SPEED_OF_LIGHT,
    "G": 6.67430e-11,
    "GhbarC": 6.70883e-39,
    "Gn": 9.80665,
    "H": _PLANCK,
    "Hcgs": 1.0e7 * _PLANCK,
    "Hbar": 1.054571817e-34,
    "HC": _PLANCK * _SPEED_OF_LIGHT,
    "K": _BOLTZMANN,
    "Kcgs": 1.0e7 * _BOLTZMANN,
    "Sigma": 5.670374419e-8,
    "Na": _AVOGADRO,
    "R": _BOLTZMANN * _AVOGADRO,
    "MWair": _MASS_OF_AIR,
    "Rgair": 1000.0 * _BOLTZMANN * _AVOGADRO / _MASS_OF_AIR,
    "Qe": 1.602176634e-19,
    "Infinity": np.inf,
    "QuietNaN": np.nan,
}

_FUNCTIONS = (
    *(Function(name, _constant(value), 0, 0) for name, value in CONSTANTS.items()),
    Function("Abs", np.abs),
    Function("Sqrt", np.sqrt),
    Function("Sq", lambda x: x * x),
    Function("Exp", np.exp),
    Function("Log", np.log),
    Function("Log2", np.log2),
    Function("Log10", np.log10),
    Function("Power", np.power, 2, 2),
    Function("Ldexp", lambda x, n: np.ldexp(x, to_int32(n).astype(np.int32)), 2, 2),
    Function("Sin", np.sin),
    Function("Cos", np.cos),
    Function("Tan", np.tan),
    Function("ASin", _beyond(-np.pi / 2, np.pi / 2, np.arcsin)),
    Function("ACos", _beyond(np.pi, 0.0, np.arccos)),
    Function("ATan", np.arctan),
    Function("ATan2", atan2, 2, 2),
    Function("SinH", np.sinh),
    Function("CosH", np.cosh),
    Function("TanH", np.tanh),
    Function("ASinH", np.arcsinh),
    Function("ACosH", np.arccosh),
    Function("ATanH", np.arctanh),
    Function("Hypot", np.hypot, 2, 2),
    Function("Min", _at_most, 2, 2),
    Function("Max", _at_least, 2, 2),
    Function("Range", _range, 3, 3),
    Function("Sign", _sign, 2, 2),
    Function("SignBit", truth(np.signbit)),
    Function("Floor", np.floor),
    Function("Ceil", np.ceil),
    Function("Nint", nint),
    Function("FloorNint", lambda x: nint(np.floor(x))),
    Function("CeilNint", lambda x: nint(np.ceil(x))),
    Function("Odd", _odd),
    Function("Even", _even),
    Function("IsNaN", truth(np.isnan)),
    Function("Finite", truth(np.isfinite)),
    Function("AreEqualAbs", truth(lambda a, b, eps: np.abs(a - b) < eps), 3, 3),
    Function("AreEqualRel", truth(_equal_relative), 3, 3),
    Function("Gaus", _gaus, 1, 4),
    Function("BreitWigner", _breit_wigner, 1, 3),
    Function("CauchyDist", _cauchy, 1, 3),
    Function("LaplaceDist", _laplace, 1, 3),
    Function("Landau", _landau, 1, 4),
    Function("Poisson", _poisson, 2, 2),
    Function("PoissonI", _poisson_integer, 2, 2),
    Function("Prob", _prob, 2, 2),
    Function("Gamma", _gamma, 1, 2),
    Function("LnGamma", lgamma),
    Function("Factorial", _factorial),
    Function("Binomial", _binomial, 2, 2),
    Function("Beta", special("beta"), 2, 2),
    Function("BetaIncomplete", lambda x, a, b: special("betainc")(a, b, x), 3, 3),
    Function("Erf", special("erf")),
    Function("Erfc", special("erfc")),
    Function("ErfInverse", lambda x: np.where(np.abs(x) < 1.0, special("erfinv")(x), 0.0)),
    Function("ErfcInverse", special("erfcinv")),
    Function("Freq", special("ndtr")),
    Function("NormQuantile", lambda p: np.where((p <= 0) | (p >= 1), 0.0, special("ndtri")(p))),
)

#: By the name after ``TMath::``.
TMATH_FUNCTIONS = {function.name: function for function in _FUNCTIONS}
