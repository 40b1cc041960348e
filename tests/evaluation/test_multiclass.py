"""One class against the others, with responses that ROOT stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tmva_py.evaluation import RocCurve, confusion_matrix, one_versus_rest


def test_confusion_is_the_efficiency_of_pairs() -> None:
    rng = np.random.default_rng(1)
    classes = rng.integers(0, 3, 900)
    response = rng.normal(size=(900, 3)) + 1.5 * np.eye(3)[classes]
    weight = rng.uniform(0.5, 1.5, 900)
    matrix = confusion_matrix(response, classes, weight, 0.1)
    assert np.isnan(np.diag(matrix)).all()
    for i, j in ((0, 1), (2, 0)):
        # The cut that keeps a tenth of the column's weight, by sorting.
        background = np.flatnonzero(classes == j)
        order = background[np.argsort(-response[background, i])]
        cut = response[order[np.searchsorted(np.cumsum(weight[order]), 0.1 * weight[order].sum())], i]
        signal = classes == i
        expected = weight[signal & (response[:, i] > cut)].sum() / weight[signal].sum()
        assert matrix[i, j] == pytest.approx(expected, abs=0.02)
    for index, curve in enumerate(one_versus_rest(response, classes, weight)):
        assert curve.area == RocCurve(response[:, index], classes == index, weight).area


@pytest.mark.parametrize(
    ("case", "published"),
    [
        ("multiclass_mlp_stored", (0.9753, 0.9304, 0.9674, 0.9820)),
        ("multiclass_dl_dense_norm_stored", (0.9574, 0.9120, 0.9544, 0.9191)),
    ],
)
def test_stored_responses_are_near_the_published_integrals(
    shared: Path, case: str, published: tuple[float, ...]
) -> None:
    """A part of the run's events is kept here, so the integrals agree within their statistical errors."""
    with np.load(shared / "golden" / case / "events.npz") as stored:
        kept = (stored["source"] == 0) & ~stored["edge"]
        response, classes = stored["response"][kept], stored["y"][kept]
    curves = one_versus_rest(response, classes, np.ones(len(classes)))
    assert [curve.area for curve in curves] == pytest.approx(published, abs=0.015)
