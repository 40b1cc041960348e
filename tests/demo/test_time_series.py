"""The toy time series has the distribution that ROOT's tutorial draws from."""

from __future__ import annotations

import numpy as np
import pytest
import uproot
from scipy.integrate import quad

from tmva_py.demo import make_time_series, write_time_series
from tmva_py.demo.time_series import bin_probabilities


@pytest.mark.parametrize("signal", [True, False])
def test_bin_probabilities_are_integrals_of_the_density(signal):
    function = np.cos if signal else np.sin
    found = bin_probabilities(signal=signal)
    for time in range(10):
        value = function(np.pi * time / 10)
        mean, width = 5 + 0.2 * value, 4 + 0.3 * value

        def density(x: float, mean: float = mean, width: float = width) -> float:
            return float(np.exp(-0.5 * ((x - mean) / width) ** 2))

        whole = quad(density, 0, 10)[0]
        expected = [quad(density, k / 3, (k + 1) / 3)[0] / whole for k in range(30)]
        np.testing.assert_allclose(found[time], expected, rtol=1e-12)


def moments(signal: bool) -> tuple[np.ndarray, np.ndarray]:
    mean = 1000 * bin_probabilities(signal=signal)
    return mean, mean * (1 - mean / 1000) + 100.0  # multinomial, and noise of width 10


def mean_square_pull(events: np.ndarray, signal: bool) -> float:
    """Return the mean over the 300 bins of the squared deviation of the mean in its standard errors."""
    mean, variance = moments(signal)
    return float(np.mean((events.mean(0) - mean) ** 2 / (variance / len(events))))


def test_events_have_the_moments():
    # 300 nearly independent squares of unit mean: a standard deviation of sqrt(2/300) = 0.08.
    for signal in (True, False):
        events = make_time_series(4000, signal=signal, seed=3)
        assert events.dtype == np.float32
        assert events.shape == (4000, 10, 30)
        assert abs(mean_square_pull(events, signal) - 1) < 0.35
        assert mean_square_pull(events, not signal) > 10
        ratio = events.var(0, ddof=1, dtype=np.float64) / moments(signal)[1]
        np.testing.assert_allclose(ratio.mean(), 1, atol=0.005)
        # One histogram has a thousand entries: the noise alone makes its sum vary.
        np.testing.assert_allclose(events.sum(2).mean(), 1000, atol=1.5)
        np.testing.assert_allclose(events.sum(2).var(), 30 * 100, rtol=0.03)


def test_events_of_root_have_the_same_distribution(shared):
    # 250 events of each class that ROOT filled with TH1::FillRandom; label 0 is signal there.
    stored = np.load(shared / "golden" / "dl_lstm_seq" / "events.npz")
    x, label = stored["X"].reshape(-1, 10, 30), stored["y"]
    for signal in (True, False):
        root = x[label == (0 if signal else 1)]
        ours = make_time_series(4000, signal=signal, seed=5).astype(np.float64)
        pull = (root.mean(0) - ours.mean(0)) ** 2 / (ours.var(0) * (1 / len(root) + 1 / len(ours)))
        assert abs(pull.mean() - 1) < 0.35
        np.testing.assert_allclose((root.var(0, ddof=1) / ours.var(0, ddof=1)).mean(), 1, atol=0.025)
        assert mean_square_pull(root, signal) < 1.35
        assert mean_square_pull(root, not signal) > 3
        # Correlations between neighbouring times and bins are as small in both.
        for shifted in (lambda a: (a[:, 1:], a[:, :-1]), lambda a: (a[:, :, 1:], a[:, :, :-1])):
            one, other = shifted(root - root.mean(0))
            two, another = shifted(ours - ours.mean(0))
            np.testing.assert_allclose(np.mean(one * other), np.mean(two * another), atol=0.9)


def test_seeds():
    np.testing.assert_array_equal(
        make_time_series(3, signal=True, seed=7), make_time_series(3, signal=True, seed=7)
    )
    assert not np.array_equal(
        make_time_series(3, signal=True, seed=7), make_time_series(3, signal=True, seed=8)
    )


def test_the_file_has_the_trees_of_the_tutorial(tmp_path):
    write_time_series(tmp_path / "toy.root", 50, seed=2)
    with uproot.open(tmp_path / "toy.root") as file:
        for name, signal in (("sgn", True), ("bkg", False)):
            tree = file[name]
            assert tree.keys() == [f"vars_time{time}" for time in range(10)]
            events = make_time_series(50, signal=signal, seed=2)
            for time in range(10):
                np.testing.assert_array_equal(tree[f"vars_time{time}"].array(library="np"), events[:, time])
