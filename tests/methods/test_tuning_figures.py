"""Figures of merit of a tuning: counted, and of two Gaussians."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from tmva_py.errors import OptionError, TrainingError
from tmva_py.message_log import MessageLog
from tmva_py.methods.tuning import FIGURES, Tried, TuningRange, figure_named
from tmva_py.methods.tuning.figures import SampleResponses
from tmva_py.methods.tuning.search import scan


def sample(n: int = 400, *, seed: int = 1) -> SampleResponses:
    random = np.random.default_rng(seed)
    is_signal = np.arange(2 * n) < n
    response = random.normal(np.where(is_signal, 0.3, -0.2), 0.3)
    return SampleResponses.of(response, is_signal, random.uniform(0.5, 1.5, 2 * n))


@pytest.mark.parametrize(
    ("name", "efficiency"),
    [("SigEffAtBkgEff01", 0.1), ("SigEffAtBkgEff001", 0.01), ("SigEffAtBkgEff002", 0.02)],
)
def test_signal_efficiencies(name: str, efficiency: float) -> None:
    test = sample()
    edges = np.linspace(-1.5, 1.5, 100_001)
    for edge in edges:
        left = test.background_weight[test.background >= edge].sum() / test.background_weight.sum()
        if left < efficiency:
            break
    passed = test.signal_weight[test.signal >= edge].sum() / test.signal_weight.sum()
    assert FIGURES[name](test) == pytest.approx(passed, rel=1e-12)
    assert figure_named(name.replace("Eff0", "Eff0.")) is FIGURES[name]


def test_background_efficiency_is_better_the_smaller_it_is() -> None:
    test = sample()
    assert FIGURES["BkgEffAtSigEff05"](test) == pytest.approx(FIGURES["BkgRejAtSigEff05"](test) - 1)


def test_the_roc_integral_is_that_of_pairs_wherever_responses_lie() -> None:
    test = sample()
    pairs = test.signal_weight[:, None] * test.background_weight
    expected = pairs[test.signal[:, None] >= test.background].sum() / pairs.sum()
    # Pairs in one of 100,000 bins of 3e-5 count as ties: at most the density 1.4 of a difference, times 3e-5.
    assert FIGURES["ROCIntegral"](test) == pytest.approx(expected, abs=5e-5)
    far = SampleResponses(20 * test.signal, test.signal_weight, 20 * test.background, test.background_weight)
    assert FIGURES["ROCIntegral"](far) == pytest.approx(expected, abs=5e-5)


def test_the_separation_is_that_of_two_gaussians() -> None:
    test = sample(200_000)
    x = np.linspace(-2.5, 2.5, 100_001)
    s, b = (np.exp(-(((x - mean) / 0.3) ** 2) / 2) / (0.3 * np.sqrt(2 * np.pi)) for mean in (0.3, -0.2))
    expected = 0.5 * np.sum((s - b) ** 2 / (s + b)) * (x[1] - x[0])
    # 400,000 events in 100 bins: about 100 / 400,000 too large, and an error of some 1/sqrt(400,000).
    assert FIGURES["Separation"](test) == pytest.approx(expected, abs=4e-3)


def test_responses_that_are_not_finite_are_left_out() -> None:
    test = sample()
    values = np.concatenate([test.signal, test.background, [np.nan, np.inf]])
    weights = np.concatenate([test.signal_weight, test.background_weight, [1e9, 1e9]])
    is_signal = np.append(np.arange(800) < 400, [True, False])
    again = SampleResponses.of(values, is_signal, weights)
    assert all(FIGURES[name](again) == FIGURES[name](test) for name in FIGURES)


@pytest.mark.parametrize("name", ["signal", "background"])
def test_a_class_without_weight(name: str) -> None:
    with pytest.raises(TrainingError, match=f"test events: those of the {name} have no weight"):
        SampleResponses.of([0.1, 0.2, 0.3], np.full(3, name != "signal"), [1, 1, 1])


def test_a_scan_goes_in_order_and_passes_over_what_is_no_number() -> None:
    seen: list[tuple[float, ...]] = []

    def merit(parameters: Mapping[str, float]) -> float:
        seen.append(tuple(parameters.values()))
        return float("nan") if len(seen) == 1 else 1.0

    ranges = {"a": TuningRange(0, 1, 2), "b": TuningRange(1, 100, 3, is_logarithmic=True)}
    found = scan(Tried(merit), ranges, MessageLog("test", silent=True))
    assert [(a, round(b, 9)) for a, b in seen] == [(0, 1), (1, 1), (0, 10), (1, 10), (0, 100), (1, 100)]
    assert found == {"a": 1, "b": 1}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((1, 0, 3), "the first must not be above"),
        ((0, 1, 1), "2 values or more"),
        ((0, float("inf"), 2), "between numbers"),
        ((0, 1, 3, True), "begins above 0"),
    ],
)
def test_mistaken_ranges(arguments: tuple[float, float, int], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        TuningRange(*arguments)
