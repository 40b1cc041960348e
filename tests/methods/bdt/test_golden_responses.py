"""Forests that TMVA wrote answer as TMVA does: at once, event by event, from threads, without numba."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from forests import BDT_CASES
from row_files import text_of
from weight_files import golden_index, golden_weights

import tmva_py as TMVA
from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing.overrides import ReferenceBackend

# Events that are also looked at one by one.
ONE_BY_ONE = 100


@pytest.mark.parametrize("case", BDT_CASES)
def test_golden_responses(shared: Path, case: str, figures: object) -> None:
    entry = next(entry for entry in golden_index(shared) if entry["case"] == case)
    method = read_weight_file(golden_weights(shared, case))
    with np.load(shared / "golden" / case / "events.npz") as events:
        x, expected = events["X"], events["response"]
    seen = method.evaluate(x)
    found = seen.reshape(expected.shape)
    rtol, atol = entry["tolerance"]["rtol"], entry["tolerance"]["atol"]
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=atol)
    # From the first event to the last ones, which are at and beyond the cuts.
    places = np.unique(np.linspace(0, len(x) - 1, ONE_BY_ONE).astype(int))
    one_by_one = np.concatenate([method.evaluate(x[i : i + 1]) for i in places])
    np.testing.assert_array_equal(one_by_one, seen[places])
    with ThreadPoolExecutor(8) as threads:
        for answer in threads.map(method.evaluate, [x] * 8):
            np.testing.assert_array_equal(answer, seen)
    for backend in (NumpyBackend, ReferenceBackend):
        other = read_weight_file(golden_weights(shared, case))
        vars(other.model)["_backend"] = backend("float32")
        np.testing.assert_array_equal(other.evaluate(x[:300]), seen[:300])


@pytest.mark.parametrize("case", BDT_CASES)
def test_files_are_written_as_tmva_writes_them(shared: Path, case: str) -> None:
    """Apart from the options, to which later releases have added, every byte is TMVA's."""
    text = text_of(golden_weights(shared, case)).replace('"-nan"', '"nan"')
    method = read_weight_file(golden_weights(shared, case))
    expected, seen = (one.partition("  <Weights")[2] for one in (text, weight_text(method)))
    assert len(expected) > 100
    assert seen == expected
    again = read_weight_file(weight_text(method))
    assert weight_text(again) == weight_text(method)


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
