"""Cross validation, against the folds trained one by one."""

from __future__ import annotations

import os
from array import array
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import uproot
from small_jobs import class_columns, regression_columns

import tmva_py as TMVA
from tmva_py.booking.config import gConfig
from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.processes import can_fork
from tmva_py.errors import (
    BookingError,
    DataError,
    DataFileNotFoundError,
    OptionError,
    TrainingError,
    UnknownNameError,
    WeightFileError,
)
from tmva_py.methods.linear.fisher import MethodFisher
from tmva_py.methods.weight_file import read_weight_file, write_weight_file

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
    training = loader.data_set().training
    cv = TMVA.CrossValidation("job", loader, OPTIONS)
    cv.BookMethod("Fisher", "Fisher")
    cv.BookMethod("BDT", "BDT", "NTrees=5:MinNodeSize=5%")
    cv.Evaluate()
    assert [one.title for one in cv.GetResults()] == ["Fisher", "BDT"]
    # As in TMVA, what trained is tested: every event has been a test event of one fold.
    for events in (loader.data_set().training, loader.data_set().testing):
        assert sorted(map(tuple, events.x.tolist())) == sorted(map(tuple, training.x.tolist()))
    factory = cv.GetFactory()
    assert factory.GetROCCurveAsMultiGraph(loader)[1].GetTitle() == "BDT"
    info = cv.GetMethods()[1]
    assert (info.GetValue("MethodName"), info.GetValue["TString"]("MethodTitle")) == ("BDT", "BDT")
    with pytest.raises(UnknownNameError, match="only MethodName, MethodTitle, MethodOptions"):
        info.GetValue("Method")


@pytest.mark.skipif(not can_fork(), reason="processes cannot be continued twice on this system")
class TestWorkers:
    def evaluated(self, folder: Path, options: str, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        """Evaluate in a folder of its own; return figures of the folds, and where each was trained."""
        folder.mkdir()
        monkeypatch.chdir(folder)
        cv = TMVA.CrossValidation("job", make_loader(), "out.root", f"{OPTIONS}:NumFolds=3:{options}")
        cv.BookMethod("Fisher", "Fisher", FISHER)
        cv.BookMethod("BDT", "BDT", "NTrees=5:MinNodeSize=5%:BoostType=Grad")
        cv.Evaluate()
        calls = ("GetROCValues", "GetSigValues", "GetEff10Values", "GetTrainEff30Values", "GetEffAreaValues")
        return [getattr(result, call)() for result in cv.GetResults() for call in calls]

    def weights(self, folder: Path) -> dict[str, str]:
        return {
            path.name: path.read_text().partition("</GeneralInfo>")[2]
            for path in sorted((folder / "dataset" / "weights").glob("*.xml"))
        }

    @pytest.mark.parametrize("options", ["NumWorkerProcs=2", "NumWorkerProcs=4", "NumWorkerProcs=0"])
    def test_everything_is_the_same(
        self, options: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = self.evaluated(tmp_path / "one", "FoldFileOutput", monkeypatch)
        several = self.evaluated(tmp_path / "several", f"FoldFileOutput:{options}", monkeypatch)
        assert one == several
        assert len(self.weights(tmp_path / "one")) == 8
        assert self.weights(tmp_path / "one") == self.weights(tmp_path / "several")
        for name in ("out.root", "Fisher_fold2.root", "BDT_fold3.root"):
            with uproot.open(tmp_path / "one" / name) as a, uproot.open(tmp_path / "several" / name) as b:
                assert a.classnames() == b.classnames()
                tree = "dataset/TestTree"
                for column, values in a[tree].arrays(library="np").items():
                    np.testing.assert_array_equal(b[tree].arrays(library="np")[column], values, column)

    @pytest.mark.parametrize(
        ("options", "workers", "n_processes"),
        [("", 1, 0), ("NumWorkerProcs=2", 1, 3), ("", 3, 3), ("NumWorkerProcs=2", 3, 3), ("Jobs=3", 1, 0)],
    )
    def test_where_folds_are_trained(
        self, options: str, workers: int, n_processes: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        train = MethodFisher.train
        seen = Path("processes")
        seen.touch()

        def remember(self: Any, data: Any) -> Any:
            with seen.open("a") as file:
                file.write(f"{os.getpid()}\n")
            return train(self, data)

        monkeypatch.setattr(MethodFisher, "train", remember)
        monkeypatch.setattr(gConfig(), "_n_workers", workers)
        cv = TMVA.CrossValidation("job", make_loader(), f"{OPTIONS}:NumFolds=3:{options}")
        cv.BookMethod("Fisher", "Fisher", FISHER)
        cv.Evaluate()
        found = seen.read_text().split()
        assert len(found) == 3
        assert len({one for one in found if one != str(os.getpid())}) == n_processes

    def test_an_error_of_a_fold(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(self: Any, data: Any) -> Any:
            message = "it went wrong"
            raise TrainingError(message)

        monkeypatch.setattr(MethodFisher, "train", fail)
        cv = TMVA.CrossValidation("job", make_loader(), f"{OPTIONS}:NumFolds=3:NumWorkerProcs=3")
        cv.BookMethod("Fisher", "Fisher", FISHER)
        with pytest.raises(TrainingError, match="it went wrong"):
            cv.Evaluate()


def test_global_settings_of_workers() -> None:
    config = gConfig()
    assert (config.GetNumWorkers(), config.GetNWorkers()) == (1, 1)
    with pytest.raises(OptionError, match="expected 0 or more processes, got -1"):
        config.SetNumWorkers(-1)


def test_folds_go_where_weight_files_go(monkeypatch: pytest.MonkeyPatch) -> None:
    names = gConfig().GetIONames()
    monkeypatch.setattr(names, "fWeightFileDir", "elsewhere")
    monkeypatch.setattr(names, "fWeightFileDirPrefix", "up")
    cv = TMVA.CrossValidation("job", make_loader(), f"{OPTIONS}:NumFolds=2")
    cv.BookMethod("Fisher", "Fisher", FISHER)
    cv.Evaluate()
    found = sorted(path.name for path in Path("up/dataset/elsewhere").iterdir())
    assert found == [f"job_Fisher{end}.weights.xml" for end in ("", "_fold1", "_fold2")]


def test_what_persists(monkeypatch: pytest.MonkeyPatch) -> None:
    cv = TMVA.CrossValidation("job", make_loader(), f"{OPTIONS}:NumFolds=2:!ModelPersistence")
    cv.BookMethod("Fisher", "Fisher", FISHER)
    cv.Evaluate()
    assert not list(Path().rglob("*.xml"))
    assert len(cv.GetResults()[0].GetROCValues()) == 2


def test_the_seed_of_the_split_mixes_the_events_before_the_folds() -> None:
    """Folds have the seed 100, as in TMVA, which has no option for it; SplitSeed mixes events before."""
    areas = []
    for seed in (100, 100, 7):
        loader = make_loader()
        loader.PrepareTrainingAndTestTree(
            "", f"nTest_Signal=1:nTest_Background=1:SplitSeed={seed}:NormMode=NumEvents:!V"
        )
        cv = TMVA.CrossValidation("job", loader, f"{OPTIONS}:NumFolds=2")
        cv.BookMethod("Fisher", "Fisher", FISHER)
        cv.Evaluate()
        areas.append(cv.GetResults()[0].GetROCValues())
    assert areas[0] == areas[1] != areas[2]
    with pytest.raises(OptionError, match="SplitSeed"):
        TMVA.CrossValidation("job", make_loader(), "SplitSeed=7")


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
    with pytest.raises(OptionError, match="FoldFileOutput needs an output file"):
        TMVA.CrossValidation("job", loader, "FoldFileOutput")
    with pytest.raises(BookingError, match="'Cuts': Cuts cannot be cross-validated, because it has no resp"):
        cv.BookMethod("Cuts", "Cuts", "FitMethod=MC:SampleSize=10")
    with pytest.raises(BookingError, match="'C': Category cannot be cross-validated, because it has no meth"):
        cv.BookMethod("Category", "C")
    with pytest.raises(BookingError, match=r"no method of a Factory; take TMVA\.CrossValidation"):
        cv.BookMethod("CrossValidation", "CrossValidation")
    with pytest.raises(OptionError, match="NTree"):
        cv.BookMethod("BDT", "BDT", "NTree=3")
    assert len(cv.GetMethods()) == 1


DETERMINISTIC = "NumFolds=3:SplitType=Deterministic:SplitExpr=int(fabs([eventID]))%int([NumFolds])"


def composite(options: str, loader: DataLoader | None = None, method: str = "Fisher") -> Path:
    loader = make_loader() if loader is None else loader
    cv = TMVA.CrossValidation("job", loader, f"!V:Silent:AnalysisType=Classification:{options}")
    cv.BookMethod(method, "M", "")
    cv.Evaluate()
    return Path("dataset/weights/job_M.weights.xml")


class TestCompositeFile:
    def test_events_are_answered_by_their_own_fold(self) -> None:
        file = composite(DETERMINISTIC)
        method = read_weight_file(file)
        assert method.name == "CrossValidation::M"
        random = np.random.default_rng(3)
        x, events = random.normal(size=(50, 3)).astype(np.float32), np.arange(50.0)
        folds = [read_weight_file(file.with_name(f"job_M_fold{one}.weights.xml")) for one in (1, 2, 3)]
        found = method.evaluate(x, spectators=events[:, None])
        for place in range(50):
            expected = folds[place % 3].evaluate(x[place : place + 1])[0]
            assert found[place] == expected
        columns = {f"x{i}": x[:, i] for i in range(3)} | {"eventID": events}
        np.testing.assert_array_equal(TMVA.evaluate(file, columns), found)

    def test_the_reader_takes_the_fold_from_a_spectator(self) -> None:
        file = composite(DETERMINISTIC)
        reader, number = TMVA.Reader("Silent"), array("i", [0])
        buffers = [array("f", [0.3 * place]) for place in range(3)]
        for place, buffer in enumerate(buffers):
            reader.AddVariable(f"x{place}", buffer)
        reader.AddSpectator("eventID", number)
        reader.BookMVA("cv", file)
        x = np.array([[one[0] for one in buffers]], np.float32)
        for event in (0, 1, 5):
            number[0] = event
            fold = read_weight_file(file.with_name(f"job_M_fold{event % 3 + 1}.weights.xml"))
            assert reader.EvaluateMVA("cv") == fold.evaluate(x)[0]

    def test_the_mean_of_all(self) -> None:
        file = composite("NumFolds=4:OutputEnsembling=Avg", method="BDT")
        x = np.random.default_rng(3).normal(size=(30, 3)).astype(np.float32)
        folds = [read_weight_file(file.with_name(f"job_M_fold{one}.weights.xml")) for one in (1, 2, 3, 4)]
        found = read_weight_file(file).evaluate(x, spectators=np.zeros((30, 1)))
        np.testing.assert_allclose(found, np.mean([one.evaluate(x) for one in folds], axis=0), rtol=1e-12)

    def test_random_folds_are_not_known(self) -> None:
        method = read_weight_file(composite("NumFolds=2"))
        with pytest.raises(DataError, match="shared out among folds at random"):
            method.evaluate(np.zeros((1, 3)), spectators=np.zeros((1, 1)))

    def test_it_is_written_again_as_it_was(self, tmp_path: Path) -> None:
        file = composite(DETERMINISTIC)
        write_weight_file(read_weight_file(file), file.with_name("again.weights.xml"))
        assert file.with_name("again.weights.xml").read_bytes() == file.read_bytes()
        weights = ElementTree.parse(file).find("Weights")
        assert weights is not None
        assert weights.attrib == {
            "JobName": "job",
            "SplitExpr": "int(fabs([eventID]))%int([NumFolds])",
            "NumFolds": "3",
            "EncapsulatedMethodName": "M",
            "EncapsulatedMethodTypeName": "Fisher",
            "OutputEnsembling": "None",
        }

    def test_several_classes(self) -> None:
        loader = DataLoader("dataset")
        loader.log.silent = True
        loader.AddVariable("x0")
        loader.AddVariable("x1")
        loader.AddSpectator("eventID", "I")
        for seed, name in enumerate(("A", "B", "C")):
            loader.AddTree(class_columns(90, seed - 1.0, seed=seed) | {"eventID": np.arange(90)}, name)
        loader.PrepareTrainingAndTestTree("", "SplitMode=Block:NormMode=NumEvents:!V")
        cv = TMVA.CrossValidation("job", loader, f"!V:Silent:AnalysisType=Multiclass:{DETERMINISTIC}")
        cv.BookMethod("BDT", "M", "NTrees=4:BoostType=Grad:MinNodeSize=5%")
        cv.Evaluate()
        file = Path("dataset/weights/job_M.weights.xml")
        x = np.random.default_rng(3).normal(size=(9, 2)).astype(np.float32)
        found = read_weight_file(file).evaluate(x, spectators=np.arange(9.0)[:, None])
        assert found.shape == (9, 3)
        for place in range(9):
            fold = read_weight_file(file.with_name(f"job_M_fold{place % 3 + 1}.weights.xml"))
            np.testing.assert_array_equal(found[place], fold.evaluate(x[place : place + 1])[0])

    @pytest.mark.parametrize(
        ("before", "after", "message"),
        [
            ('NumFolds="3"', 'NumFolds="4"', "job_M_fold4"),
            ('JobName="job"', 'JobName="../job"', "is no name of a file beside this one"),
            ('JobName="job" ', "", "no attribute 'JobName'"),
            ("[eventID]", "[event]", "names 'event', which is no spectator"),
            ('OutputEnsembling="None"', 'OutputEnsembling="Median"', "neither None nor Avg|Median"),
        ],
    )
    def test_damaged_files(self, before: str, after: str, message: str) -> None:
        file = composite(DETERMINISTIC)
        text = file.read_text()
        assert before in text
        head, weights = text.split("<Weights", 1)
        file.write_text(f"{head}<Weights{weights.replace(before, after)}")
        with pytest.raises((WeightFileError, DataFileNotFoundError), match=message):
            read_weight_file(file)

    def test_a_file_that_is_its_own_fold(self) -> None:
        file = composite(DETERMINISTIC)
        file.with_name("job_M_fold2.weights.xml").write_bytes(file.read_bytes())
        with pytest.raises(WeightFileError, match="of a fold is a CrossValidation itself"):
            read_weight_file(file)

    def test_a_factory_does_not_train_it(self) -> None:
        factory = TMVA.Factory("job", "Silent:AnalysisType=Classification")
        with pytest.raises(BookingError, match=r"take TMVA\.CrossValidation"):
            factory.BookMethod(make_loader(), "CrossValidation", "M", "")
