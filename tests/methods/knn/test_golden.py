"""KNN of TMVA: its files answer as it does, and are what comes of its events."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from golden import (
    cases_of,
    check_file,
    check_responses,
    printed_between,
    said_of,
    trained_as_golden,
    trained_on,
)

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.message_log import MessageLog
from tmva_py.methods.weight_file import read_weight_file, weight_text

CASES = cases_of("KNN")
# Exponentials of this processor and of TMVA's C library.
SAME_BITS = 1e-14


@pytest.mark.parametrize("case", CASES)
def test_responses(shared: Path, case: str) -> None:
    method = check_responses(shared, case)
    with np.load(shared / "golden" / case / "events.npz") as stored:
        x, expected = stored["X"], stored["response"]
    found = method.evaluate(x)
    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=0, atol=SAME_BITS)
    # Without compiled kernels.
    other = read_weight_file(weight_text(method))
    vars(other.model)["_backend"] = NumpyBackend("float32")
    np.testing.assert_array_equal(other.evaluate(x), found)


@pytest.mark.parametrize("case", CASES)
def test_files(shared: Path, case: str) -> None:
    check_file(shared, case)


@pytest.mark.parametrize("case", CASES)
def test_training(shared: Path, case: str) -> None:
    text = io.StringIO()
    golden, trained, method = trained_as_golden(shared, case, MessageLog("mine", stream=text))
    assert weight_text(trained).partition("  <Weights")[2] == weight_text(golden).partition("  <Weights")[2]
    with np.load(shared / "golden" / case / "train.npz") as stored:
        for sample in ("train", "test"):
            expected = stored[f"resp_{sample}_KNN"]
            found = trained.evaluate(stored[f"X_{sample}"]).reshape(expected.shape)
            np.testing.assert_allclose(found, expected, rtol=0, atol=SAME_BITS)
    assert method.ranking() is None
    assert not said_of(shared, case).get("ranking")
    printed = printed_between(shared, case, "Begin training", "End of training")
    assert [line.partition(": ")[2] for line in text.getvalue().splitlines()] == printed


@pytest.mark.parametrize(
    ("case", "tolerance"),
    [
        # ROOT stored float32, of numbers up to 1.
        ("train_recoil_many_methods", 3e-8),
        # Of numbers up to 430; the sums of targets are float32 too, and ROOT 6.24 adds them in double.
        ("train_regression_example", 1e-4),
    ],
)
def test_responses_that_root_stored(shared: Path, case: str, tolerance: float) -> None:
    options = "nkNN=20:ScaleFrac=0.8:SigmaFact=1.0:Kernel=Gaus:UseKernel=F:UseWeight=T:!Trim"
    trained, stored = trained_on(shared, case, "KNN", "KNN", options)
    for sample in ("train", "test"):
        expected = stored[f"resp_{sample}_KNN"]
        found = trained.evaluate(stored[f"X_{sample}"]).reshape(expected.shape)
        np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance)


def test_files_without_responses_are_read(shared: Path) -> None:
    for name in ("knn_classification", "knn_regression"):
        method = read_weight_file(shared / "golden" / "parse_only" / f"{name}.xml")
        x = np.zeros((2, len(method.info.variables)), np.float32)
        assert np.isfinite(method.evaluate(x)).all()
