"""What becomes of negative weights: every treatment, beside TMVA's forests, and the page that says so."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from golden import stored_data
from programs import load_program
from weight_files import golden_weights

from tmva_py.message_log import MessageLog
from tmva_py.methods.bdt.method import MethodBDT
from tmva_py.methods.bdt.sample import prepare
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file

pytestmark = pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
CASE = "real_bdt_neg_pray"


@pytest.fixture(scope="module")
def benchmark_(project: Path) -> ModuleType:
    return load_program(project / "benchmarks" / "negative_weights.py")


def test_the_page_has_every_treatment(shared: Path, project: Path, benchmark_: ModuleType) -> None:
    page = (project / "docs" / "options.md").read_text(encoding="utf-8")
    for row in benchmark_.ROWS:
        found = benchmark_.treat(*row)
        assert found.agreeing == found.n_trees
        assert benchmark_.row(*row) in page


@pytest.mark.parametrize(
    ("treatment", "negative"),
    [("InverseBoostNegWeights", True), ("Pray", True), ("PairNegWeightsGlobal", False)],
)
def test_weights_that_are_trained_on(shared: Path, treatment: str, negative: bool) -> None:
    """No treatment but leaving events out changes the sum of a class's weights."""
    golden = read_weight_file(golden_weights(shared, CASE))
    data = stored_data(shared / "golden" / CASE, golden)
    method = MethodBDT(
        "BDT",
        golden.info,
        "Classification",
        f"NegWeightTreatment={treatment}:SkipNormalization",
        log=MessageLog("BDT", silent=True),
    )
    sample = prepare(data.training, golden.info, vars(method)["_settings"], method.log).sample
    assert (sample.whole_weight < 0).any() == negative
    for class_index in (0, 1):
        own = data.training.weight[data.training.class_index == class_index].sum()
        kept = sample.whole_weight[sample.class_index == class_index].sum()
        np.testing.assert_allclose(kept, own, rtol=1e-12)


def test_inverse_boosts_undo_boosts(shared: Path) -> None:
    """A wrong event of negative weight loses by InverseBoostNegWeights what one of positive weight gains."""
    golden = read_weight_file(golden_weights(shared, CASE))
    data = stored_data(shared / "golden" / CASE, golden)
    boosts = {}
    for treatment in ("InverseBoostNegWeights", "Pray"):
        method = MethodBDT(
            "BDT",
            golden.info,
            "Classification",
            f"NTrees=1:SkipNormalization:DoBoostMonitor:NegWeightTreatment={treatment}",
            log=MessageLog("BDT", silent=True),
        )
        train_method(method, data)
        boosts[treatment] = np.unique(np.round(method.course.boosts[0], 9))
    smaller, same, larger = boosts["InverseBoostNegWeights"]
    assert smaller < same < larger
    np.testing.assert_allclose(larger / same, same / smaller, rtol=1e-8)
    assert len(boosts["Pray"]) == 2
