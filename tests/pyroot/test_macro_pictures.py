"""Macros draw what an output file holds, and compute curves of histograms of their own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_jobs import class_columns

import tmva_py as TMVA
from tmva_py.histograms import Axis, Histogram

pytestmark = pytest.mark.root


def book(output: Path, shifts: dict[str, float], methods: list[tuple[str, str]]) -> None:
    """Write the output file of methods of two variables."""
    analysis = "Classification" if len(shifts) == 2 else "Multiclass"
    factory = TMVA.Factory("job", str(output), f"Silent:AnalysisType={analysis}")
    loader = TMVA.DataLoader("dataset")
    for name in ("x0", "x1"):
        loader.AddVariable(name)
    for seed, (name, shift) in enumerate(shifts.items()):
        loader.AddTree(class_columns(200, shift, n_variables=2, seed=seed), name)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:SplitSeed=3:NormMode=None:!V")
    for kind, options in methods:
        factory.BookMethod(loader, kind, kind, options)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()


def test_pictures(run_with_root: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
    monkeypatch.chdir(tmp_path)
    methods = [("MLP", "NCycles=5:HiddenLayers=3"), ("BDT", "NTrees=3:MinNodeSize=5%")]
    book(tmp_path / "two.root", {"Signal": 0.5, "Background": -0.5}, methods)
    of_classes = [("BDT", "NTrees=3:MinNodeSize=5%:BoostType=Grad")]
    book(tmp_path / "three.root", {"A": 0.5, "B": -0.5, "C": 1.5}, of_classes)
    done = run_with_root(Path(__file__).with_name("pictures.C").read_text(), "pictures.C")
    assert done.returncode == 0, done.stderr
    found = {one.name for one in (tmp_path / "dataset" / "plots").iterdir()}
    assert found == {
        *("network_MLP.png", "BDT_ControlPlots.png"),
        *(f"overtrain_{name}_BDT.png" for name in "ABC"),
        *(f"roc_effBvsS_1vsRest_{name}.png" for name in "ABC"),
        *(f"roc_1vs1_{one}_vs_{other}.png" for one in "ABC" for other in "ABC" if one != other),
    }
    axis = Axis(4, 0, 4)
    signal = np.arange(1.0, 5.0)
    curve = TMVA.ROCCalc(Histogram.of_values(axis, signal), Histogram.of_values(axis, signal[::-1]))
    error = [0.0]
    expected = [curve.GetROCIntegral(), curve.GetEffSForEffBof(0.5, error), error[0], 100, 0.5]
    lines = dict(re.findall(r"^(curve|timer) (.*)$", done.stdout, re.MULTILINE))
    numbers = [float(one) for one in lines["curve"].split()]
    assert numbers == pytest.approx([*expected, curve.GetSignalReferenceCut()], rel=1e-5)
    assert lines["timer"] == "1 1 1 0 sec"
