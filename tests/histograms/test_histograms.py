"""Histograms and profiles with everything that ROOT's hold, against those that ROOT 6.40 filled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tmva_py.histograms import Axis, Histogram, Histogram2D, Profile

STORED: dict[str, Any] = json.loads(Path(__file__).with_name("root_filled_histograms.json").read_text())
X, Y = np.array(STORED["x"]), np.array(STORED["y"])
WEIGHTS = {"weighted": np.array(STORED["w"]), "unweighted": np.ones(len(X))}
AXIS = Axis(4, 0.0, 3.0)


def errors(contents: np.ndarray, variances: np.ndarray | None) -> np.ndarray:
    return np.sqrt(np.abs(contents if variances is None else variances))


@pytest.mark.parametrize("kind", WEIGHTS)
def test_histograms_in_one_dimension(kind: str) -> None:
    stored = STORED[kind]["h"]
    filled = Histogram.fill(AXIS, X, WEIGHTS[kind])
    np.testing.assert_allclose(filled.contents, stored["contents"], rtol=1e-15)
    np.testing.assert_allclose(errors(filled.contents, filled.variances), stored["errors"], rtol=1e-15)
    np.testing.assert_allclose(filled.moments, stored["stats"], rtol=1e-14)
    assert filled.entries == stored["entries"]
    assert (filled.variances is not None) == (stored["n_squares"] > 0)


@pytest.mark.parametrize("kind", WEIGHTS)
def test_histograms_in_two_dimensions(kind: str) -> None:
    stored = STORED[kind]["g"]
    filled = Histogram2D.fill(AXIS, Axis(2, -2.0, 3.0), X, Y, WEIGHTS[kind])
    np.testing.assert_allclose(filled.contents.ravel(), stored["contents"], rtol=1e-15)
    found = errors(filled.contents, filled.variances).ravel()
    np.testing.assert_allclose(found, stored["errors"], rtol=1e-15)
    np.testing.assert_allclose(filled.moments, stored["stats"], rtol=1e-14)
    assert filled.entries == stored["entries"]
    assert (filled.variances is not None) == (stored["n_squares"] > 0)


@pytest.mark.parametrize("kind", WEIGHTS)
def test_profiles(kind: str) -> None:
    stored = STORED[kind]["p"]
    filled = Profile.fill(AXIS, X, Y, WEIGHTS[kind])
    np.testing.assert_allclose(filled.weights, stored["bin_entries"], rtol=1e-15)
    means = np.divide(filled.sums, filled.weights, out=np.zeros(6), where=filled.weights != 0)
    np.testing.assert_allclose(means, stored["contents"], rtol=1e-15)
    np.testing.assert_allclose(filled.moments, stored["stats"], rtol=1e-14)
    assert filled.entries == stored["entries"]
    assert (filled.squared_weights is not None) == (stored["n_squares"] > 0)


def test_an_axis_finds_bins_as_a_taxis_does() -> None:
    values = np.array([-0.1, 0.0, 0.7499, 0.75, 2.999, 3.0, np.inf, -np.inf, np.nan])
    assert AXIS.bins_of(values).tolist() == [0, 1, 1, 2, 4, 5, 5, 0, 5]
    assert AXIS.centres.tolist() == [0.375, 1.125, 1.875, 2.625]
    assert Axis.around(10, 2.0, 2.0) == Axis(10, 2.0, 3.0)


def test_values_at_edges_are_in_the_bin_that_begins_there() -> None:
    axis = Axis(100, 0.0, 1.0)
    # The edge of bin 71 is 70 * 0.01, one bit above 0.7: ROOT 6.40 says 70, and said 71 in 2015.
    assert axis.bins_of(np.array([0.7])).tolist() == [70]
    assert axis.bins_of(np.array([0.7]), old=True).tolist() == [71]
    for one in (axis, Axis(30, 3.0, 6.0), Axis(7, -0.3, 0.1)):
        edges = one.edges[:-1]
        assert one.bins_of(edges).tolist() == list(range(1, one.n_bins + 1))
        assert one.bins_of(np.nextafter(edges[1:], -np.inf)).tolist() == list(range(1, one.n_bins))
        assert one.bins_of(np.array([np.nextafter(one.maximum, 0)])).tolist() == [one.n_bins]


@pytest.mark.parametrize("old", [False, True])
def test_bins_of_many_values_are_those_of_each(old: bool) -> None:
    random = np.random.default_rng(3)
    for n_bins, low, high in (
        (1, 0.0, 1.0),
        (7, -0.3, 0.1),
        (30, 3.0, 6.0),
        (100, 0.0, 1.0),
        (999, 1e5, 1e5 + 0.1),
    ):
        axis = Axis(n_bins, low, high)
        edges = axis.edges
        values = [
            edges,
            np.nextafter(edges, -np.inf),
            np.nextafter(edges, np.inf),
            random.uniform(low, high, 100),
        ]
        x = np.concatenate([*values, [low - 1, high + 1, np.nan]])
        assert axis.bins_of(x, old=old).tolist() == [axis.bin_of(one, old=old) for one in x.tolist()]


def test_normalising_scales_errors_and_moments_too() -> None:
    filled = Histogram.fill(AXIS, X, WEIGHTS["weighted"])
    scaled = filled.normalised()
    factor = 1 / (filled.contents[1:-1].sum() * 0.75)
    assert scaled.contents[1:-1].sum() * 0.75 == pytest.approx(1)
    assert scaled.variances is not None
    assert filled.variances is not None
    np.testing.assert_allclose(scaled.variances, filled.variances * factor**2)
    assert scaled.moments[1] == pytest.approx(filled.moments[1] * factor**2)
    # The mean stays.
    assert scaled.moments[2] / scaled.moments[0] == pytest.approx(filled.moments[2] / filled.moments[0])
    assert scaled.entries == filled.entries
    empty = Histogram.fill(AXIS, X[:0], X[:0])
    assert empty.normalised() is empty


def test_a_curve_has_no_moments_of_its_own() -> None:
    curve = Histogram.of_values(Axis(2, 0, 1), [1.0, 0.5])
    assert curve.contents.tolist() == [0, 1, 0.5, 0]
    assert (curve.entries, curve.variances, curve.moments) == (2, None, (0, 0, 0, 0))
    assert curve.values.tolist() == [1, 0.5]
