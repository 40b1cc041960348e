"""From the ROOT file to weight file and output file: reading, splitting, training, answers, histograms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from golden import loader_of
from perceptrons import expect_tmvas

import tmva_py as TMVA
from tmva_py.booking.booked_method import BookedMethod
from tmva_py.methods.weight_file import read_weight_file

# Folder, file of weights and title of each job.
JOBS = [
    ("real_mlp_bfgs_regulator", "weights.xml"),
    ("real_mlp_bp_weights", "weights.xml"),
    ("real_mlp_multi_bp", "weights.xml"),
    ("real_mlp_reg_2targets", "weights.xml"),
    ("real_output_all_tables", "TMVAClassification_MLP.weights.xml"),
    ("real_output_multiclass", "TMVAMulticlass_MLP.weights.xml"),
]


def run(
    shared: Path, case: str, folder: Path, output: str
) -> tuple[TMVA.Factory, TMVA.DataLoader, BookedMethod]:
    """Book and run what TMVA ran."""
    said: dict[str, Any] = json.loads((shared / "golden" / case / "methods.json").read_text())["MLP"]
    analysis = said["factory"].partition("AnalysisType=")[2]
    options = f"!V:Silent:!Color:!DrawProgressBar:AnalysisType={analysis}"
    factory = TMVA.Factory("job", output, options)
    loader = loader_of(shared, said, str(folder / "dataset"))
    booked = factory.BookMethod(loader, TMVA.Types.kMLP, "MLP", f"{said['options']}:Release=4.2")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    return factory, loader, booked


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
@pytest.mark.parametrize(("case", "weights"), JOBS)
def test_weights_of_whole_jobs(shared: Path, case: str, weights: str, tmp_path: Path) -> None:
    factory, loader, booked = run(shared, case, tmp_path, str(tmp_path / "out.root"))
    golden = read_weight_file(shared / "golden" / case / weights, release="4.2")
    ours = read_weight_file(booked.weight_file)
    expect_tmvas(ours.model.weights, golden.model.weights)
    said = json.loads((shared / "golden" / case / "methods.json").read_text())["MLP"]
    expected = said.get("figures", {}).get("roc_integral")
    if expected is not None and golden.analysis_type == "Classification":
        # TMVA's own integral, by steps of the responses, is another one in the third digit.
        assert factory.GetROCIntegral(loader, "MLP") == pytest.approx(expected, abs=0.01)


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
def test_histograms_of_the_output_file(shared: Path, tmp_path: Path) -> None:
    case = "real_output_multiclass"
    run(shared, case, tmp_path, str(tmp_path / "out.root"))
    with (
        uproot.open(shared / "golden" / case / "TMVA.root") as theirs,
        uproot.open(tmp_path / "out.root") as ours,
    ):
        theirs_folder = theirs["Method_MLP/MLP"]
        (path,) = [key for key in ours if key.endswith("Method_MLP/MLP;1")]
        ours_folder = ours[path]
        for name in ("estimatorHistTrain", "estimatorHistTest", "weights_hist01", "weights_hist12"):
            one, two = ours_folder[name], theirs_folder[name]
            assert one.classname == two.classname
            assert one.title == two.title
            for number in range(len(one.axes)):
                np.testing.assert_array_equal(one.axis(number).edges(), two.axis(number).edges())
            np.testing.assert_allclose(one.values(flow=True), two.values(flow=True), rtol=2e-7)
            assert one.member("fEntries") == two.member("fEntries"), name
        (path,) = [key for key in ours if key.endswith("/TestTree;1")]
        seen, expected = (tree["MLP"].array(library="np") for tree in (ours[path], theirs["TestTree"]))
        for name in ("Signal", "bg0", "bg1", "bg2"):
            # In single precision.
            np.testing.assert_allclose(seen[name], expected[name], rtol=2e-7)
