"""SVM of TMVA: its files answer as it does, and are what comes of its events."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import pytest
from golden import (
    cases_of,
    check_file,
    check_responses,
    printed_between,
    trained_as_golden,
    trained_on,
)

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.message_log import MessageLog
from tmva_py.methods.weight_file import read_weight_file, weight_text

CASES = cases_of("SVM")
TRAINED = cases_of("SVM", trained=True)
# Exponentials of this processor and of TMVA's C library, after rounding to single precision: a kernel may
# be its last bit off, 6e-8, in few of the support vectors.
SAME_BITS = 1e-7


@pytest.mark.parametrize("case", CASES)
def test_responses(shared: Path, case: str) -> None:
    method = check_responses(shared, case)
    with np.load(shared / "golden" / case / "events.npz") as stored:
        x, expected = stored["X"], stored["response"]
    found = method.evaluate(x).reshape(expected.shape)
    # The class that ROOT prints has the kernel in double precision: rounding 1000 kernels to 6e-8 each.
    allowed = SAME_BITS if case.startswith("real_") else 1000 * 6e-8
    scale = max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(found, expected, rtol=0, atol=allowed * scale)
    # Without compiled kernels.
    other = read_weight_file(weight_text(method))
    vars(other.model)["_backend"] = NumpyBackend("float32")
    np.testing.assert_allclose(
        other.evaluate(x).reshape(expected.shape), found, rtol=0, atol=SAME_BITS * scale
    )


@pytest.mark.parametrize("case", CASES)
def test_files(shared: Path, case: str) -> None:
    check_file(shared, case)


def without_times(lines: list[str]) -> list[str]:
    return [line.partition("time")[0] if "lapsed" in line else line for line in lines]


@pytest.mark.parametrize("case", TRAINED)
def test_training(shared: Path, case: str) -> None:
    """Each support vector with its multiplier, in TMVA's bytes."""
    text = io.StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        golden, trained, method = trained_as_golden(shared, case, MessageLog("mine", stream=text))
    np.testing.assert_array_equal(trained.model.number, golden.model.number)
    np.testing.assert_array_equal(trained.model.alpha, golden.model.alpha)
    assert weight_text(trained).partition("  <Weights")[2] == weight_text(golden).partition("  <Weights")[2]
    with np.load(shared / "golden" / case / "train.npz") as stored:
        for sample in ("train", "test"):
            expected = stored[f"resp_{sample}_SVM"]
            found = trained.evaluate(stored[f"X_{sample}"]).reshape(expected.shape)
            scale = max(1.0, float(np.abs(expected).max()))
            np.testing.assert_allclose(found, expected, rtol=0, atol=SAME_BITS * scale)
    assert method.ranking() is None
    lines = [line.partition(": ")[2] for line in text.getvalue().splitlines()]
    said = lines[next(i for i, line in enumerate(lines) if "Working Set..." in line) :]
    printed = printed_between(shared, case, "Begin training", "End of training")
    assert [one.strip() for one in without_times(said) if one.strip()] == [
        one.strip() for one in without_times(printed) if one.strip()
    ]


def test_responses_that_root_6_30_stored(shared: Path) -> None:
    case = "train_recoil_many_methods"
    trained, stored = trained_on(shared, case, "SVM", "SVM", "Gamma=0.25:Tol=0.001:VarTransform=Norm")
    for sample in ("train", "test"):
        # ROOT stored float32, of numbers below 1.
        found, expected = trained.evaluate(stored[f"X_{sample}"]), stored[f"resp_{sample}_SVM"]
        np.testing.assert_allclose(found, expected, rtol=0, atol=3e-8)
