"""Measures of dependence, against ROOT's histograms and closed forms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tmva_py.errors import ShapeError
from tmva_py.evaluation import (
    correlation_ratio,
    correlation_with_target,
    mutual_information,
)
from tmva_py.histograms import Axis, Histogram2D


def joint(x: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> Histogram2D:
    return Histogram2D.fill(
        Axis.around(300, float(x.min()), float(x.max())),
        Axis.around(300, float(y.min()), float(y.max())),
        x,
        y,
        weight,
    )


# Mutual information and correlation ratio of target (x) and variable (y), computed by ROOT 6.40 from its own
# TH2F, rebinned, projected and integrated as TMVA's Tools.cxx does. The transposed ratio has no such figure:
# there TMVA mixes what lies outside the axes of the one histogram with the cells of the other.
ROOTS = ((2.8042778114702336, 0.5204040604283076), (2.996697419990988, 0.6753685096933523))


@pytest.mark.parametrize("variable", [0, 1])
def test_against_root(shared: Path, variable: int) -> None:
    with np.load(shared / "golden" / "train_regression_example" / "train.npz") as stored:
        x = stored["X_train"].astype(np.float32)[:, variable]
        target = stored["T_train"].astype(np.float32).ravel()
        histogram = joint(target, x, stored["w_train"])
    information, ratio = ROOTS[variable]
    # ROOT's cells are float32.
    assert mutual_information(histogram.values) == pytest.approx(information, rel=1e-8)
    assert correlation_ratio(histogram) == pytest.approx(ratio, rel=1e-8)


def test_correlation_ratio_is_the_share_of_explained_variance() -> None:
    rng = np.random.default_rng(3)
    x = rng.uniform(-1, 1, 200_000)
    y = x**2
    histogram = joint(x, y)
    # x explains y, y says nothing of the sign of x, and there is no linear correlation.
    assert correlation_ratio(histogram) == pytest.approx(1, abs=2e-3)
    assert correlation_ratio(histogram, transposed=True) == pytest.approx(0, abs=2e-3)
    assert correlation_with_target(x, y) < 0.01
    noisy = joint(x, y + rng.normal(0, np.std(y), len(y)))
    assert correlation_ratio(noisy) == pytest.approx(0.5, abs=0.01)


def test_transposing_is_exchanging() -> None:
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=1000), rng.normal(size=1000)
    y += x
    assert correlation_ratio(joint(x, y), transposed=True) == pytest.approx(
        correlation_ratio(joint(y, x)), rel=1e-12
    )


def test_mutual_information_in_closed_form() -> None:
    independent = np.outer([1.0, 1, 3, 3], [2.0, 2, 1, 1])
    assert mutual_information(independent) == pytest.approx(0, abs=1e-12)
    assert mutual_information(np.kron(np.eye(4), np.ones((2, 2)))) == pytest.approx(np.log(4))
    assert mutual_information(np.zeros((4, 4))) == -1


def test_nothing_to_tell() -> None:
    ones = np.ones(5)
    assert correlation_with_target(ones, np.arange(5.0)) == 0
    assert correlation_ratio(Histogram2D.fill(Axis(4, 0, 1), Axis(4, 0, 1), ones[:0], ones[:0])) == -1
    assert correlation_ratio(Histogram2D.fill(Axis(4, 0, 2), Axis(4, 0, 2), ones, ones)) == 0
    with pytest.raises(ShapeError, match="even numbers of bins, got 3 x 3"):
        mutual_information(np.ones((3, 3)))
