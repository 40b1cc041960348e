"""Functions: where ROOT's differ from C's, and closed forms for the rest."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.stats

from tmva_py.expressions import Formula
from tmva_py.expressions.functions import C_FUNCTIONS, FORMULA_FUNCTIONS
from tmva_py.expressions.tmath import CONSTANTS, TMATH_FUNCTIONS, landau_density

ONE = {"unused": [0.0]}


def value(text: str) -> float:
    return float(Formula(text)(ONE)[0])


NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # TFormula's functions have a value everywhere; those of std:: and TMath:: are C's.
        ("sqrt(-4)", 2.0),
        ("std::sqrt(-4)", NAN),
        ("TMath::Sqrt(-4)", NAN),
        ("log(0)", 0.0),
        ("log(-1)", 0.0),
        ("std::log(0)", -INF),
        ("TMath::Log(0)", -INF),
        ("log10(0)", 0.0),
        ("exp(701)", math.exp(700)),
        ("exp(-701)", 0.0),
        ("TMath::Exp(1000)", INF),
        ("asin(2)", 0.0),
        ("acos(-2)", 0.0),
        ("TMath::ASin(2)", math.pi / 2),
        ("TMath::ACos(-2)", math.pi),
        ("acosh(0)", 0.0),
        ("atanh(2)", 0.0),
        ("atan2(0,-0.)", 0.0),
        ("atan2(-1,0)", -math.pi / 2),
        ("sign(0)", 1.0),
        ("sign(-2)", -1.0),
        ("TMath::Sign(3,-0.)", -3.0),
        ("1/0", 0.0),
        ("0/0", 0.0),
        ("7/2", 3.5),
        ("fmod(7,0)", NAN),
        ("fmod(-7,3)", -1.0),
        ("7%0", 0.0),
        ("-7%3", -1.0),
        ("(-7)%3", -1.0),
        ("7.9%3.9", 1.0),
        ("7%(-3)", 1.0),
        ("int(-2.7)", -2.0),
        ("int(1e30)", -(2.0**63)),
        ("int(std::log(0))", -(2.0**63)),
        ("TMath::Nint(0.5)", 0.0),
        ("TMath::Nint(1.5)", 2.0),
        ("TMath::Nint(2.5)", 2.0),
        ("TMath::Nint(-0.5)", 0.0),
        ("TMath::Nint(-1.5)", -2.0),
        ("TMath::Nint(1e10)", -(2.0**31)),
        ("TMath::CeilNint(1.2)", 2.0),
        ("TMath::FloorNint(-1.2)", -2.0),
        ("round(2.5)", 3.0),
        ("round(-2.5)", -3.0),
        ("rint(2.5)", 2.0),
        ("trunc(-2.5)", -2.0),
        ("1<<65", 2.0),
        ("-1|0", 2.0**64),
        ("(-3)&6", 4.0),
        ("5>>1", 2.0),
        ("0x1F", 31.0),
        ("0XfF", 255.0),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1.E-2", 0.01),
        ("007", 7.0),
        ("1E+2", 100.0),
        ("pi", math.pi),
        ("TMath::Pi()", math.pi),
        ("TMath::E()", math.e),
        ("min(0/0,1)", 0.0),
        ("min(TMath::QuietNaN(),1)", NAN),
        ("min(1,TMath::QuietNaN())", 1.0),
        ("TMath::QuietNaN()?1:2", 1.0),
        ("!TMath::QuietNaN()", 0.0),
        ("TMath::QuietNaN()&&1", 1.0),
        ("TMath::Range(0,5,7)", 5.0),
        ("TMath::Even(4)", 1.0),
        ("TMath::Odd(-3)", 1.0),
        ("TMath::Odd(2.9)", 0.0),
        ("TMath::IsNaN(0)", 0.0),
        ("TMath::Finite(std::log(0))", 0.0),
        ("isnan(TMath::QuietNaN())", 1.0),
        ("TMath::Gaus(1)", math.exp(-0.5)),
        ("TMath::Gaus(1,0,0)", 1e30),
        ("TMath::Gaus(40)", 0.0),
        ("TMath::BreitWigner(0)", 2 / math.pi),
        ("TMath::CauchyDist(0)", 1 / math.pi),
        ("TMath::LaplaceDist(0)", 0.5),
        ("TMath::Poisson(0,2)", math.exp(-2)),
        ("TMath::Poisson(-1,2)", 0.0),
        ("TMath::Poisson(1,-2)", NAN),
        ("TMath::Prob(3,0)", 0.0),
        ("TMath::Prob(0,3)", 1.0),
        ("TMath::Prob(-1,3)", 0.0),
        ("TMath::Gamma(5)", 24.0),
        ("TMath::Gamma(1,0)", 0.0),
        ("TMath::Factorial(5)", 120.0),
        ("TMath::Factorial(-1)", 1.0),
        ("TMath::Binomial(5,2)", 10.0),
        ("TMath::Binomial(2,5)", NAN),
        ("TMath::AreEqualAbs(1,1.1,0.2)", 1.0),
        ("TMath::AreEqualRel(1,1.1,0.01)", 0.0),
        ("TMath::Ldexp(3,4)", 48.0),
        ("copysign(2,-1)", -2.0),
        ("fdim(3,5)", 0.0),
        ("cbrt(27)", 3.0),
        ("hypot(3,4)", 5.0),
        ("log2(8)", 3.0),
    ],
)
def test_value(text: str, expected: float) -> None:
    np.testing.assert_allclose(value(text), expected, rtol=1e-15, atol=0)


def test_normalised_gaussian_and_distributions() -> None:
    np.testing.assert_allclose(
        value("TMath::Gaus(1.3,0.5,2,1)"), scipy.stats.norm.pdf(1.3, 0.5, 2), rtol=1e-14
    )
    np.testing.assert_allclose(value("TMath::Poisson(3,2.5)"), scipy.stats.poisson.pmf(3, 2.5), rtol=1e-13)
    np.testing.assert_allclose(value("TMath::PoissonI(3.7,2.5)"), scipy.stats.poisson.pmf(3, 2.5), rtol=1e-13)
    np.testing.assert_allclose(value("TMath::Prob(3.3,4)"), scipy.stats.chi2.sf(3.3, 4), rtol=1e-13)
    np.testing.assert_allclose(value("TMath::Freq(-1.2)"), scipy.stats.norm.cdf(-1.2), rtol=1e-13)
    np.testing.assert_allclose(
        value("TMath::BetaIncomplete(0.3,2,3)"), scipy.stats.beta.cdf(0.3, 2, 3), rtol=1e-13
    )
    np.testing.assert_allclose(value("TMath::ErfInverse(TMath::Erf(0.3))"), 0.3, rtol=1e-13)
    np.testing.assert_allclose(value("TMath::ErfcInverse(TMath::Erfc(2))"), 2.0, rtol=1e-13)


def test_landau_has_the_seven_digits_of_its_table() -> None:
    points = np.concatenate([np.linspace(-5.4, 60, 300), [100.0, 250.0, 400.0, 1e4]])
    # In SciPy's parameters the location moves with the scale: CERNLIB's density has scale π/2.
    expected = scipy.stats.landau.pdf(points, math.log(math.pi / 2), math.pi / 2)
    with np.errstate(all="ignore"):
        found = landau_density(points)
    np.testing.assert_allclose(found, expected, rtol=2e-7)
    assert value("TMath::Landau(1,0,-1)") == 0.0
    assert value("TMath::Landau(1,0,2,1)") == value("TMath::Landau(1,0,2)") / 2
    assert value("TMath::Landau(-100)") == 0.0


def test_every_function_is_finite_or_nan_but_never_fails() -> None:
    for prefix, table in (("", FORMULA_FUNCTIONS), ("std::", C_FUNCTIONS), ("TMath::", TMATH_FUNCTIONS)):
        for name, function in table.items():
            for number in range(function.fewest, function.most + 1):
                for argument in ("x", "-x", "x/3", "0"):
                    text = f"{prefix}{name}({','.join([argument] * number)})"
                    columns = {"x": np.array([0.0, 1.0, -2.5, 1e300, np.nan, np.inf])}
                    assert Formula(text)(columns).shape == (6,), text


def test_constants() -> None:
    assert value("TMath::HC()") == CONSTANTS["H"] * CONSTANTS["C"]
    assert value("TMath::DegToRad()*180") == math.pi
    assert CONSTANTS["R"] == pytest.approx(8.31446261815324, rel=1e-14)
