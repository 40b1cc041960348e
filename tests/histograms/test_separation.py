"""Histograms, separation and overlap against NumPy and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from tmva_py.errors import ShapeError
from tmva_py.evaluation import overlap
from tmva_py.histograms import Axis, Histogram, separation


def test_fill_agrees_with_numpy() -> None:
    rng = np.random.default_rng(1)
    values, weights = rng.normal(size=5000), rng.uniform(0, 2, 5000)
    histogram = Histogram.fill(Axis(40, -2.0, 2.0), values, weights)
    expected, edges = np.histogram(values[values < 2.0], 40, (-2.0, 2.0), weights=weights[values < 2.0])
    np.testing.assert_allclose(histogram.values, expected, rtol=1e-13)
    np.testing.assert_allclose(histogram.axis.edges, edges, atol=1e-15)
    squared, _ = np.histogram(values[values < 2.0], 40, (-2.0, 2.0), weights=weights[values < 2.0] ** 2)
    assert histogram.variances is not None
    np.testing.assert_allclose(histogram.variances[1:-1], squared, rtol=1e-13)
    np.testing.assert_allclose(histogram.axis.centres, 0.5 * (edges[1:] + edges[:-1]), atol=1e-15)


def test_the_upper_edge_is_outside_and_the_lower_one_inside() -> None:
    histogram = Histogram.fill(Axis(4, 0.0, 1.0), np.array([0.0, 0.999, 1.0, -1e-9, np.nan]))
    assert histogram.contents.tolist() == [1, 1, 0, 0, 1, 2]


def test_normalised_has_unit_area() -> None:
    axis = Axis(10, 0.0, 2.0)
    histogram = Histogram.fill(axis, np.array([0.1, 0.2, 0.9]), np.array([1.0, 2.0, 5.0])).normalised()
    assert histogram.values.sum() * axis.bin_width == pytest.approx(1)
    empty = Histogram.fill(axis, np.zeros(0))
    assert empty.normalised() is empty


def test_separation_of_two_gaussians_is_the_integral() -> None:
    def integrand(x: float) -> float:
        s, b = stats.norm.pdf(x, 1.0), stats.norm.pdf(x)
        return float(0.5 * (s - b) ** 2 / (s + b))

    edges = np.linspace(-8, 9, 4001)
    s, b = (Histogram.of_values(Axis(4000, -8, 9), np.diff(stats.norm.cdf(edges, mean))) for mean in (1, 0))
    expected = integrate.quad(integrand, -8, 9, epsabs=1e-12)[0]
    assert separation(s, b) == pytest.approx(expected, abs=1e-6)


def test_separation_of_equal_and_disjoint_histograms() -> None:
    axis = Axis(4, 0, 1)
    left, right = (Histogram.of_values(axis, c) for c in ([3.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]))
    assert separation(left, left) == 0
    assert separation(left, right) == pytest.approx(1)
    assert separation(left, Histogram.of_values(axis, np.zeros(4))) == 0
    with pytest.raises(ShapeError, match=r"4 bins on \[0, 1\] and 4 bins on \[0, 2\]"):
        separation(left, Histogram.of_values(Axis(4, 0, 2), np.ones(4)))


def test_overlap_counts_equal_sides() -> None:
    rng = np.random.default_rng(2)
    responses, cuts = rng.normal(size=(300, 3)), np.array([0.1, -0.2, 0.0])
    responses[0] = cuts
    expected = np.zeros((3, 3))
    for event in responses:
        for i in range(3):
            for j in range(3):
                expected[i, j] += (event[i] - cuts[i]) * (event[j] - cuts[j]) > 0
    np.testing.assert_allclose(overlap(responses, cuts), expected / 300)
    assert overlap(np.zeros((0, 2)), np.zeros(2)).shape == (2, 2)
