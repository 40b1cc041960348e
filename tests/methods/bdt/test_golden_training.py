"""Trained on TMVA's events in TMVA's order, forests are TMVA's own, tree by tree and bit by bit."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from forests import GoldenTraining, golden_training, golden_trainings
from golden import SHARED, has_tmvas_functions

from tmva_py.evaluation import ClassificationEvaluation, RegressionEvaluation
from tmva_py.evaluation.classification import Sample
from tmva_py.histograms import PDF, PDFSettings, pdf_roc_integral, pdf_separation

CASES = golden_trainings() if SHARED.is_dir() else []
REAL = [case for case in CASES if case.startswith("real_")]
# Of the histogram by which targets are transformed back, weight files hold nine digits.
ROUNDED_TARGETS = "real_bdt_reg_grad_target_vt"
# TMVA's training sample is answered with what was trained, its test sample with what was read from the weight
# file. The two differ: N_Signal is forgotten, and the numbers of P are written with eight digits.
TRAINING_SAMPLE_DIFFERS = ("real_bdt_vt_norm_signal", "real_bdt_vt_n_pca")

pytestmark = pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")


@cache
def trained(case: str) -> GoldenTraining:
    return golden_training(SHARED, case)


def booked(case: str) -> dict[str, Any]:
    methods = json.loads((SHARED / "golden" / case / "methods.json").read_text())
    return next(iter(methods.values()))


@pytest.mark.parametrize("case", CASES)
def test_trees_are_tmvas(shared: Path, case: str) -> None:
    training = trained(case)
    if training.golden is not None:
        n_trees = len(training.golden.model.forest)
        assert len(training.trained.model.forest) == n_trees
        assert training.agreeing == (n_trees, "")
    if training.golden is not None and case in REAL:
        ours, theirs = training.trained.model.forest, training.golden.model.forest
        for name in ("variable", "cut", "cut_type", "node_type", "response", "rms", "purity"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), err_msg=name)
        bounds = 1e-14 * np.abs(theirs.boost_weights)
        if not has_tmvas_functions():
            # Each tree multiplies events' weights by a factor that the C library's functions give: after t
            # trees they are off by t roundings at most, and log((1 - e)/e) passes on 4 times the error of e
            # near 1/2.
            bounds += 4 * np.arange(1, n_trees + 1) * 2.0**-53
        assert np.all(np.abs(ours.boost_weights - theirs.boost_weights) <= bounds)
    # NumPy's exponential and that of the C library may differ in their last bits, and responses of the other
    # cases are stored in single precision.
    bound = 1e-6 if case == ROUNDED_TARGETS else 1e-14 if case in REAL else 6e-8
    assert training.deviation <= bound


@pytest.mark.parametrize("case", CASES)
def test_the_page_says_how_many_trees_are_the_same(project: Path, case: str) -> None:
    training = trained(case)
    same = "–" if training.golden is None else str(training.agreeing[0])
    row = f"| `{case}` | {len(training.trained.model.forest)} | {same} |"
    assert row in (project / "docs" / "oracles.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", REAL)
def test_what_is_shown_of_the_training(shared: Path, case: str) -> None:
    training = trained(case)
    if not training.has_random_tree and booked(case)["ranking"]:
        printed = {name: value for _, name, value in booked(case)["ranking"]}
        assert {name: f"{value:.3e}" for name, value in training.method.ranking() or []} == printed
    with np.load(shared / "golden" / case / "train.npz") as events:
        for column, own in (("errorFraction", "errors"), ("boostWeight", "shown_weights")):
            if len(stored := events[f"boost_{column}"]):
                found = getattr(training.method.course, own)
                np.testing.assert_allclose(found, stored, rtol=1e-6, atol=1e-9, err_msg=column)
    compared = 0
    shown = {name.removeprefix("dataset_"): one for name, one in training.method.monitoring().items()}
    with np.load(shared / "golden" / case / "histograms.npz") as stored_histograms:
        for key in stored_histograms:
            kind, *_, name = key.split("|")
            if name not in shown:
                continue
            compared += 1
            if kind == "axis":
                axis = shown[name].axis
                assert (axis.n_bins, axis.minimum, axis.maximum) == tuple(stored_histograms[key]), name
            elif not (training.has_random_tree and name.startswith("Nodes")):
                np.testing.assert_allclose(
                    shown[name].contents, stored_histograms[key], rtol=1e-6, atol=1e-6, err_msg=name
                )
    assert compared >= (0 if training.trained.analysis_type == "Multiclass" else 10)
    assert compared > 140 or case != "real_bdt_boostmonitor"


@pytest.mark.parametrize("case", REAL)
def test_printed_figures(case: str) -> None:
    """Efficiencies, their errors, separation, significance and ROC integrals are those that TMVA prints."""
    training = trained(case)
    table = [line for line in booked(case)["evaluation_table"].splitlines() if line.startswith("BDT")]
    if training.trained.analysis_type == "Classification":
        _compare_classification(training, case, table[0])
    elif training.trained.analysis_type == "Regression":
        _compare_regression(training, table)


def _compare_classification(training: GoldenTraining, case: str, line: str) -> None:
    samples = [
        Sample(
            training.as_root_reads.evaluate(events.x).astype(np.float32),
            events.class_index == 0,
            events.weight,
        )
        for events in (training.data.testing, training.data.training)
    ]
    evaluation = ClassificationEvaluation(*samples)
    figures = booked(case)["figures"]
    for background in ("0.01", "0.10", "0.30"):
        wanted = float(background)
        assert evaluation.signal_efficiency_at(wanted) == pytest.approx(figures[f"eff_{background}"])
        assert evaluation.signal_efficiency_error_at(wanted) == pytest.approx(figures[f"efferr_{background}"])
        if case not in TRAINING_SAMPLE_DIFFERS:
            found = evaluation.training_signal_efficiency_at(wanted)
            assert found == pytest.approx(figures[f"trainEff_{background}"])
    densities = [PDF(one, PDFSettings()) for one in evaluation.response_histograms()]
    assert pdf_separation(*densities) == pytest.approx(figures["separation"])
    assert pdf_roc_integral(*densities) == pytest.approx(figures["roc_integral"])
    assert evaluation.significance == pytest.approx(figures["significance"])
    assert evaluation.area == pytest.approx(float(line.partition("|")[0].split()[-1]), abs=5.1e-4)
    if case not in TRAINING_SAMPLE_DIFFERS:
        assert evaluation.reference_cut == pytest.approx(figures["signal_reference_cut"])


def _compare_regression(training: GoldenTraining, table: list[str]) -> None:
    for events, line in zip((training.data.testing, training.data.training), table, strict=True):
        response = training.trained.evaluate(events.x)[:, 0]
        found = RegressionEvaluation.of(response, events.targets[:, 0], events.weight)
        of_all, cut = found.full, found.truncated
        seen = (of_all.bias, cut.bias, of_all.rms, cut.rms, of_all.mutual_information, cut.mutual_information)
        printed = line.partition(":")[2].replace("|", "").split()
        # Three digits of a deviation, three places of the information.
        formats = (".3g",) * 4 + (".3f",) * 2
        rounded = [float(f"{value:{one}}") for value, one in zip(seen, formats, strict=True)]
        assert rounded == pytest.approx([float(text) for text in printed], rel=2e-3)
