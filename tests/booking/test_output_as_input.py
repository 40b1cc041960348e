"""The trees of an output file are input again, leaf lists of several outputs among them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import uproot
from small_jobs import make_job

import tmva_py as TMVA
from tmva_py.trees import open_tree


@pytest.mark.parametrize(
    ("analysis", "layout", "targets"),
    [("Multiclass", "Layout=TANH|4,LINEAR", ("t0",)), ("Regression", "Layout=TANH|4,LINEAR", ("t0", "t1"))],
)
def test_responses_of_several_outputs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, analysis: str, layout: str, targets: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    job = make_job(Path(), analysis, output="out.root", targets=targets)
    job.run(layout)
    with uproot.open("out.root") as file:
        records = file["dataset/TestTree"]["DL"].array(library="np")
    names = records.dtype.names
    assert names is not None
    assert len(names) >= 2
    tree = open_tree("out.root:dataset/TestTree")
    for name in names:
        for text in (f"DL.{name}", f"TestTree.DL.{name}"):
            np.testing.assert_array_equal(TMVA.Formula(text)(tree), records[name])
    np.testing.assert_array_equal(TMVA.Formula("DL")(tree), records[names[0]])
    loader = TMVA.DataLoader("again")
    for name in names:
        loader.AddVariable(f"DL.{name}")
    loader.AddTree("out.root:dataset/TestTree", "Signal")
    loader.AddTree("out.root:dataset/TrainTree", "Background")
    loader.PrepareTrainingAndTestTree("", "SplitMode=Block:NormMode=None:!V")
    x = loader.specification.build().training.x
    assert sorted(x[:, 1]) != sorted(x[:, 0])
    assert set(x[:, 1]) <= {*records[names[1]], *TMVA.Formula(f"DL.{names[1]}")("out.root:dataset/TrainTree")}
