"""Likelihood of TMVA: its files answer as it does, and its events give its densities."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from golden import (
    cases_of,
    check_file,
    check_ranking,
    check_responses,
    trained_as_golden,
    trained_on,
)
from weight_files import golden_weights

from tmva_py.histograms import Histogram
from tmva_py.message_log import MessageLog
from tmva_py.methods.weight_file import read_weight_file, weight_text

# Largest difference found, of responses between 0 and 1; TMVA itself ran on this kind of processor.
REAL = {
    # Events 10000 away from the others: the transformation's rounding is seen in the tails.
    "real_likelihood_decorr": 2e-5,
    "real_likelihood_integer": 1e-14,
    "real_likelihood_kde": 1e-14,
    "real_likelihood_kde_nonadaptive": 1e-14,
    "real_likelihood_mix": 2e-8,
    "real_likelihood_neg": 1e-14,
    "real_likelihood_smooth_minmax": 1e-14,
    "real_likelihood_spline0": 1e-14,
    "real_likelihood_spline1": 2e-8,
    "real_likelihood_spline2": 1e-10,
    "real_likelihood_spline3": 1e-14,
    "real_likelihood_spline5": 1e-14,
    "real_likelihood_tutorial": 1e-13,
}
# The same of all events on which TMVA trained and tested. Tables are float32: 6e-8 of each of eight factors
# is rounded away, and a ratio changes by a quarter of that.
TRAINED = dict.fromkeys(REAL, 1.2e-7) | {"real_likelihood_decorr": 5e-6}


def test_all_cases_are_here() -> None:
    assert set(cases_of("Likelihood", trained=True)) <= set(REAL)


@pytest.mark.parametrize("case", cases_of("Likelihood"))
def test_responses(shared: Path, case: str) -> None:
    method = check_responses(shared, case)
    if case in REAL:
        with np.load(shared / "golden" / case / "events.npz") as stored:
            found = method.evaluate(stored["X"])
            np.testing.assert_allclose(found, stored["response"], rtol=0, atol=REAL[case])


@pytest.mark.parametrize("case", cases_of("Likelihood"))
def test_files(shared: Path, case: str) -> None:
    check_file(shared, case)


@pytest.mark.parametrize("case", REAL)
def test_training(shared: Path, case: str) -> None:
    """The same file, byte for byte, from the same events; TMVA's responses, ranking and histograms."""
    golden, trained, method = trained_as_golden(shared, case)
    text = weight_text(trained)
    assert text.partition("  <Weights")[2] == weight_text(golden).partition("  <Weights")[2]
    again = read_weight_file(text)
    with np.load(shared / "golden" / case / "train.npz") as stored:
        for sample in ("train", "test"):
            found, expected = again.evaluate(stored[f"X_{sample}"]), stored[f"resp_{sample}_Likelihood"]
            np.testing.assert_allclose(found, expected, rtol=0, atol=TRAINED[case])
        if "traintree_Likelihood" in stored:
            # Before the file kernels know the events' own spread, and smoothing the weights' errors.
            found = trained.evaluate(stored["X_train"])
            np.testing.assert_allclose(found, stored["traintree_Likelihood"], rtol=0, atol=1e-7)
            assert np.abs(found - stored["resp_train_Likelihood"]).max() > 1e-4
    check_ranking(shared, case, method)
    shown = method.monitoring()
    with np.load(shared / "golden" / case / "histograms.npz") as stored:
        written = {key.rpartition("|")[2]: stored[key] for key in stored.files if key.startswith("hist|")}
    seen = 0
    for name, expected in written.items():
        if "MVA_" in name or "__" in name:
            continue
        histogram = shown[name]
        assert isinstance(histogram, Histogram)
        np.testing.assert_allclose(histogram.contents, expected, rtol=3e-7, err_msg=name)
        seen += 1
    # Two classes of four variables: as filled, smoothed, with fewer bins.
    assert seen >= 24
    if golden.info.variables[0].type != "I":
        assert list(shown)[:2] == [
            f"{golden.info.variables[0].internal_name}_{end}" for end in ("sig", "bgd")
        ]


def test_smoothing_by_bin_is_tmvas(shared: Path) -> None:
    _, _, method = trained_as_golden(shared, "real_likelihood_smooth_minmax")
    with np.load(shared / "golden" / "real_likelihood_smooth_minmax" / "histograms.npz") as stored:
        counts = [key for key in stored.files if key.startswith("hist|") and key.endswith("_Nsmooth")]
        assert len(counts) == 8
        for key in counts:
            found = method.monitoring()[key.rpartition("|")[2]]
            assert isinstance(found, Histogram)
            np.testing.assert_array_equal(found.values, stored[key][1:-1])


@pytest.mark.parametrize(
    ("title", "options"),
    [
        ("Likelihood", "TransformOutput:NSmoothSig[0]=20:NSmoothBkg[0]=20:NSmoothBkg[1]=10:NSmooth=1"),
        ("LikelihoodPCA", "NSmoothSig[0]=20:NSmoothBkg[0]=20:NSmooth=5:VarTransform=PCA"),
    ],
)
def test_from_events_to_responses_as_in_root_6_30(shared: Path, title: str, options: str) -> None:
    """Histograms, smoothing, splines and the likelihood ratio of 600 events of another analysis."""
    trained, stored = trained_on(
        shared,
        "train_recoil_many_methods",
        "Likelihood",
        title,
        f"{options}:PDFInterpol=Spline2:NAvEvtPerBin=50",
    )
    for sample in ("test", "train"):
        found, expected = trained.evaluate(stored[f"X_{sample}"]), stored[f"resp_{sample}_{title}"]
        # ROOT stored float32, of numbers up to 1; principal components have its rounding too.
        np.testing.assert_allclose(found, expected, rtol=0, atol=3e-8 if title == "Likelihood" else 2e-5)


def test_responses_that_root_5_stored(shared: Path) -> None:
    method = read_weight_file(golden_weights(shared, "likelihood_spline_stored"))
    with np.load(shared / "golden" / "train_class_example_fisher_likelihood" / "train.npz") as stored:
        x, expected = stored["X_test"], stored["resp_test_Likelihood"]
    np.testing.assert_allclose(method.evaluate(x), expected, rtol=0, atol=5e-7)


def test_training_of_tmva_4_1(shared: Path) -> None:
    """Events, histograms smoothed as ROOT 5 did, splines, responses."""
    options = (
        "TransformOutput:PDFInterpol=Spline2:NSmoothSig[0]=20:NSmoothBkg[0]=20:NSmoothBkg[1]=10:NSmooth=1"
        ":NAvEvtPerBin=50:Release=4.1"
    )
    trained, stored = trained_on(
        shared, "train_class_example_fisher_likelihood", "Likelihood", "Likelihood", options
    )
    for sample in ("test", "train"):
        found, expected = trained.evaluate(stored[f"X_{sample}"]), stored[f"resp_{sample}_Likelihood"]
        # As the file of that training answers.
        np.testing.assert_allclose(found, expected, rtol=0, atol=5e-7)


@pytest.mark.parametrize("case", cases_of("Likelihood", trained=True))
def test_log_lines(shared: Path, case: str) -> None:
    """How well each density describes its histogram, in all digits."""
    text = io.StringIO()
    golden, _, _ = trained_as_golden(shared, case, MessageLog("mine", stream=text))
    printed = (shared / "golden" / case / "printed.txt").read_text()
    marks = ("PDF Sig[", "PDF Bkg[")
    expected = [
        line.split(" : ", 1)[1].rstrip()
        for line in printed.splitlines()
        if line.startswith("--- ") and any(f"{golden.title} {mark}" in line for mark in marks)
    ]
    lines = text.getvalue().splitlines()
    start = next(i for i, line in enumerate(lines) if "Building PDF" in line) + 1
    seen = [line.partition(": ")[2].rstrip() for line in lines[start:]]
    assert seen == expected


def test_categories_of_tmva(shared: Path) -> None:
    """Densities of methods inside a method; each category has its own variables."""
    folder = shared / "golden" / "real_category_likelihood"
    root = ElementTree.parse(folder / "weights.xml").getroot()
    with np.load(folder / "events.npz") as stored:
        x, eta, expected = stored["X"], stored["S"][:, 0], stored["response"]
    parts = list(root.iter("SubMethod"))
    assert [part.get("Cut") for part in parts] == ["abs(eta)<=1.3", "abs(eta)>1.3"]
    found = np.zeros(len(x))
    for part, chosen in zip(parts, (np.abs(eta) <= 1.3, np.abs(eta) > 1.3), strict=True):
        places = [int(name[-1]) - 1 for name in part.get("Variables", "").split(":")]
        whole = ElementTree.Element("MethodSetup", Method=part.get("Method", ""))
        whole.extend(part)
        found[chosen] = read_weight_file(ElementTree.tostring(whole, "unicode")).evaluate(
            x[chosen][:, places]
        )
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-7)
