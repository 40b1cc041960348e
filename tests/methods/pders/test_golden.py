"""PDERS of TMVA: its files answer as it does, and are what comes of its events."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from golden import cases_of, check_file, check_responses, said_of, trained_as_golden, trained_on

from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.methods.weight_file import read_weight_file, weight_text

CASES = cases_of("PDERS")


@pytest.mark.parametrize("case", CASES)
def test_responses(shared: Path, case: str) -> None:
    """Whatever was booked, TMVA's Reader has adaptive boxes in which all events count alike."""
    method = check_responses(shared, case)
    with np.load(shared / "golden" / case / "events.npz") as stored:
        x, expected = stored["X"], stored["response"]
    found = method.evaluate(x)
    # TMVA adds targets up in single precision.
    tolerance = 1e-6 if "_reg" in case else 1e-14
    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=tolerance, atol=tolerance)
    # Without compiled kernels.
    other = read_weight_file(weight_text(method))
    vars(other.model)["_backend"] = NumpyBackend("float32")
    np.testing.assert_array_equal(other.evaluate(x), found)


@pytest.mark.parametrize("case", CASES)
def test_files(shared: Path, case: str) -> None:
    check_file(shared, case)


@pytest.mark.parametrize("case", CASES)
def test_training(shared: Path, case: str) -> None:
    golden, trained, method = trained_as_golden(shared, case)
    assert weight_text(trained).partition("  <Weights")[2] == weight_text(golden).partition("  <Weights")[2]
    again = read_weight_file(weight_text(trained))
    tolerance = {"rtol": 1e-6, "atol": 1e-7}
    with np.load(shared / "golden" / case / "train.npz") as stored:
        for sample in ("train", "test"):
            expected = stored[f"resp_{sample}_PDERS"]
            found = again.evaluate(stored[f"X_{sample}"]).reshape(expected.shape)
            np.testing.assert_allclose(found, expected, **tolerance)
        # Right after a training TMVA still knows mode and kernel.
        expected = stored["traintree_PDERS"]
        found = trained.evaluate(stored["X_train"]).reshape(expected.shape)
        np.testing.assert_allclose(found, expected, **tolerance)
        assert np.abs(expected - stored["resp_train_PDERS"].reshape(expected.shape)).max() > 0.05
    assert method.ranking() is None
    assert not said_of(shared, case).get("ranking")


def test_responses_that_root_stored(shared: Path) -> None:
    options = (
        "!H:!V:NormTree=T:VolumeRangeMode=Adaptive:KernelEstimator=Gauss:GaussSigma=0.3:NEventsMin=400:"
        "NEventsMax=600"
    )
    trained, stored = trained_on(shared, "train_recoil_many_methods", "PDERS", "PDERS", options)
    again = read_weight_file(weight_text(trained))
    for method, sample in ((again, "test"), (trained, "train")):
        found = method.evaluate(stored[f"X_{sample}"])
        close = np.isclose(found, stored[f"resp_{sample}_PDERS"], rtol=0, atol=1e-6)
        # Where a box ends between two events that are a rounding apart, one more or less is in it.
        assert close.mean() > 0.98


def test_a_file_without_responses_is_read(shared: Path) -> None:
    method = read_weight_file(shared / "golden" / "parse_only" / "pders_classification.xml")
    found = method.evaluate(np.zeros((2, len(method.info.variables)), np.float32))
    assert ((found > 0) & (found < 1)).all()
