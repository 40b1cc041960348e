"""Fisher, LD and HMatrix of TMVA: its files answer as it does, and its events give its coefficients."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from golden import (
    cases_of,
    check_file,
    check_ranking,
    check_responses,
    entry_of,
    printed_between,
    said_of,
    trained_as_golden,
    trained_on,
)
from weight_files import golden_weights

from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.weight_file import read_weight_file

KINDS = ("Fisher", "LD", "HMatrix")
CASES = [case for kind in KINDS for case in cases_of(kind)]
TRAINED = [case for kind in KINDS for case in cases_of(kind, trained=True)]
# Sums over some thousand events in another order: 1e-13, times the condition of their matrix.
SAME_SUMS = 1e-11
# Transformed variables are float32, of which some differ from TMVA's in the last bit: 1e-7, times the same.
SAME_ROUNDING = 1e-6
# TMVA's Reader forgets which class a transformation is of; its tree of training events does not.
FORGOTTEN = {"real_fisher_decorr_classes"}


@pytest.mark.parametrize("case", CASES)
def test_responses(shared: Path, case: str) -> None:
    check_responses(shared, case)


@pytest.mark.parametrize("case", CASES)
def test_files(shared: Path, case: str) -> None:
    check_file(shared, case)


def learnt(method: TrainedMethod) -> np.ndarray:
    model = method.model
    if method.type_name == "HMatrix":
        parts = [
            getattr(one, name) for one in (model.signal, model.background) for name in ("mean", "inverse")
        ]
        return np.concatenate([part.ravel() for part in parts])
    return model.coefficients.ravel()


@pytest.mark.filterwarnings("ignore:.*is no option:tmva_py.errors.TMVAWarning")
@pytest.mark.parametrize("case", TRAINED)
def test_training(shared: Path, case: str) -> None:
    text = io.StringIO()
    golden, trained, method = trained_as_golden(shared, case, MessageLog("mine", stream=text))
    tolerance = SAME_ROUNDING if golden.transformations.steps else SAME_SUMS
    np.testing.assert_allclose(learnt(trained), learnt(golden), rtol=tolerance)
    allowed = entry_of(shared, case)["tolerance"]
    with np.load(shared / "golden" / case / "train.npz") as stored:
        samples = (
            {"train": stored[f"traintree_{golden.title}"]}
            if case in FORGOTTEN
            else {sample: stored[f"resp_{sample}_{golden.title}"] for sample in ("train", "test")}
        )
        for sample, expected in samples.items():
            x = stored[f"X_{sample}"]
            found = trained.evaluate(x).reshape(expected.shape)
            close = np.isclose(found, expected, rtol=allowed["rtol"], atol=allowed["atol"])
            # Far out, where few events are, a Gauss transformation is steep; there TMVA's file will do.
            assert close.mean() >= (0.999 if "Gauss" in entry_of(shared, case)["transforms"] else 1)
            if case not in FORGOTTEN:
                theirs = golden.evaluate(x).reshape(expected.shape)
                np.testing.assert_allclose(found, theirs, rtol=allowed["rtol"], atol=allowed["atol"])
    if said_of(shared, case).get("ranking"):
        check_ranking(shared, case, method)
    kind = golden.type_name
    if kind != "HMatrix":
        printed = printed_between(shared, case, f"Results for {kind} coefficients:", "End of training")
        lines = text.getvalue().splitlines()
        start = lines.index(f"{'mine':25}: Results for {kind} coefficients:")
        assert [line.partition(": ")[2] for line in lines[start + 1 :]] == printed


@pytest.mark.parametrize(
    ("case", "kind", "options", "tolerance"),
    [
        # ROOT stored float32.
        ("train_class_example_fisher_likelihood", "Fisher", "Release=4.1", 1e-6),
        ("train_class_example_ld_bdt", "LD", "", 1e-6),
        ("train_recoil_many_methods", "LD", "", 1e-6),
        # Responses up to 430, whose float32 is 3e-5 wide.
        ("train_regression_example", "LD", "", 6e-5),
        # The tails of a Gauss transformation, see tests/data/transformations.
        ("train_fisher_decorr_gauss", "Fisher", "VarTransform=D,G", 1e-5),
    ],
)
def test_responses_that_root_stored(
    shared: Path, case: str, kind: str, options: str, tolerance: float
) -> None:
    trained, stored = trained_on(shared, case, kind, kind, options)
    for sample in ("train", "test"):
        expected = stored[f"resp_{sample}_{kind}"]
        found = trained.evaluate(stored[f"X_{sample}"]).reshape(expected.shape)
        np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


def test_training_of_tmva_4_1(shared: Path) -> None:
    """Its file has all digits of the coefficients."""
    trained, _ = trained_on(
        shared, "train_class_example_fisher_likelihood", "Fisher", "Fisher", "Release=4.1"
    )
    golden = read_weight_file(golden_weights(shared, "fisher_myvar_stored"))
    np.testing.assert_allclose(learnt(trained), learnt(golden), rtol=SAME_SUMS)


def test_a_file_without_responses(shared: Path) -> None:
    method = read_weight_file(shared / "golden" / "parse_only" / "xml_with_txt_suffix.txt")
    x = np.arange(3.0 * len(method.info.variables)).reshape(3, -1)
    coefficients = method.model.coefficients.ravel()
    expected = coefficients[0] + method.transformations.apply(x.astype(np.float32)) @ coefficients[1:]
    np.testing.assert_allclose(method.evaluate(x), expected, rtol=1e-6)
