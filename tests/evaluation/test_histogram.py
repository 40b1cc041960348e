"""Histograms, separation and overlap against NumPy and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from tmva_py.errors import ShapeError
from tmva_py.evaluation import Histogram, overlap, separation


def test_fill_agrees_with_numpy() -> None:
    rng = np.random.default_rng(1)
    values, weights = rng.normal(size=5000), rng.uniform(0, 2, 5000)
    histogram = Histogram.fill(values, weights, 40, -2.0, 2.0)
    expected, edges = np.histogram(values[values < 2.0], 40, (-2.0, 2.0), weights=weights[values < 2.0])
    np.testing.assert_allclose(histogram.contents, expected, rtol=1e-13)
    np.testing.assert_allclose(histogram.edges, edges, atol=1e-15)
    squared, _ = np.histogram(values[values < 2.0], 40, (-2.0, 2.0), weights=weights[values < 2.0] ** 2)
    np.testing.assert_allclose(histogram.variances, squared, rtol=1e-13)
    np.testing.assert_allclose(histogram.centres, 0.5 * (edges[1:] + edges[:-1]), atol=1e-15)


def test_the_upper_edge_is_outside_and_the_lower_one_inside() -> None:
    histogram = Histogram.fill(np.array([0.0, 0.999, 1.0, -1e-9, np.nan]), np.ones(5), 4, 0.0, 1.0)
    assert histogram.contents.tolist() == [1, 0, 0, 1]


def test_normalised_has_unit_area() -> None:
    histogram = Histogram.fill(
        np.array([0.1, 0.2, 0.9]), np.array([1.0, 2.0, 5.0]), 10, 0.0, 2.0
    ).normalised()
    assert histogram.contents.sum() * histogram.bin_width == pytest.approx(1)
    empty = Histogram.fill(np.zeros(0), np.zeros(0), 10, 0.0, 2.0)
    assert empty.normalised() is empty


def test_separation_of_two_gaussians_is_the_integral() -> None:
    def integrand(x: float) -> float:
        s, b = stats.norm.pdf(x, 1.0), stats.norm.pdf(x)
        return float(0.5 * (s - b) ** 2 / (s + b))

    edges = np.linspace(-8, 9, 4001)
    s, b = (
        Histogram.of_contents(np.diff(stats.norm.cdf(edges, mean)), edges[0], edges[-1]) for mean in (1, 0)
    )
    expected = integrate.quad(integrand, -8, 9, epsabs=1e-12)[0]
    assert separation(s, b) == pytest.approx(expected, abs=1e-6)


def test_separation_of_equal_and_disjoint_histograms() -> None:
    left, right = (Histogram.of_contents(c, 0.0, 1.0) for c in ([3.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0]))
    assert separation(left, left) == 0
    assert separation(left, right) == pytest.approx(1)
    assert separation(left, Histogram.of_contents(np.zeros(4), 0.0, 1.0)) == 0
    with pytest.raises(ShapeError, match=r"4 bins on \[0, 1\] and 4 on \[0, 2\]"):
        separation(left, Histogram.of_contents(np.ones(4), 0.0, 2.0))


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
