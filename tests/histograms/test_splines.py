"""Splines through points, against what defines them."""

from __future__ import annotations

import numpy as np
import pytest

from tmva_py.histograms.splines import LinearSpline, cubic_spline, quadratic_spline, quintic_spline

RANDOM = np.random.default_rng(2)
X = np.cumsum(RANDOM.uniform(0.5, 1.5, 12))
Y = RANDOM.uniform(1, 3, 12)


@pytest.mark.parametrize("spline", [quadratic_spline, cubic_spline, quintic_spline])
def test_they_go_through_the_points(spline: object) -> None:
    assert callable(spline)
    # The quadratic one is computed in float32, where four digits cancel.
    np.testing.assert_allclose(spline(X, Y, X), Y, rtol=1e-3 if spline is quadratic_spline else 1e-12)
    np.testing.assert_allclose(LinearSpline(X, Y)(X), Y, rtol=1e-14)


def test_the_quadratic_one_is_the_mean_of_two_parabolas() -> None:
    places = np.linspace(X[0] - 0.5, X[-1] + 0.5, 200)
    expected = []
    for place in places:
        left = int(np.clip(np.searchsorted(X, place, side="right") - 1, 0, 11))
        starts = [0] if left == 0 else [9] if left >= 10 else [left - 1, left]
        parabolas = [np.polyfit(X[i : i + 3] - X[i], Y[i : i + 3], 2) for i in starts]
        values = [np.polyval(one, place - X[i]) for one, i in zip(parabolas, starts, strict=True)]
        expected.append(np.mean(values))
    # TMVA's formula in float32 loses four digits to cancellation.
    np.testing.assert_allclose(quadratic_spline(X, Y, places), expected, rtol=1e-3)


def derivatives(spline: object, place: float, order: int, step: float = 1e-2) -> float:
    """Return a derivative by differences, exact for a polynomial of one degree more."""
    assert callable(spline)
    places = place + step * (np.arange(order + 1) - order / 2)
    return float(np.diff(spline(X, Y, places), order)[0] / step**order)


def test_the_cubic_one_has_one_polynomial_beside_the_second_points() -> None:
    for i in (1, -2):
        before, after = (derivatives(cubic_spline, X[i] + side * 0.1, 3) for side in (-1, 1))
        assert before == pytest.approx(after, rel=1e-6)
    inner = [derivatives(cubic_spline, X[5] + side * 0.1, 3) for side in (-1, 1)]
    assert inner[0] != pytest.approx(inner[1], rel=1e-2)


def test_the_quintic_one_is_natural_and_goes_on_as_a_parabola() -> None:
    inside = X[-1] - 0.05
    # Third and fourth derivative run to zero at the last point, and stay zero beyond.
    assert abs(derivatives(quintic_spline, inside, 3)) < abs(derivatives(quintic_spline, X[5] + 0.1, 3)) / 5
    assert derivatives(quintic_spline, X[-1] + 1.0, 3) == pytest.approx(0, abs=1e-6)
    for order in (1, 2):
        before, after = (derivatives(quintic_spline, X[-1] + side * 0.011, order) for side in (-1, 1))
        assert before == pytest.approx(after, abs=0.1)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_few_points(n: int) -> None:
    places = np.array([X[0] - 0.3, X[0], X[n - 1]])
    for spline in (quadratic_spline, cubic_spline, quintic_spline):
        got = spline(X[:n], Y[:n], places)
        np.testing.assert_allclose(got[1:], [Y[0], Y[n - 1]], rtol=1e-4)
