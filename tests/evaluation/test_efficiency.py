"""Binned efficiencies against event loops, SciPy's interpolation and root finding, and closed forms."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scipy import interpolate, optimize
from scipy.special import ndtr, ndtri

from tmva_py.errors import DataError, ShapeError
from tmva_py.evaluation import ClassificationEvaluation, EfficiencyCurves, ResponseSummary, Sample
from tmva_py.evaluation.efficiency import efficiency_error
from tmva_py.evaluation.root_finder import find_root
from tmva_py.histograms import LinearSpline

Floats = npt.NDArray[np.floating]


def gaussians(n: int, distance: float, seed: int, *, weighted: bool = True) -> Sample:
    rng = np.random.default_rng(seed)
    response = np.concatenate([rng.normal(distance, 1, n), rng.normal(0, 1, n)]).astype(np.float32)
    weight = rng.uniform(0.5, 2, 2 * n).astype(np.float32) if weighted else np.ones(2 * n, np.float32)
    return Sample(response, np.arange(2 * n) < n, weight)


def efficiency_by_event_loop(
    response: Floats, weight: Floats, minimum: float, maximum: float, sign: int, n_bins: int
) -> Floats:
    """One event after the other into every bin that it passes, as TMVA's loop reads."""
    contents = np.zeros(n_bins + 1)  # bins count from 1
    for value, w in zip(response.tolist(), weight.tolist(), strict=True):
        highest = int((value - minimum) / (maximum - minimum) * n_bins) + 1
        if sign > 0:
            if highest > n_bins:
                continue
            contents[1 : max(highest, 1) + 1] += w
        else:
            if highest < 1:
                continue
            contents[min(highest, n_bins) + 1 :] += w
    return contents[1:] / max(contents.max(), np.finfo(float).eps)


@pytest.mark.parametrize("distance", [1.5, -1.5])
def test_efficiencies_are_those_of_the_event_loop(distance: float) -> None:
    sample = gaussians(700, distance, 5)
    summary = ResponseSummary.of(sample.response, sample.is_signal, sample.weight)
    curves = EfficiencyCurves.of(sample.response, sample.is_signal, sample.weight, summary, n_bins=200)
    sign = 1 if distance > 0 else -1
    assert summary.signal_is_above is (sign > 0)
    for histogram, chosen in ((curves.signal, sample.is_signal), (curves.background, ~sample.is_signal)):
        expected = efficiency_by_event_loop(
            sample.response[chosen], sample.weight[chosen], summary.minimum, summary.upper_edge, sign, 200
        )
        np.testing.assert_allclose(histogram.values, expected, rtol=0, atol=2e-14)
        assert histogram.values.max() == pytest.approx(1.0, abs=2e-16)


def test_events_outside_the_test_samples_range_count_as_in_the_loop() -> None:
    test, training = gaussians(300, 1.0, 6), gaussians(300, 1.0, 7)
    training.response[:3] += 50
    training.response[3:6] -= 50
    summary = ResponseSummary.of(test.response, test.is_signal, test.weight)
    curves = EfficiencyCurves.of(training.response, training.is_signal, training.weight, summary, n_bins=64)
    chosen = training.is_signal
    expected = efficiency_by_event_loop(
        training.response[chosen], training.weight[chosen], summary.minimum, summary.upper_edge, 1, 64
    )
    np.testing.assert_allclose(curves.signal.values, expected, rtol=0, atol=1e-14)


def test_spline_is_linear_interpolation_and_goes_on_straight_outside() -> None:
    rng = np.random.default_rng(8)
    x, y = np.sort(rng.uniform(-2, 2, 30)), rng.normal(size=30)
    spline = LinearSpline(x, y)
    places = np.concatenate([rng.uniform(-3, 3, 500), x])
    expected = interpolate.interp1d(x, y, fill_value="extrapolate")(places)
    np.testing.assert_allclose(spline(places), expected, rtol=0, atol=1e-10)
    np.testing.assert_array_equal(spline(places), [spline.at(place) for place in places.tolist()])


@pytest.mark.parametrize("reference", [0.01, 0.3, 0.77, 0.995])
def test_root_agrees_with_scipys(reference: float) -> None:
    def function(x: float) -> float:
        return float(ndtr(-x))

    root = find_root(function, -6, 6, reference)
    assert root == pytest.approx(
        optimize.brentq(lambda x: function(x) - reference, -6, 6, xtol=1e-14), abs=1e-13
    )


def test_no_root_without_a_crossing() -> None:
    assert find_root(lambda _: 0.25, 0.0, 1.0, 0.5) is None


def test_background_versus_signal_follows_cuts_found_by_scipy() -> None:
    sample = gaussians(3000, 1.2, 9)
    evaluation = ClassificationEvaluation(sample, sample)
    curves = evaluation.efficiencies
    centres = curves.signal.axis.centres
    for signal, background in zip(
        evaluation.curve.background_efficiency.axis.centres[1:-1],
        evaluation.curve.background_efficiency.values[1:-1],
        strict=True,
    ):
        cut = optimize.brentq(
            lambda x, wanted=signal: np.interp(x, centres, curves.signal.values) - wanted,
            centres[0],
            centres[-1],
            xtol=1e-15,
        )
        assert background == pytest.approx(np.interp(cut, centres, curves.background.values), abs=1e-10)
    assert evaluation.curve.n_without_cut == 0


def test_efficiencies_of_two_gaussians_are_the_known_ones() -> None:
    distance = 1.5
    sample = gaussians(150_000, distance, 10, weighted=False)
    evaluation = ClassificationEvaluation(sample, sample)
    for background in (0.01, 0.10, 0.30):
        expected = ndtr(distance - ndtri(1 - background))
        found = evaluation.signal_efficiency_at(background)
        assert found == pytest.approx(expected, abs=4e-3 if background > 0.05 else 8e-3)
        error = evaluation.signal_efficiency_error_at(background)
        assert error == pytest.approx(np.sqrt(found * (1 - found) / 150_000), rel=1e-12)
    assert evaluation.area == pytest.approx(ndtr(distance / np.sqrt(2)), abs=3e-3)
    assert evaluation.area == pytest.approx(evaluation.roc_area, abs=2e-3)
    # Equal widths: signal efficiency equals background rejection half way between the means.
    assert evaluation.reference_cut == pytest.approx(distance / 2, abs=0.02)
    assert evaluation.significance == pytest.approx(distance / np.sqrt(2), abs=5e-3)


def test_negative_orientation_mirrors_the_positive_one() -> None:
    above, below = gaussians(20_000, 1.0, 11), gaussians(20_000, 1.0, 11)
    below.response[:] *= -1
    first, second = ClassificationEvaluation(above, above), ClassificationEvaluation(below, below)
    assert second.signal_efficiency_at(0.1) == pytest.approx(first.signal_efficiency_at(0.1), abs=2e-3)
    assert second.area == pytest.approx(first.area, abs=2e-3)
    assert second.roc_area == pytest.approx(1 - first.roc_area, abs=1e-12)


def test_inverse_and_rejection_belong_to_the_curve() -> None:
    sample = gaussians(500, 3.0, 12)
    curve = ClassificationEvaluation(sample, sample).curve
    efficiency = curve.background_efficiency.values
    np.testing.assert_array_equal(curve.rejection.values, 1 - efficiency)
    some = efficiency > 1e-12
    np.testing.assert_allclose(curve.inverse.values[some], 1 / efficiency[some])
    assert not curve.inverse.values[efficiency <= np.finfo(float).eps].any()


def test_training_column_takes_its_cuts_from_the_test_sample() -> None:
    """TMVA's "from training sample" mixes the test sample's signal with the training sample's background."""
    test, training = gaussians(4000, 1.0, 13), gaussians(4000, 1.0, 14)
    training.response[training.is_signal] += 2  # a grossly overtrained signal
    evaluation = ClassificationEvaluation(test, training)
    honest = ClassificationEvaluation(training, training)
    mixed = evaluation.training_signal_efficiency_at(0.1)
    assert mixed == pytest.approx(evaluation.signal_efficiency_at(0.1), abs=0.03)
    assert honest.signal_efficiency_at(0.1) > mixed + 0.3
    # The figure itself: background of the training sample at the test sample's signal cut.
    cut = evaluation.efficiencies.cut_for(mixed)
    assert cut is not None
    background = ~training.is_signal
    passing = (
        training.weight[background & (training.response >= cut)].sum() / training.weight[background].sum()
    )
    assert passing == pytest.approx(0.1, abs=2e-3)


def test_a_constant_response_is_survived_and_counted() -> None:
    response = np.full(20, 0.5, np.float32)
    sample = Sample(response, np.arange(20) < 10, np.ones(20, np.float32))
    evaluation = ClassificationEvaluation(sample, sample)
    assert evaluation.roc_area == 0.5
    assert evaluation.curve.n_without_cut == 100
    assert np.isfinite(evaluation.area)
    assert evaluation.separation == 0.0
    assert evaluation.significance == 0.0


def test_errors_of_efficiencies() -> None:
    assert efficiency_error(0.5, 100) == pytest.approx(0.05)
    assert efficiency_error(0.5, 0) == 0.0


def test_stored_responses_of_a_real_run(shared: Path) -> None:
    """ROOT's Fisher with 3000 of its test events: near the figures printed for the whole sample."""
    with np.load(shared / "golden" / "train_fisher_decorr_gauss" / "train.npz") as stored:
        test, training = (
            Sample(
                stored[f"resp_{part}_Fisher"].astype(np.float32),
                stored[f"y_{part}"] == 0,
                stored[f"w_{part}"].astype(np.float32),
            )
            for part in ("test", "train")
        )
    evaluation = ClassificationEvaluation(test, training)
    # Printed in the repository of another run with the same settings: 0.884; 0.645 (0.640); 0.893 (0.896).
    assert evaluation.roc_area == pytest.approx(0.884, abs=0.01)
    assert evaluation.signal_efficiency_at(0.1) == pytest.approx(0.645, abs=0.03)
    assert evaluation.training_signal_efficiency_at(0.3) == pytest.approx(0.896, abs=0.02)


def test_a_million_events_take_a_few_seconds_at_most() -> None:
    sample = gaussians(500_000, 1.0, 16)
    evaluation = ClassificationEvaluation(sample, sample)
    start = time.process_time()
    assert evaluation.signal_efficiency_at(0.1) > 0
    assert evaluation.training_signal_efficiency_at(0.1) > 0
    assert evaluation.separation > 0
    assert time.process_time() - start < 5


def test_wrong_input_is_named() -> None:
    with pytest.raises(ShapeError, match="one length"):
        Sample(np.zeros(3), np.zeros(3, bool), np.zeros(2))
    with pytest.raises(DataError, match="no background event with a finite response among 3 events"):
        ResponseSummary.of(np.zeros(3), np.ones(3, bool), np.ones(3))
