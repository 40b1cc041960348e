"""The importance of variables, against areas of jobs that are booked one by one."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_jobs import class_columns, make_job, regression_columns

import tmva_py as TMVA
from tmva_py.errors import BookingError

TREES = {"Signal": class_columns(300, 0.6, seed=1), "Background": class_columns(300, -0.3, seed=2)}
SPLIT = "SplitMode=Random:SplitSeed=3:NormMode=None:!V"
CUT = "x0<2"


def area(folder: Path, names: tuple[str, ...]) -> float:
    """Train Fisher on some variables in a job of its own."""
    if not names:
        return 0.5
    factory = TMVA.Factory("job", "Silent:!ModelPersistence:AnalysisType=Classification")
    loader = TMVA.DataLoader(str(folder / "_".join(names)))
    for name in names:
        loader.AddVariable(name)
    for class_name, columns in TREES.items():
        loader.AddTree(columns, class_name)
        loader.SetWeightExpression("w", class_name)
    loader.PrepareTrainingAndTestTree(CUT, SPLIT)
    factory.BookMethod(loader, "Fisher", "F")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    return float(factory.GetROCIntegral(loader, "F"))


@pytest.fixture
def job(tmp_path: Path) -> Any:
    made = make_job(tmp_path, trees=TREES, split=SPLIT, cut=CUT)
    for name in TREES:
        made.loader.SetWeightExpression("w", name)
    return made


@pytest.mark.parametrize(("kind", "number"), [(TMVA.VIType.kShort, 0), (TMVA.VIType.kAll, 1)])
def test_gains_of_areas(job: Any, tmp_path: Path, kind: Any, number: int, capsys: Any) -> None:
    names = ("x0", "x1", "x2")
    subsets = [one for size in range(4) for one in itertools.combinations(names, size)]
    areas = {one: area(tmp_path, one) for one in subsets}
    chosen = [names] if kind is TMVA.VIType.kShort else subsets
    gains = np.zeros(3)
    for one in chosen:
        for name in one:
            without = tuple(other for other in one if other != name)
            gains[names.index(name)] += areas[one] - areas[without]
    files = sorted(tmp_path.rglob("*"))
    capsys.readouterr()
    found = job.factory.EvaluateImportance(job.loader, number, TMVA.Types.kFisher, "F", "!H:!V")
    out = capsys.readouterr().out.splitlines()
    assert sorted(tmp_path.rglob("*")) == files, "nothing is written"
    assert (found.GetName(), found.GetNbinsX()) == ("vih1", 3)
    assert [found.GetBinLabel(place) for place in (1, 2, 3)] == list(names)
    np.testing.assert_allclose(np.asarray(found), 100 * gains / gains.sum(), rtol=1e-12)
    assert found.Integral() == pytest.approx(100)
    assert len(out) == 3
    assert all("--- x" in line and line.endswith(" %") for line in out)


def test_the_factory_is_left_alone(job: Any) -> None:
    booked = job.factory.BookMethod(job.loader, "Fisher", "F")
    job.factory.EvaluateImportance(job.loader, TMVA.VIType.kShort, "Fisher", "F")
    assert job.factory.GetMethod(job.loader, "F") is booked
    job.finish()
    assert booked.weight_file.is_file()
    assert job.loader.GetDataSetInfo().GetNVariables() == 3


def test_random_subsets(tmp_path: Path) -> None:
    trees = {
        name: class_columns(100, shift, n_variables=11, seed=seed)
        for name, shift, seed in (("Signal", 0.5, 1), ("Background", -0.5, 2))
    }
    job = make_job(tmp_path, trees=trees, n_variables=11)
    found = job.factory.EvaluateImportance(job.loader, TMVA.VIType.kRandom, "Fisher", "F", seeds=1)
    assert found.GetNbinsX() == 11
    assert found.Integral() == pytest.approx(100)
    few = make_job(tmp_path, trees=trees, n_variables=3)
    with pytest.raises(BookingError, match=r"needs more than 10 variables, there are 3: .* all 7 subsets"):
        few.factory.EvaluateImportance(few.loader, TMVA.VIType.kRandom, "Fisher", "F")


def test_what_cannot_be_meant(tmp_path: Path) -> None:
    job = make_job(tmp_path, "Regression", trees=regression_columns(100))
    with pytest.raises(BookingError, match="which a regression does not have"):
        job.factory.EvaluateImportance(job.loader, 0, "LD", "LD")


@pytest.mark.parametrize("kind", [TMVA.kShort, TMVA.kAll])
def test_as_a_class_of_its_own(job: Any, tmp_path: Path, kind: Any, capsys: Any) -> None:
    by_factory = np.asarray(job.factory.EvaluateImportance(job.loader, kind, "Fisher", "F", "!H:!V"))
    files = sorted(tmp_path.rglob("*"))
    importance = TMVA.VariableImportance(job.loader)
    importance.BookMethod(TMVA.Types.kFisher, "F", "!H:!V")
    importance.SetType(kind)
    capsys.readouterr()
    importance.Evaluate()
    results = importance.GetResults()
    results.Print()
    out = capsys.readouterr().out.splitlines()
    assert sorted(tmp_path.rglob("*")) == files, "nothing is written"
    assert [line.split(": ", 1)[1] for line in out[:2]] == [
        "Evaluation done.",
        f"Variable Importance Results ({kind.name[1:]})",
    ]
    assert [line.split(": ", 1)[1] for line in out[2:]] == [
        f"x{number}: {share:g} % " for number, share in enumerate(by_factory)
    ]
    assert results.GetImportanceValues().GetValue["TString"]("x0") == f"{by_factory[0]:g} % "
    histogram = results.GetImportanceHist()
    np.testing.assert_allclose(np.asarray(histogram), sorted(by_factory, reverse=True), rtol=1e-12)
    assert histogram.GetBinLabel(1) == f"x{np.argmax(by_factory)}"
    assert results.GetType() is importance.GetType() is kind


def test_a_class_of_its_own_used_wrongly(job: Any) -> None:
    with pytest.raises(BookingError, match="VariableImportance: expected a DataLoader, got str"):
        TMVA.VariableImportance("dataset")
    importance = TMVA.VariableImportance(job.loader)
    with pytest.raises(BookingError, match="no method is booked"):
        importance.Evaluate()
    with pytest.raises(BookingError, match="no results yet"):
        importance.GetResults().Draw()
