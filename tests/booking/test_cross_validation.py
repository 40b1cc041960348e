"""Cross validation, against the folds trained one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_jobs import class_columns, regression_columns

import tmva_py as TMVA
from tmva_py.booking.data_loader import DataLoader
from tmva_py.errors import BookingError, OptionError, TMVAWarning

TREES = {
    "Signal": class_columns(300, 0.4, seed=1) | {"eventID": np.arange(300)},
    "Background": class_columns(300, -0.4, seed=2) | {"eventID": np.arange(300)},
}
OPTIONS = "!V:Silent:AnalysisType=Classification"
FISHER = "!H:!V:VarTransform=N"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def make_loader(name: str = "dataset") -> DataLoader:
    loader = DataLoader(name)
    loader.log.silent = True
    for variable in ("x0", "x1", "x2"):
        loader.AddVariable(variable)
    loader.AddSpectator("eventID", "I")
    for class_name, columns in TREES.items():
        loader.AddTree(columns, class_name)
        loader.SetWeightExpression("w", class_name)
    loader.PrepareTrainingAndTestTree(
        "", "nTest_Signal=1:nTest_Background=1:SplitMode=Random:NormMode=NumEvents:!V"
    )
    return loader


def by_hand(split: Any, folds: int) -> list[Any]:
    """Train and test Fisher on each fold in a factory of its own."""
    loader = make_loader("by_hand")
    loader.MakeKFoldDataSet(split)
    found = []
    for fold in range(folds):
        loader.PrepareFoldDataSet(split, fold)
        factory = TMVA.Factory(f"fold{fold}", OPTIONS)
        found.append(factory.BookMethod(loader, "Fisher", "F", FISHER))
        factory.TrainAllMethods()
        factory.TestAllMethods()
        # What belongs to a fold is computed while it is prepared.
        found[-1].figures = [
            *(found[-1].GetROCIntegral(), found[-1].GetSignificance(), found[-1].GetSeparation()),
            *(found[-1].GetEfficiency(f"Efficiency:{value}") for value in (0.01, 0.1, 0.3)),
            *(found[-1].GetTrainingEfficiency(f"Efficiency:{value}") for value in (0.01, 0.1, 0.3)),
            found[-1].GetEfficiency(),
        ]
    return found


@pytest.mark.parametrize(
    ("options", "split"),
    [
        ("NumFolds=3", TMVA.CvSplitKFolds(3, "", False)),
        ("NumFolds=4:SplitType=RandomStratified", TMVA.CvSplitKFolds(4, "", True)),
        (
            "NumFolds=2:SplitType=Deterministic:SplitExpr=int(fabs([eventID]))%int([NumFolds])",
            TMVA.CvSplitKFolds(2, "int(fabs([eventID]))%int([NumFolds])"),
        ),
    ],
)
def test_the_figures_of_each_fold(options: str, split: Any) -> None:
    cv = TMVA.CrossValidation("job", make_loader(), f"{OPTIONS}:{options}")
    folds = split.GetNumFolds()
    assert cv.GetNumFolds() == folds
    cv.BookMethod(TMVA.Types.kFisher, "Fisher", FISHER)
    cv.Evaluate()
    (result,) = cv.GetResults()
    expected = [one.figures for one in by_hand(split, folds)]
    areas = [one[0] for one in expected]
    assert result.GetROCValues() == dict(enumerate(areas))
    assert result.GetROCAverage() == pytest.approx(np.mean(areas), rel=1e-12)
    assert result.GetROCStandardDeviation() == pytest.approx(np.std(areas, ddof=1), rel=1e-12)
    calls = (
        *(result.GetSigValues, result.GetSepValues),
        *(result.GetEff01Values, result.GetEff10Values, result.GetEff30Values),
        *(result.GetTrainEff01Values, result.GetTrainEff10Values, result.GetTrainEff30Values),
        result.GetEffAreaValues,
    )
    for place, call in enumerate(calls, start=1):
        assert call() == [one[place] for one in expected], call.__name__
    files = [Path(f"dataset/weights/job_Fisher_fold{fold + 1}.weights.xml") for fold in range(folds)]
    assert all(file.is_file() for file in files)


def test_curves(tmp_path: Path) -> None:
    cv = TMVA.CrossValidation("job", make_loader(), None, f"{OPTIONS}:NumFolds=3")
    cv.BookMethod("Fisher", "Fisher")
    cv.Evaluate()
    (result,) = cv.GetResults()
    curves = result.GetROCCurves()
    assert [one.GetTitle() for one in curves] == ["Fisher_fold1", "Fisher_fold2", "Fisher_fold3"]
    mean = result.GetAvgROCCurve(11)
    assert mean.GetX() == pytest.approx(np.linspace(0, 1, 11))
    for place, x in enumerate(np.linspace(0, 1, 11)):
        assert mean.GetPointY(place) == pytest.approx(np.mean([one.Eval(x) for one in curves]))
    result.DrawAvgROCCurve(True, "Areas").SaveAs(tmp_path / "mean.png")
    result.Draw("folds").SaveAs(tmp_path / "folds.png")
    assert all((tmp_path / name).stat().st_size > 1000 for name in ("mean.png", "folds.png"))


def test_lines(capsys: pytest.CaptureFixture[str]) -> None:
    cv = TMVA.CrossValidation("job", make_loader(), Silent=True, AnalysisType="Classification", NumFolds=2)
    cv.BookMethod("Fisher", "Fisher", H=False)
    cv.Evaluate()
    capsys.readouterr()
    result = cv.GetResults()[0]
    result.Print()
    lines = [line.split(": ", 1)[1] for line in capsys.readouterr().out.splitlines()]
    areas = result.GetROCValues()
    assert lines == [
        " ==== Results ====",
        *(f"Fold  {fold} ROC-Int : {area:.4f}" for fold, area in areas.items()),
        "-" * 24,
        f"Average ROC-Int : {np.mean(list(areas.values())):.4f}",
        f"Std-Dev ROC-Int : {np.std(list(areas.values()), ddof=1):.4f}",
    ]


def test_several_methods_and_the_whole_sample_afterwards() -> None:
    loader = make_loader()
    before = len(loader.data_set().training), len(loader.data_set().testing)
    cv = TMVA.CrossValidation("job", loader, OPTIONS)
    cv.BookMethod("Fisher", "Fisher")
    cv.BookMethod("BDT", "BDT", "NTrees=5:MinNodeSize=5%")
    cv.Evaluate()
    assert [one.title for one in cv.GetResults()] == ["Fisher", "BDT"]
    assert (len(loader.data_set().training), len(loader.data_set().testing)) == before


def test_a_regression_has_tables_only() -> None:
    loader = DataLoader("dataset")
    loader.log.silent = True
    loader.AddVariable("x0")
    loader.AddTarget("t0")
    loader.AddRegressionTree(regression_columns(200))
    loader.PrepareTrainingAndTestTree("", "nTest_Regression=1:SplitMode=Block:NormMode=NumEvents:!V")
    cv = TMVA.CrossValidation("job", loader, "!V:Silent:AnalysisType=Regression:NumFolds=2:!FoldFileOutput")
    cv.BookMethod("LD", "LD")
    cv.Evaluate()
    (result,) = cv.GetResults()
    assert result.GetROCValues() == {}
    assert np.isnan(result.GetROCAverage())
    assert Path("dataset/weights/job_LD_fold2.weights.xml").is_file()


def test_what_cannot_be_meant() -> None:
    loader = make_loader()
    with pytest.raises(OptionError, match=r"goes with SplitType=Deterministic, and SplitType is Random"):
        TMVA.CrossValidation("job", loader, "SplitExpr=[eventID]%2")
    with pytest.raises(OptionError, match="NumFold"):
        TMVA.CrossValidation("job", loader, "NumFold=3")
    with pytest.raises(BookingError, match=r"expected \(job, loader, output file, options\)"):
        TMVA.CrossValidation("job", "loader", "")  # type: ignore[arg-type]
    cv = TMVA.CrossValidation("job", loader, OPTIONS)
    with pytest.raises(BookingError, match="no method is booked"):
        cv.Evaluate()
    with pytest.raises(BookingError, match=r"call Evaluate\(\) first"):
        cv.GetResults()
    with pytest.raises(BookingError, match="two folds or more, got 1"):
        cv.SetNumFolds(1)
    cv.SetNumFolds(5)
    cv.SetSplitExpr("[eventID]%5")
    assert (cv.GetNumFolds(), cv.GetSplitExpr()) == (5, "[eventID]%5")
    cv.BookMethod("Fisher", "Fisher")
    with pytest.raises(BookingError, match="a method with the title 'Fisher' is booked already"):
        cv.BookMethod("Fisher", "Fisher")
    with pytest.raises(OptionError, match="goes with SplitType=Deterministic"):
        cv.Evaluate()
    with pytest.warns(TMVAWarning, match="no output file is written yet"):
        TMVA.CrossValidation("job", loader, "out.root", OPTIONS)
