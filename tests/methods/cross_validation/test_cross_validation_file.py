"""The weight file of a cross-validation against those of its folds; folds against jobs on their events."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import pytest
from small_jobs import class_columns, regression_columns

import tmva_py as TMVA
from tmva_py.errors import TMVAWarning
from tmva_py.methods.weight_file import read_weight_file

N_EVENTS = 240
EXPRESSION = "int(fabs([eventID]))%int([NumFolds])"
DETERMINISTIC = f"SplitType=Deterministic:SplitExpr={EXPRESSION}"
CLASSES = {"Classification": ("Signal", "Background"), "Multiclass": ("red", "green", "blue")}
FOREST = "NTrees=8:BoostType=Grad:MaxDepth=2:MinNodeSize=5%"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def columns_of(analysis: str, *, first_id: int = 0) -> dict[str, dict[str, npt.NDArray[Any]]]:
    ids = {"eventID": first_id + np.random.default_rng(5).permutation(N_EVENTS)}
    if analysis == "Regression":
        return {"Regression": regression_columns(N_EVENTS) | ids}
    names = CLASSES[analysis]
    return {
        name: class_columns(N_EVENTS, 0.8 - number, seed=number + 1) | ids
        for number, name in enumerate(names)
    }


def make_loader(analysis: str, *, first_id: int = 0, name: str = "dataset") -> Any:
    loader = TMVA.DataLoader(name)
    loader.log.silent = True
    for variable in ("x0", "x1", "x2"):
        loader.AddVariable(variable)
    loader.AddSpectator("eventID", "I")
    if analysis == "Regression":
        loader.AddTarget("t0")
    trees = columns_of(analysis, first_id=first_id)
    for class_name, columns in trees.items():
        if analysis == "Regression":
            loader.AddRegressionTree(columns)
        else:
            loader.AddTree(columns, class_name)
    split = ":".join(f"nTest_{one}=1" for one in trees)
    loader.PrepareTrainingAndTestTree("", f"{split}:SplitMode=Random:NormMode=None:!V")
    return loader


def validated(analysis: str, options: str, *arguments: Any, **keywords: Any) -> Any:
    loader = make_loader(analysis, **keywords)
    text = f"!V:Silent:AnalysisType={analysis}:{options}"
    cv = TMVA.CrossValidation("job", loader, *arguments, text)
    cv.BookMethod("BDT", "BDTG", FOREST)
    if analysis != "Multiclass":
        cv.BookMethod("LD", "LD", "VarTransform=D")
    cv.Evaluate()
    return cv


def fold_files(title: str, folds: int) -> list[Any]:
    return [read_weight_file(f"dataset/weights/job_{title}_fold{k + 1}.weights.xml") for k in range(folds)]


@pytest.mark.parametrize("analysis", ["Classification", "Multiclass", "Regression"])
def test_the_file_answers_as_the_file_of_the_events_fold(analysis: str) -> None:
    cv = validated(analysis, f"NumFolds=3:{DETERMINISTIC}")
    random = np.random.default_rng(9)
    x, ids = random.normal(size=(200, 3)).astype(np.float32), random.integers(-999, 999, (200, 1))
    for one in cv.GetMethods():
        title = one.GetValue("MethodTitle")
        whole = read_weight_file(f"dataset/weights/job_{title}.weights.xml")
        found = whole.evaluate(x, spectators=ids)
        folds = [one.evaluate(x) for one in fold_files(title, 3)]
        assert all((folds[0] != other).any() for other in folds[1:])
        for event in range(len(x)):
            np.testing.assert_array_equal(found[event], folds[abs(int(ids[event, 0])) % 3][event])


@pytest.mark.parametrize("analysis", ["Classification", "Multiclass", "Regression"])
@pytest.mark.parametrize("split", [DETERMINISTIC, "SplitType=Random", "SplitType=RandomStratified"])
def test_each_event_is_tested_by_the_method_that_has_not_seen_it(analysis: str, split: str) -> None:
    cv = validated(analysis, f"NumFolds=3:{split}")
    data = cv.GetDataLoader().data_set()
    booked = cv.GetFactory().GetMethod(cv.GetDataLoader(), "BDTG")
    # The same split once more, on a loader of its own.
    loader = make_loader(analysis, name="again")
    parts = TMVA.CvSplitKFolds(3, EXPRESSION if "Expr" in split else "", "Stratified" in split)
    loader.MakeKFoldDataSet(parts)
    start = 0
    for number, method in enumerate(fold_files("BDTG", 3)):
        loader.PrepareFoldDataSet(parts, number)
        events = loader.data_set().testing
        assert method.n_training_events == len(data.testing) - len(events)
        rows = slice(start, start + len(events))
        np.testing.assert_array_equal(data.testing.x[rows], events.x)
        np.testing.assert_array_equal(booked.test_response[rows], method.evaluate(events.x).astype("f4"))
        start += len(events)
    assert start == len(data.testing) == len(data.training)
    np.testing.assert_array_equal(booked.test_response, booked.training_response)


@pytest.mark.parametrize("analysis", ["Classification", "Multiclass", "Regression"])
def test_the_mean_of_all_folds(analysis: str) -> None:
    cv = validated(analysis, "NumFolds=3:OutputEnsembling=Avg")
    x = np.random.default_rng(9).normal(size=(50, 3)).astype(np.float32)
    whole = read_weight_file("dataset/weights/job_BDTG.weights.xml")
    expected = np.mean([one.evaluate(x) for one in fold_files("BDTG", 3)], axis=0)
    np.testing.assert_allclose(whole.evaluate(x), expected, rtol=1e-15)
    booked = cv.GetFactory().GetMethod("dataset", "BDTG")
    events = cv.GetDataLoader().data_set().testing
    np.testing.assert_array_equal(booked.test_response, whole.evaluate(events.x).astype(np.float32))


def test_a_fold_is_as_a_job_on_its_events_alone() -> None:
    cv = validated("Classification", f"NumFolds=3:{DETERMINISTIC}")
    data = cv.GetDataLoader().data_set()
    kept = {tuple(row) for row in data.training.x.tolist()}
    for result in cv.GetResults():
        areas = result.GetROCValues()
        for number in range(3):
            loader = TMVA.DataLoader(f"alone{number}")
            loader.log.silent = True
            for variable in ("x0", "x1", "x2"):
                loader.AddVariable(variable)
            for name, columns in columns_of("Classification").items():
                rows = np.column_stack([columns[f"x{k}"] for k in range(3)])
                used = np.array([tuple(row) in kept for row in rows.tolist()])
                is_test = columns["eventID"] % 3 == number
                for chosen, kind in ((used & ~is_test, "Training"), (used & is_test, "Test")):
                    loader.AddTree({key: one[chosen] for key, one in columns.items()}, name, 1.0, "", kind)
            loader.PrepareTrainingAndTestTree("", "SplitMode=Block:NormMode=None:!V")
            factory = TMVA.Factory("alone", "Silent:!ROC:AnalysisType=Classification")
            options = {"BDTG": ("BDT", FOREST), "LD": ("LD", "VarTransform=D")}[result.title]
            factory.BookMethod(loader, options[0], result.title, options[1])
            factory.TrainAllMethods()
            factory.TestAllMethods()
            assert factory.GetROCIntegral(loader, result.title) == pytest.approx(areas[number], rel=1e-12)


def test_the_output_files() -> None:
    uproot = pytest.importorskip("uproot")
    Path("out").mkdir()
    cv = validated("Classification", "NumFolds=2:FoldFileOutput", "out/whole.root")
    with uproot.open("out/whole.root") as file:
        tree = file["dataset/TestTree"].arrays(library="np")
        booked = cv.GetFactory().GetMethod("dataset", "LD")
        np.testing.assert_array_equal(tree["LD"], booked.test_response)
        assert "dataset/Method_CrossValidation/BDTG/MVA_BDTG_S" in file
    for number, method in enumerate(fold_files("LD", 2), start=1):
        with uproot.open(f"out/LD_fold{number}.root") as file:
            tree = file["dataset/TestTree"].arrays(library="np")
            x = np.column_stack([tree[f"x{k}"] for k in range(3)])
            np.testing.assert_array_equal(tree[f"LD_fold{number}"], method.evaluate(x).astype(np.float32))


def test_without_weight_files() -> None:
    cv = validated("Classification", f"!ModelPersistence:{DETERMINISTIC}")
    assert not Path("dataset").exists()
    assert cv.GetResults()[0].GetROCAverage() > 0.5


def test_event_numbers_beyond_single_precision() -> None:
    with pytest.warns(TMVAWarning, match=r"events are in another fold because a Reader, as TMVA"):
        cv = validated("Classification", f"NumFolds=3:{DETERMINISTIC}", first_id=2**26)
    # A Reader, which has the number in single precision, finds the method that has not seen the event.
    data = cv.GetDataLoader().data_set()
    whole = read_weight_file("dataset/weights/job_BDTG.weights.xml")
    booked = cv.GetFactory().GetMethod("dataset", "BDTG")
    found = whole.evaluate(data.testing.x, spectators=data.testing.spectators)
    np.testing.assert_array_equal(found.astype(np.float32), booked.test_response)
    methods = fold_files("BDTG", 3)
    fold = np.float32(data.testing.spectators[:, 0]).astype(np.int64) % 3
    assert [one.n_training_events for one in methods] == [int((fold != k).sum()) for k in range(3)]


def test_options_are_in_the_order_of_tmvas_files() -> None:
    validated("Classification", f"NumFolds=2:{DETERMINISTIC}")
    options = ElementTree.parse("dataset/weights/job_LD.weights.xml").find("Options")
    assert options is not None
    own = [(one.get("name"), one.text) for one in options if one.get("modified") == "Yes"]
    assert own == [
        ("EncapsulatedMethodName", "LD"),
        ("EncapsulatedMethodTypeName", "LD"),
        ("NumFolds", "2"),
        ("OutputEnsembling", "None"),
        ("SplitExpr", EXPRESSION),
    ]
