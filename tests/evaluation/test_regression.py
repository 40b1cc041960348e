"""Deviations of regressions against loops and figures of real runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tmva_py.errors import DataError, ShapeError
from tmva_py.evaluation import RegressionEvaluation


def loop(response: np.ndarray, target: np.ndarray, weight: np.ndarray) -> list[float]:
    """One event after the other, as TMVA's loop reads, for one selection of events."""
    total = bias = absolute = squared = 0.0
    for r, t, w in zip(response, target, weight, strict=True):
        d = float(np.float32(r) - np.float32(t))
        total += w
        bias += w * d
        absolute += w * abs(d)
        squared += w * d * d
    return [bias / total, absolute / total, np.sqrt(squared / total - (bias / total) ** 2)]


def joint_information(
    response: np.ndarray, target: np.ndarray, weight: np.ndarray, low: float, high: float
) -> float:
    """Bin by bin, with bins twice as wide as TMVA fills, for it joins them in pairs."""
    table = np.zeros((75, 50))
    for r, t, w in zip(response, target, weight, strict=True):
        if r < high and t < high:
            i, j = int(150 * (float(r) - low) / (high - low)), int(100 * (float(t) - low) / (high - low))
            table[i // 2, j // 2] += w
    table /= table.sum()
    total = 0.0
    for i in range(75):
        for j in range(50):
            if table[i, j] > 0:
                total += table[i, j] * np.log(table[i, j] / (table[i].sum() * table[:, j].sum()))
    return total


def test_figures_are_those_of_the_event_loop() -> None:
    rng = np.random.default_rng(1)
    target = rng.uniform(-5, 20, 3000).astype(np.float32)
    response = (target + rng.standard_t(3, 3000)).astype(np.float32)
    weight = rng.uniform(0.1, 3, 3000)
    found = RegressionEvaluation.of(response, target, weight)
    full = loop(response, target, weight)
    assert [found.full.bias, found.full.absolute, found.full.rms] == pytest.approx(full, rel=1e-10)
    deviation = (response - target).astype(float)
    inside = np.abs(deviation - full[0]) <= 2 * full[2]
    assert 0 < np.count_nonzero(~inside) < 200
    truncated = loop(response[inside], target[inside], weight[inside])
    assert [found.truncated.bias, found.truncated.absolute, found.truncated.rms] == pytest.approx(
        truncated, rel=1e-10
    )
    low, high = float(min(response.min(), target.min())), float(max(response.max(), target.max()))
    for chosen, part in ((np.ones(3000, bool), found.full), (inside, found.truncated)):
        expected = joint_information(response[chosen], target[chosen], weight[chosen], low, high)
        assert part.mutual_information == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(
    ("method", "bias", "rms"),
    [("BDTG", 0.03, 0.49), ("KNN", -0.52, 5.55), ("PDEFoam", 0.00, 7.9), ("LD", 0.0, 18.9)],
)
def test_stored_training_responses_give_the_published_figures(
    shared: Path, method: str, bias: float, rms: float
) -> None:
    with np.load(shared / "golden" / "train_regression_example" / "train.npz") as stored:
        found = RegressionEvaluation.of(
            stored[f"resp_train_{method}"], stored["T_train"][:, 0], stored["w_train"]
        )
    assert round(found.full.bias, 2) == pytest.approx(bias)
    assert round(found.full.rms, 2 if rms < 7 else 1) == rms


def test_a_perfect_regression() -> None:
    values = np.linspace(0, 1, 30_001)
    found = RegressionEvaluation.of(values, values, np.ones(30_001))
    assert (found.full.bias, found.full.rms) == (0.0, 0.0)
    # 75 bins of the response over 50 of the target: every third one leaves a choice of two.
    assert found.full.mutual_information == pytest.approx(np.log(50) - np.log(2) / 3, abs=1e-3)
    constant = RegressionEvaluation.of(np.ones(5), np.ones(5), np.ones(5))
    assert constant.full.mutual_information == -1


def test_wrong_input_is_named() -> None:
    with pytest.raises(ShapeError, match="one length"):
        RegressionEvaluation.of(np.ones(3), np.ones(2), np.ones(3))
    with pytest.raises(DataError, match="got 0 of 2 events"):
        RegressionEvaluation.of(np.ones(2), np.ones(2), np.zeros(2))


def test_a_response_that_is_not_a_number() -> None:
    target = np.linspace(0, 1, 10)
    found = RegressionEvaluation.of(np.where(target > 0.5, np.nan, target), target, np.ones(10))
    for part in (found.full, found.truncated):
        assert np.isnan([part.bias, part.absolute, part.rms]).all()
        assert part.mutual_information == -1
