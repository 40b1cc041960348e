"""TMVA's rule ensembles are read, answer as TMVA does, and are written byte for byte."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from golden import cases_of, check_file, check_responses
from weight_files import golden_weights

from tmva_py.methods.weight_file import read_weight_file

CASES = cases_of("RuleFit")


@pytest.mark.parametrize("case", CASES)
def test_responses(shared: Path, case: str) -> None:
    check_responses(shared, case)


@pytest.mark.parametrize("case", CASES)
def test_files(shared: Path, case: str) -> None:
    check_file(shared, case)


@pytest.mark.parametrize("case", ["real_rulefit", "real_rulefit_linear"])
def test_all_events_of_a_training(shared: Path, case: str) -> None:
    """What TMVA's Reader said of every event: sums of about 50 terms of order 1, which differ in rounding."""
    method = read_weight_file(golden_weights(shared, case))
    with np.load(shared / "golden" / case / "train.npz") as stored:
        for sample in ("train", "test"):
            seen = method.evaluate(stored[f"X_{sample}"])
            expected = stored[f"resp_{sample}_RuleFit"]
            np.testing.assert_allclose(seen, expected, rtol=0, atol=1e-13)


def test_summary(shared: Path) -> None:
    summary = read_weight_file(golden_weights(shared, "rulefit_10vars")).model.summary()
    assert (summary["n_rules"], summary["n_linear"]) == (132, 10)
