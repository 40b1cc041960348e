"""Bookings of functions: mistakes, fits of all kinds and analyses, formulas beyond sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tmva_py.data import AnalysisType
from tmva_py.errors import OptionError, TMVAWarning, TrainingError, WeightFileError
from tmva_py.message_log import MessageLog
from tmva_py.methods.fda.estimator import FDAEstimator
from tmva_py.methods.fda.formula import ParameterFormula
from tmva_py.methods.fda.method import MethodFDA
from tmva_py.methods.fda.sums import SumOfProducts
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing import check
from tmva_py.testing.method_checks import data_set

SUM = "Formula=(0)+(1)*x0+(2)*x1:ParRanges=(-1,1);(-2,2);(-2,2)"


def booked(options: str, analysis: AnalysisType = "Classification") -> MethodFDA:
    info = data_set(analysis).info
    return MethodFDA("F", info, analysis, options, log=MessageLog("F", silent=True))


def test_the_kits_checks() -> None:
    check("method", "FDA")


@pytest.mark.parametrize(
    "fit",
    [
        "FitMethod=MINUIT",
        "FitMethod=GA:PopSize=100:Steps=20:Cycles=2",
        "FitMethod=SA:MaxCalls=4000:UseDefaultScale",
        "FitMethod=MC:SampleSize=4000:Sigma=0.05",
        "FitMethod=MC:SampleSize=20:Converger=MINUIT:MaxCalls=300",
        "FitMethod=GA:PopSize=8:Steps=1:Cycles=1:Converger=MINUIT:MaxCalls=100:UseMinos=F:UseImprove=F",
        "FitMethod=SA:MaxCalls=60:Converger=MINUIT:UseMinos=F:UseImprove=F",
    ],
)
def test_fits_of_a_sum(fit: str) -> None:
    """All of them come near the minimum, which least squares give; the value there is some 0.3."""
    data = data_set("Classification")
    method = booked(f"{SUM}:{fit}")
    trained = train_method(method, data)
    events = data.training
    weight = events.weight.copy()
    for index in (0, 1):
        weight[events.class_index == index] /= weight[events.class_index == index].sum()
    x = np.column_stack([np.ones(len(events)), events.x[:, :2].astype(np.float64)])
    root = np.sqrt(weight)
    best = np.linalg.lstsq(x * root[:, None], (events.class_index == 0) * root, rcond=None)[0]
    estimator = FDAEstimator(events, data.info, "Classification", trained.model.formula)
    smallest, found = estimator(np.stack([best, trained.model.parameters[0]]))
    near = 1e-4 if "MINUIT" in fit else 5e-3
    assert smallest <= found + 1e-12
    assert found - smallest < near
    again = read_weight_file(weight_text(trained))
    np.testing.assert_array_equal(again.evaluate(data.testing.x), trained.evaluate(data.testing.x))


def test_several_classes() -> None:
    """Softmax regression: most events get their class, and the shares are one in sum."""
    data = data_set("Multiclass")
    trained = train_method(booked(f"{SUM.replace('1,1', '4,4')}:FitMethod=MINUIT", "Multiclass"), data)
    shares = trained.evaluate(data.testing.x)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    assert (shares.argmax(axis=1) == data.testing.class_index).mean() > 0.6
    with pytest.raises(WeightFileError, match="NDim=2, expected 3"):
        read_weight_file(weight_text(trained).replace('NDim="3"', 'NDim="2"'))


def test_a_formula_that_bends() -> None:
    """The parameters of an exponential, from events that follow it."""
    data = data_set("Regression")
    x = data.training.x[:, 0].astype(np.float64)
    data.training.targets[:, 0] = 2 + 3 * np.exp(-0.5 * x)
    method = booked("Formula=(0)+(1)*exp((2)*x0):ParRanges=(-5,5);(0,10);(-2,2):Tolerance=1e-4", "Regression")
    trained = train_method(method, data)
    np.testing.assert_allclose(trained.model.parameters[0], [2, 3, -0.5], atol=2e-3)


def test_a_fixed_parameter() -> None:
    data = data_set("Classification")
    trained = train_method(booked("Formula=(0)+(1)*x0:ParRanges=(0.25,0.25);(-2,2)"), data)
    assert trained.model.parameters[0, 0] == 0.25


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("Formula=(0)+(1)*x0:ParRanges=(-1,1)", r"has a parameter \(1\), but ParRanges has 1 ranges"),
        ("Formula=(0)*x7:ParRanges=(-1,1)", "has a variable x7, but there are 3, counted from x0"),
        ("Formula=(0)*y:ParRanges=(-1,1)", "FDA 'F': Formula .*has no branch 'y'"),
        ("Formula=(0)*:ParRanges=(-1,1)", "it is made of variables x0, x1"),
        ("Formula=(0)", r"ParRanges=\(\): '\(\)' is no range; write one for each parameter"),
        ("Formula=(0):ParRanges=(1,-1)", r"the range \(1,-1\) of parameter 0 must go from a number up"),
        ("Formula=(0):ParRanges=(1,2,3)", "is no range"),
        ("Formula=(0):ParRanges=(1;2)", "is no range"),
        ("Formula=(0):ParRanges=(-1e99,1)", "must go from a number up to another one"),
        ("Formula=(0):ParRanges=(0,1):SampleSize=7", "'SampleSize=7', please check!"),
        ("Formula=(0):ParRanges=(0,1):FitMethod=MC:ErrorLevel=1", "'ErrorLevel=1', please check!"),
    ],
)
def test_mistakes(options: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        booked(options)


def test_a_formula_without_a_value() -> None:
    with pytest.raises(TrainingError, match="is not a finite number for some events, whatever parameters"):
        train_method(
            booked("Formula=(0)+1e308*10:ParRanges=(0,1):FitMethod=MC:SampleSize=10"),
            data_set("Classification"),
        )


def test_responses_that_are_not_finite() -> None:
    trained = train_method(booked(SUM), data_set("Classification"))
    with pytest.warns(
        TMVAWarning, match=r"Formula '\(0\)\+\(1\)\*x0\+\(2\)\*x1' is not finite for 1 of 2 events"
    ):
        found = trained.evaluate([[np.inf, 0, 0], [0, 0, 0]])
    assert np.isfinite(found).tolist() == [False, True]


def test_values_of_many_sets_at_once() -> None:
    formula = ParameterFormula("(0)*x1**2-(10)/x0+(1)", 11, 2)
    random = np.random.default_rng(1)
    parameters, columns = random.normal(size=(7, 11)), random.normal(size=(2, 5))
    expected = parameters[:, :1] * columns[1] ** 2 - parameters[:, 10:] / columns[0] + parameters[:, 1:2]
    np.testing.assert_allclose(formula(parameters, columns), expected, rtol=1e-14)
    assert formula.in_root_style() == "[0]*[12]**2-[10]/[11]+[1]"
    constant = ParameterFormula("(0)", 1, 3)
    np.testing.assert_array_equal(constant(np.array([[2.5]]), np.zeros((3, 4))), np.full((1, 4), 2.5))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("(0)", lambda p, x: p[0] + 0 * x[0]),
        ("-(0)*x1+(1)", lambda p, x: -p[0] * x[1] + p[1]),
        (
            "2.5e-1*x0*(1)-x1*(0)*3+(2)-x0*x1",
            lambda p, x: 2.5e-1 * x[0] * p[1] - x[1] * p[0] * 3 + p[2] - x[0] * x[1],
        ),
        ("x0-1.*(2)", lambda p, x: x[0] - 1.0 * p[2]),
    ],
)
def test_sums_have_the_bits_of_a_program(text: str, value: Callable[[Any, Any], Any]) -> None:
    """As compiled by ROOT 6; expressions of ROOT 5 take some sums from the right."""
    formula = ParameterFormula(text, 3, 2)
    assert SumOfProducts.of(text) is not None
    random = np.random.default_rng(1)
    parameters, columns = random.normal(size=(7, 3)), random.normal(size=(2, 50))
    found = formula(parameters, columns)
    np.testing.assert_array_equal(found, value(parameters.T[:, :, None], columns))
    # Four terms of a size of 1 to 10 are rounded once each.
    np.testing.assert_allclose(found, formula.in_general(parameters, columns), rtol=0, atol=1e-14)


@pytest.mark.parametrize("text", ["(0)**2", "x0/(1)", "exp((0))", "(0)+", "(0)--x1", "((0)+x1)*2", "y"])
def test_what_is_no_sum_of_products(text: str) -> None:
    assert SumOfProducts.of(text) is None


def test_damaged_files() -> None:
    text = weight_text(train_method(booked(SUM), data_set("Classification")))
    for old, new, message in (
        ('NPars="3"', 'NPars="4"', "NPars=4 and NDim=1, but there are 3 <Parameter>"),
        ('Parameter Index="1"', 'Parameter Index="0"', "Index=0 is beyond 2, or there twice"),
        ('Index="1" Value="', 'Index="1" Value="x', "must be a finite number"),
        ('x1">', 'x9">', "has a variable x9"),
    ):
        with pytest.raises(WeightFileError, match=message):
            read_weight_file(text.replace(old, new))
