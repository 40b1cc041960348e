"""Category of TMVA: its files answer as it does, and its bookings on its trees give its methods."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from golden import cases_of, check_file, check_responses, entry_of, loader_of, said_of
from weight_files import golden_weights

import tmva_py as TMVA
from tmva_py.methods import TrainedMethod
from tmva_py.methods.category.model import CategoryModel
from tmva_py.methods.weight_file import read_weight_file, weight_text

CASES = cases_of("Category")
TRAINED = cases_of("Category", trained=True)
NUMBER = re.compile(r"-?\d+\.\d+e[+-]\d+")
# Sums over some thousand events in another order, see tests/methods/linear.
SAME_SUMS = 1e-11


@pytest.mark.parametrize("case", CASES)
def test_responses(shared: Path, case: str) -> None:
    check_responses(shared, case)


@pytest.mark.parametrize("case", CASES)
def test_files(shared: Path, case: str) -> None:
    if case != "real_category_bdt_mixed":
        check_file(shared, case)
        return
    text = golden_weights(shared, case).read_text()
    lines = weight_text(read_weight_file(text)).splitlines()
    # Options of BDT that this release of TMVA did not have.
    newer = ("RegressionLossFunctionBDTG", "HuberQuantile", "SkipNormalization")
    seen = [line for line in lines if not any(f'name="{name}"' in line for name in newer)]
    assert len(seen) == len(lines) - len(newer)
    assert seen == text.splitlines()


def test_a_file_without_responses(shared: Path) -> None:
    path = shared / "golden" / "parse_only" / "likelihood_category.xml"
    method = read_weight_file(path)
    assert [part.cut for part in method.model.parts] == ["abs(eta)<=1.3", "abs(eta)>1.3"]
    assert weight_text(method).splitlines() == path.read_text().splitlines()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def booked_as(shared: Path, case: str) -> Any:
    said = said_of(shared, case)
    factory = TMVA.Factory("job", said["factory"].replace("!Silent", "Silent:!ModelPersistence"))
    loader = loader_of(shared, said)
    category = factory.BookMethod(loader, TMVA.Types.kCategory, "Category", said["options"])
    for cut, variables, kind, title, options in said["categories"]:
        release = ":Release=4.2" if kind in ("BDT", "Likelihood") else ""
        category.AddMethod(cut, variables, kind, title, options + release)
    factory.TrainAllMethods()
    return category


@pytest.mark.filterwarnings("ignore:.*'Fisher' is no option:tmva_py.errors.TMVAWarning")
@pytest.mark.parametrize("case", TRAINED)
def test_training(shared: Path, case: str) -> None:
    golden, category = read_weight_file(golden_weights(shared, case)), booked_as(shared, case)
    for ours, theirs in zip(parts_text(category.trained), parts_text(golden), strict=True):
        assert NUMBER.sub("", ours) == NUMBER.sub("", theirs)
        # Transformed variables are float32, of which some differ in the last bit, see tests/methods/linear.
        tolerance = 1e-6 if "<Transform " in theirs else SAME_SUMS
        seen, expected = (np.array(NUMBER.findall(text), np.float64) for text in (ours, theirs))
        np.testing.assert_allclose(seen, expected, rtol=tolerance)
    allowed = entry_of(shared, case)["tolerance"]
    with np.load(shared / "golden" / case / "train.npz") as stored:
        for sample in ("train", "test"):
            found = category.trained.evaluate(stored[f"X_{sample}"], spectators=stored[f"S_{sample}"])
            expected = stored[f"resp_{sample}_Category"]
            np.testing.assert_allclose(found, expected, rtol=allowed["rtol"], atol=allowed["atol"])


def parts_text(method: TrainedMethod) -> list[str]:
    assert isinstance(method.model, CategoryModel)
    return [
        f"{part.cut} {part.variables}\n{weight_text(part.method).partition('  <Variables')[2]}"
        for part in method.model.parts
    ]
