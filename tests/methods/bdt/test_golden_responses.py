"""Forests that TMVA wrote answer as TMVA does: at once, event by event, from threads, without numba."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from forests import BDT_CASES
from golden import check_file, check_responses
from weight_files import golden_weights

import tmva_py as TMVA
from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.methods.weight_file import read_weight_file
from tmva_py.testing.overrides import ReferenceBackend


@pytest.mark.parametrize("case", BDT_CASES)
def test_golden_responses(shared: Path, case: str) -> None:
    method = check_responses(shared, case)
    with np.load(shared / "golden" / case / "events.npz") as events:
        x = events["X"][:300]
    seen = method.evaluate(x)
    for backend in (NumpyBackend, ReferenceBackend):
        other = read_weight_file(golden_weights(shared, case))
        vars(other.model)["_backend"] = backend("float32")
        np.testing.assert_array_equal(other.evaluate(x), seen)


@pytest.mark.parametrize("case", BDT_CASES)
def test_files_are_written_as_tmva_writes_them(shared: Path, case: str) -> None:
    """Apart from the options, to which later releases have added, every byte is TMVA's."""
    check_file(shared, case)


@pytest.mark.parametrize("case", ["real_bdt_adaboost_5000", "real_bdt_multi_grad", "real_bdt_reg_grad"])
def test_reader(shared: Path, case: str) -> None:
    method = read_weight_file(golden_weights(shared, case))
    with np.load(shared / "golden" / case / "events.npz") as events:
        x, expected = events["X"], events["response"]
    reader = TMVA.Reader([one.expression for one in method.info.variables], "!Color:Silent")
    reader.BookMVA("BDT", str(golden_weights(shared, case)))
    kind = method.analysis_type
    evaluate = getattr(reader, f"Evaluate{'MVA' if kind == 'Classification' else kind}")
    found = evaluate(x.astype(np.float32), "BDT")
    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=1e-5, atol=1e-6)
