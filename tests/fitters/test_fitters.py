"""Fitters: known minima, repeatable searches, options and their mistakes."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tmva_py.data.random_numbers import RootRandom
from tmva_py.errors import OptionError, TMVAWarning
from tmva_py.fitters import FITTERS, FitResult, Interval, Progress, minuit
from tmva_py.fitters.monte_carlo import sampled
from tmva_py.fitters.sorting import std_sort_order
from tmva_py.fitters.streams import gaussian, uniform_stream
from tmva_py.message_log import MessageLog
from tmva_py.options import parse_option_string

RANGES = (Interval(-4.0, 4.0), Interval(-2.0, 6.0), Interval(1.5, 1.5))
PLACE = np.array([1.25, 3.5, 1.5])
OPTIONS = {
    "GA": "PopSize=100:Steps=20:Cycles=2",
    "SA": "MaxCalls=20000:UseDefaultScale",
    "MC": "SampleSize=20000",
    "MINUIT": "",
}


def bowl(parameters: np.ndarray) -> np.ndarray:
    """A minimum of 2 at `PLACE`, with a second, higher one beside it."""
    distance = ((parameters - PLACE) ** 2).sum(axis=1)
    other = ((parameters - [-3.0, -1.0, 1.5]) ** 2).sum(axis=1)
    return np.minimum(distance, other + 3.0) + 2.0


def run(name: str, options: str, estimator: Any = bowl, ranges: Sequence[Interval] = RANGES) -> FitResult:
    fitter = FITTERS[name]
    values = parse_option_string(options, fitter.options, owner=name)
    return fitter(values, log=MessageLog(name, silent=True), owner=name).run(estimator, ranges)


@pytest.mark.parametrize(
    ("name", "options", "near"),
    [
        ("GA", OPTIONS["GA"], 1e-3),
        ("GA", OPTIONS["GA"] + ":Trim:SaveBestGen=3", 1e-3),
        # Of 20,000 points on an area of 64 the nearest is 0.03 away, on average.
        ("MC", OPTIONS["MC"], 0.1),
        ("MC", OPTIONS["MC"] + ":Sigma=0.1", 0.05),
        ("SA", OPTIONS["SA"], 0.05),
        ("SA", "MaxCalls=20000:KernelTemp=Sqrt:InitialTemp=10", 0.05),
        ("SA", "MaxCalls=20000:KernelTemp=Log:InitialTemp=10:TempScale=0.1", 0.3),
        ("SA", "MaxCalls=20000:KernelTemp=Homo:InitialTemp=1000", 0.05),
        ("SA", "MaxCalls=20000:KernelTemp=Sin:InitialTemp=1000:UseDefaultScale", 0.05),
        ("SA", "MaxCalls=20000:KernelTemp=Homo:UseDefaultTemp", 0.05),
        ("SA", "MaxCalls=20000:UseDefaultTemp:UseDefaultScale", 0.05),
        ("MINUIT", "", 1e-4),
    ],
)
def test_the_lower_minimum_is_found(name: str, options: str, near: float) -> None:
    found = run(name, options)
    np.testing.assert_allclose(found.parameters, PLACE, rtol=0, atol=near)
    assert found.value == pytest.approx(bowl(found.parameters[None, :])[0], abs=1e-12)
    again = run(name, options)
    np.testing.assert_array_equal(again.parameters, found.parameters)


@pytest.mark.parametrize("name", FITTERS)
def test_all_that_is_tried_is_in_the_ranges(name: str) -> None:
    seen = []

    def estimator(parameters: np.ndarray) -> np.ndarray:
        seen.append(parameters.copy())
        return bowl(parameters)

    result = run(name, OPTIONS[name], estimator)
    tried = np.concatenate(seen)
    for column, one in zip(tried.T, RANGES, strict=True):
        assert one.minimum <= column.min() <= column.max() <= one.maximum
    assert result.value == min(bowl(tried))
    if name in ("GA", "MC"):  # the others stay in one valley
        assert np.ptp(tried[:, 0]) > 0.98 * RANGES[0].width


@pytest.mark.parametrize("installed", [True, False])
def test_minuit_with_and_without_iminuit(installed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rosenbrock's valley, from the middle; the estimator's minimum is at (1, 1)."""
    if not installed:
        monkeypatch.setattr(minuit.importlib.util, "find_spec", lambda _: None)
    else:
        pytest.importorskip("iminuit")

    def valley(parameters: np.ndarray) -> np.ndarray:
        x, y = parameters.T
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2

    found = run("MINUIT", "Tolerance=0.001:MaxCalls=5000", valley, (Interval(-2, 3), Interval(-2, 4)))
    np.testing.assert_allclose(found.parameters, 1.0, atol=1e-3)
    fixed = run("MINUIT", "SetBatch", valley, (Interval(2, 2), Interval(4, 4)))
    assert fixed.value == 1.0


def test_progress() -> None:
    steps: list[int] = []
    progress = Progress(250, lambda: steps.append(1))
    for count, shown in ((1, 0), (2, 1), (122, 50), (125, 100), (1000, 100)):
        progress(count)
        assert len(steps) == shown


@pytest.mark.parametrize("name", FITTERS)
def test_the_expected_number_of_sets(name: str) -> None:
    """Sampling and annealing are exact but for one; the genetic algorithm goes on while it gets better."""
    seen: list[int] = []

    def estimator(parameters: np.ndarray) -> np.ndarray:
        seen.append(len(parameters))
        return bowl(parameters)

    values = parse_option_string(OPTIONS[name], FITTERS[name].options, owner=name)
    fitter = FITTERS[name](values, log=MessageLog(name, silent=True))
    fitter.run(estimator, RANGES)
    if name == "GA":
        assert fitter.expected_sets < sum(seen) < 4 * fitter.expected_sets
    elif name != "MINUIT":
        assert sum(seen) - fitter.expected_sets in (0, 1)


def test_discrete_ranges() -> None:
    def estimator(parameters: np.ndarray) -> np.ndarray:
        assert set(np.unique(parameters[:, 0])) <= {1.0, 2.0, 3.0, 4.0, 5.0}
        return np.abs(parameters - [4.0, 0.25]).sum(axis=1)

    ranges = (Interval(1, 5, 5), Interval(0, 1))
    for name, options in (
        ("GA", "PopSize=50:Steps=10"),
        ("MC", "SampleSize=2000"),
        ("MC", "SampleSize=9:Sigma=1"),
    ):
        found = run(name, options, estimator, ranges)
        assert name == "MC" or found.parameters[0] == 4.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Interval(2.0, 1.0), "a range from 2 to 1: the first must not be above the second"),
        (lambda: Interval(0.0, math.nan), "the first must not be above"),
        (lambda: Interval(0.0, 1.0, 1), "a range of 1 points: expected 2 or more"),
        (lambda: run("SA", "MinTemp=0"), "SA: option MinTemp=0: expected more than 0"),
        (lambda: run("GA", "PopSize=2"), "PopSize: expected a whole number of at least 4"),
        (lambda: run("MINUIT", "FitStrategy=3"), "FitStrategy"),
    ],
)
def test_mistakes(make: Any, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        make()


def test_kernels_that_root_does_not_know() -> None:
    """ROOT compares the texts with other spellings, and so cools (or heats) as with IncAdaptive."""
    usual = run("SA", "MaxCalls=500")
    for kernel in ("DecAdaptive", "Geo"):
        with pytest.warns(TMVAWarning, match=f"KernelTemp={kernel} is IncAdaptive in ROOT"):
            found = run("SA", f"MaxCalls=500:KernelTemp={kernel}")
        np.testing.assert_array_equal(found.parameters, usual.parameters)


def test_a_seed_of_zero_is_a_fresh_one() -> None:
    one, two = (run("MC", "SampleSize=50:Seed=0").parameters for _ in range(2))
    assert (one != two).any()


def test_sorting_is_that_of_the_c_library() -> None:
    """Orders that ``std::sort`` of GCC 12 gave, of rows with ties; three were sorted as heaps."""
    cases = json.loads(Path(__file__).with_name("std_sort_orders.json").read_text())
    for case in cases:
        assert std_sort_order(case["keys"]) == case["order"]
    assert std_sort_order([]) == []
    assert std_sort_order([1.0]) == [0]


def test_numbers_of_a_normal_distribution() -> None:
    """Mean, width, and the four moments; 100,000 numbers have errors of 0.003, 0.002, 0.008 and 0.03."""
    draws = uniform_stream(RootRandom(7))
    x = np.array([gaussian(draws, 2.0, 0.5) for _ in range(100_000)])
    z = (x - 2.0) / 0.5
    assert abs(z.mean()) < 0.013
    assert abs(z.std() - 1) < 0.009
    assert abs((z**3).mean()) < 0.04
    assert abs((z**4).mean() - 3) < 0.15
    assert abs((np.abs(z) > 3).mean() - 0.0027) < 0.0007


def test_samples_of_all_ranges_at_once_are_those_one_by_one() -> None:
    ranges = (Interval(-1, 2), Interval(3, 3), Interval(0, 9, 10))
    draws = RootRandom(3).uniform(200).reshape(100, 2)
    found = sampled(ranges, draws)
    one_by_one = uniform_stream(RootRandom(3))
    expected = [[one.drawn(one_by_one) for one in ranges] for _ in range(100)]
    np.testing.assert_array_equal(found, expected)


def test_numbers_near_a_value_come_back_inside() -> None:
    draws = uniform_stream(RootRandom(1))
    one = Interval(0.0, 1.0)
    for mirrored in (True, False):
        found = np.array([one.near(0.95, 0.1, draws, mirrored=mirrored) for _ in range(2000)])
        assert found.min() >= 0
        assert found.max() < 1
        assert (found < 0.5).any() != mirrored
        far = [one.near(0.5, 1e9, draws, mirrored=mirrored) for _ in range(50)]
        assert 0 <= min(far) < 0.3
        assert 0.7 < max(far) < 1


@pytest.mark.parametrize("name", ["GA", "MC", "SA", "MINUIT"])
def test_how_long_a_search_took_is_said_at_its_end(name: str) -> None:
    """As TMVA's fitters do, but for Minuit."""
    options = {"GA": "PopSize=10:Steps=2:Cycles=1", "MC": "SampleSize=9", "SA": "MaxCalls=50"}.get(name, "")
    text = io.StringIO()
    values = parse_option_string(options, FITTERS[name].options, owner=name)
    fitter = FITTERS[name](values, log=MessageLog(name, stream=text))
    fitter.run(lambda sets: (sets**2).sum(axis=1), [Interval(-1.0, 2.0)] * 2)
    last = text.getvalue().splitlines()[-1]
    assert (re.search(r": Elapsed time: [\d.e-]+ sec +$", last) is None) == (name == "MINUIT")
