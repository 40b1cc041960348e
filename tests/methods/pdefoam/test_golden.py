"""Foams of TMVA: its files answer as it does, and are written so that they hold the same."""

from __future__ import annotations

import io
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from golden import (
    cases_of,
    check_ranking,
    check_responses,
    has_tmvas_functions,
    printed_between,
    trained_as_golden,
    trained_on,
)
from row_files import text_of
from weight_files import golden_weights

from tmva_py.errors import WeightFileError
from tmva_py.message_log import MessageLog
from tmva_py.methods.pdefoam.foam import Foam
from tmva_py.methods.pdefoam.foam_file import foam_path, read_foams
from tmva_py.methods.pdefoam.model import PDEFoamModel
from tmva_py.methods.weight_file import read_weight_file, weight_text, write_weight_file

CASES = cases_of("PDEFoam")
EXAMPLE = "train_regression_example"
ARRAYS = (
    *("minimum", "maximum", "axis", "division", "parent", "daughters"),
    *("volume", "integral", "drive", "elements", "n_elements"),
)


def expect_same(seen: Foam, expected: Foam) -> None:
    for name in ("name", "kind", "selector", "growth", "variables"):
        assert getattr(seen, name) == getattr(expected, name)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(seen, name), getattr(expected, name), err_msg=name)


@pytest.mark.parametrize("case", CASES)
def test_responses(shared: Path, case: str) -> None:
    check_responses(shared, case)


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("real_")])
def test_responses_to_the_last_bit(shared: Path, case: str) -> None:
    method = read_weight_file(golden_weights(shared, case))
    with np.load(shared / "golden" / case / "train.npz") as stored:
        for sample in ("train", "test"):
            seen = method.evaluate(stored[f"X_{sample}"])
            expected = stored[f"resp_{sample}_PDEFoam"]
            if has_tmvas_functions():
                np.testing.assert_array_equal(seen.reshape(expected.shape), expected)
            # Another exp may round each of a hundred weights of a mean, or a share, the other way.
            np.testing.assert_allclose(seen.reshape(expected.shape), expected, rtol=2**-23, atol=0)


@pytest.mark.parametrize("case", CASES)
def test_files(shared: Path, tmp_path: Path, case: str) -> None:
    """The XML has TMVA's bytes from ``<Weights>`` on; the file of foams holds the same foams."""
    source = golden_weights(shared, case)
    method = read_weight_file(source)
    assert isinstance(method.model, PDEFoamModel)
    path = tmp_path / "x.weights.xml"
    write_weight_file(method, path)
    expected, seen = (text_of(one).partition("  <Weights")[2] for one in (source, path))
    assert seen == expected
    names = [foam.name for foam in method.model.foams]
    for one, other in zip(read_foams(foam_path(path), names), method.model.foams, strict=True):
        expect_same(one, other)
    # The text alone has the foams in it.
    again = read_weight_file(weight_text(method)).model
    assert isinstance(again, PDEFoamModel)
    for one, other in zip(again.foams, method.model.foams, strict=True):
        expect_same(one, other)


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("real_")])
def test_training(shared: Path, case: str) -> None:
    """Every cell is TMVA's, to the last bit, and so is what is known of it."""
    log = io.StringIO()
    golden, trained, method = trained_as_golden(shared, case, MessageLog("PDEFoam", stream=log))
    assert isinstance(golden.model, PDEFoamModel)
    assert isinstance(trained.model, PDEFoamModel)
    for one, other in zip(trained.model.foams, golden.model.foams, strict=True):
        expect_same(one, other)
    ours, theirs = (weight_text(one).partition("<Options>")[2] for one in (trained, golden))
    assert ours == theirs
    if not case.endswith("_reg"):
        check_ranking(shared, case, method)
    lines = [line.partition(": ")[2] for line in log.getvalue().splitlines()]
    printed = printed_between(shared, case, "Begin training", "End of training")
    # TMVA's renormalisation is not part of a case.
    seen, expected = (
        [re.sub(r"NormMode=\w+|[\d.e-]+ sec", "", one) for one in lines] for lines in (lines, printed)
    )
    assert seen == expected


def test_training_of_a_newer_release(shared: Path) -> None:
    options = json.loads((shared / "golden" / EXAMPLE / "methods.json").read_text())["PDEFoam"]["options"]
    trained, stored = trained_on(shared, EXAMPLE, "PDEFoam", "PDEFoam", options)
    for sample in ("train", "test"):
        seen = trained.evaluate(stored[f"X_{sample}"])[:, 0]
        np.testing.assert_array_equal(seen, stored[f"resp_{sample}_PDEFoam"])


def test_the_volume_of_cells(shared: Path) -> None:
    model = read_weight_file(golden_weights(shared, "real_pdefoam")).model
    assert isinstance(model, PDEFoamModel)
    (foam,) = model.foams
    np.testing.assert_array_equal(foam.box[1].prod(axis=1), foam.volume)
    assert foam.volume[foam.active].sum() == pytest.approx(1.0, abs=1e-12)


def test_a_missing_file(shared: Path, tmp_path: Path) -> None:
    source = shared / "golden" / "parse_only" / "pdefoam_regression_no_foam_file.xml"
    expected = str(foam_path(source)).replace("\\", "\\\\")
    with pytest.raises(FileNotFoundError, match=f"the foams are not in '{expected}'"):
        read_weight_file(source)
    # A weight file that was renamed finds its foams by the title.
    folder = shared / "golden" / "real_pdefoam"
    shutil.copy(folder / "weights.xml", tmp_path / "mine.xml")
    shutil.copy(folder / "weights_foams.root", tmp_path / "job_PDEFoam.weights_foams.root")
    expected_text = weight_text(read_weight_file(folder / "weights.xml"))
    assert weight_text(read_weight_file(tmp_path / "mine.xml")) == expected_text
    shutil.copy(folder / "weights_foams.root", tmp_path / "other_PDEFoam.weights_foams.root")
    with pytest.raises(WeightFileError, match=r"mine_foams.root', .*; there is job_PDEFoam.*, other_PDEFoam"):
        read_weight_file(tmp_path / "mine.xml")
