"""The ROC curve against brute force, closed forms and responses that ROOT stored."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from tmva_py.errors import DataError, ShapeError
from tmva_py.evaluation import RocCurve

Floats = npt.NDArray[np.float64]


def pairwise_area(response: Floats, is_signal: npt.NDArray[np.bool_], weight: Floats) -> float:
    """Weighted fraction of signal-background pairs in the right order, ties one half: O(n²)."""
    s, b = response[is_signal], response[~is_signal]
    w = np.outer(weight[is_signal], weight[~is_signal])
    right = (s[:, None] > b[None, :]) + 0.5 * (s[:, None] == b[None, :])
    return float((w * right).sum() / w.sum())


events = st.lists(
    st.tuples(st.integers(-3, 3), st.booleans(), st.floats(0.125, 4.0)), min_size=2, max_size=60
).filter(lambda rows: len({signal for _, signal, _ in rows}) == 2)


@given(events)
def test_area_is_the_weighted_fraction_of_ordered_pairs(rows: list[tuple[int, bool, float]]) -> None:
    values, signal, weight = (np.array(column) for column in zip(*rows, strict=True))
    expected = pairwise_area(values.astype(float), signal, weight)
    assert RocCurve(values, signal, weight).area == pytest.approx(expected, abs=1e-12)


@given(events, st.randoms(use_true_random=False))
def test_area_does_not_depend_on_the_order_of_events(
    rows: list[tuple[int, bool, float]], random: object
) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = (
        RocCurve(*(np.array(column) for column in zip(*r, strict=True))) for r in (rows, shuffled)
    )
    assert first.area == second.area
    np.testing.assert_array_equal(first.sensitivity, second.sensitivity)


def test_ties_of_equal_weight_in_both_classes_have_one_area_too() -> None:
    """NumPy adds in blocks: zeros of the other class in between must stay where they are."""
    rng = np.random.default_rng(8)
    values, weight = rng.integers(0, 3, 400), rng.choice([0.1, 0.3, 1.7], 400)
    signal = rng.random(400) < 0.5
    orders = [rng.permutation(400) for _ in range(50)]
    areas = {RocCurve(values[order], signal[order], weight[order]).area for order in orders}
    assert len(areas) == 1


def test_negative_weights_enter_with_their_sign() -> None:
    rng = np.random.default_rng(3)
    values, signal = rng.normal(size=400), rng.random(400) < 0.4
    weight = rng.choice([1.0, 1.0, -0.5], size=400)
    assert RocCurve(values, signal, weight).area == pytest.approx(
        pairwise_area(values, signal, weight), abs=1e-12
    )


def test_two_gaussians_have_the_known_area_and_efficiency() -> None:
    rng = np.random.default_rng(1)
    n, distance = 200_000, 1.3
    values = np.concatenate([rng.normal(distance, 1, n), rng.normal(0, 1, n)])
    signal = np.arange(2 * n) < n
    roc = RocCurve(values, signal)
    assert roc.area == pytest.approx(ndtr(distance / np.sqrt(2)), abs=2e-3)
    # effB = 0.1 lies at the 90 % quantile of the background.
    assert roc.signal_efficiency_at(0.1) == pytest.approx(ndtr(distance - 1.2815515655446004), abs=4e-3)


def test_the_side_of_the_signal_does_not_matter() -> None:
    rng = np.random.default_rng(2)
    values, signal = rng.normal(size=300), rng.random(300) < 0.5
    assert RocCurve(values, signal).area == pytest.approx(1 - RocCurve(-values, signal).area, abs=1e-15)


def test_a_constant_response_has_area_one_half_and_two_points() -> None:
    roc = RocCurve(np.full(10, 0.7), np.arange(10) < 5)
    assert roc.area == 0.5
    assert roc.sensitivity.tolist() == [1.0, 0.0]
    assert roc.specificity.tolist() == [0.0, 1.0]


def test_responses_that_are_not_numbers_never_pass() -> None:
    roc = RocCurve([np.nan, np.nan, -5.0, 1.0], [True, False, False, True])
    assert roc.area == pytest.approx((1 + 1 + 0.5 + 0) / 4)
    assert RocCurve([np.nan] * 4, [True, False, True, False]).area == 0.5


@pytest.mark.parametrize(
    ("case", "method", "published"),
    [
        ("train_class_example_ld_bdt", "LD", 0.9287),
        ("train_class_example_ld_bdt", "BDT", 0.9249),
        ("train_class_example_fisher_likelihood", "Fisher", 0.9168),
        ("train_class_example_fisher_likelihood", "Likelihood", 0.7571),
        ("train_fisher_decorr_gauss", "Fisher", 0.882),
    ],
)
def test_responses_stored_by_root_give_the_published_areas(
    shared: Path, case: str, method: str, published: float
) -> None:
    with np.load(shared / "golden" / case / "train.npz") as stored:
        response, signal = stored[f"resp_train_{method}"], stored["y_train"] == 0
        weight = stored["w_train"]
    area = RocCurve(response, signal, weight).area
    digits = len(str(published)) - 2
    assert round(area, digits) == published
    assert area == pytest.approx(pairwise_area(response, signal, weight), abs=1e-12)


def test_a_million_events_take_about_a_second() -> None:
    rng = np.random.default_rng(4)
    values, signal = rng.normal(size=1_000_000).astype(np.float32), rng.random(1_000_000) < 0.5
    weight = rng.random(1_000_000)
    start = time.process_time()
    RocCurve(values, signal, weight)
    # Generous: the machine that runs the tests may be slow and shared.
    assert time.process_time() - start < 5


def test_wrong_input_is_named() -> None:
    with pytest.raises(ShapeError, match=r"one length, got response \(3,\), is_signal \(2,\)"):
        RocCurve([1, 2, 3], [True, False])
    with pytest.raises(DataError, match=r"sums 2 \(signal, 2 events\) and 0 \(background, 0 events\)"):
        RocCurve([1, 2], [True, True])
    with pytest.raises(DataError, match="positive sum of weights"):
        RocCurve([], [])
