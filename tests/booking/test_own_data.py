"""Booking as before ROOT 6.08: a factory with a data set of its own."""

from __future__ import annotations

import numpy as np
import pytest
import uproot

from tmva_py import DataLoader, Factory, Reader, Types
from tmva_py.errors import BookingError


@pytest.fixture
def columns():
    random = np.random.default_rng(5)
    x = random.normal(size=(2, 400, 2)).astype(np.float32)
    x[0] += 1
    return [{"a": one[:, 0], "b": one[:, 1]} for one in x]


def book(target, columns):
    """Declare a data set on a factory or on a loader."""
    target.AddVariable("a", "F")
    target.AddVariable("s := a+b", "F")
    target.AddSignalTree(columns[0], 1.0)
    target.AddBackgroundTree(columns[1], 1.0)
    target.PrepareTrainingAndTestTree("a>-9", "a>-9", "nTrain_Signal=200:nTrain_Background=200:!V")


def train(factory):
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()


def test_the_same_weights_and_histograms_as_with_a_loader(tmp_path, monkeypatch, columns, capsys):
    monkeypatch.chdir(tmp_path)
    old = Factory("old", "old.root", "AnalysisType=Classification")
    book(old, columns)
    assert old.BookMethod(Types.kFisher, "Fisher", "!H:!V") is not None
    train(old)
    printed = capsys.readouterr().out
    assert printed.count("without a DataLoader, as before ROOT 6.08") == 1
    new, loader = Factory("new", "new.root", "AnalysisType=Classification"), DataLoader("dataset")
    book(loader, columns)
    new.BookMethod(loader, Types.kFisher, "Fisher", "!H:!V")
    train(new)
    responses = []
    for path in ("weights/old_Fisher.weights.xml", "dataset/weights/new_Fisher.weights.xml"):
        reader = Reader("Silent")
        for name in ("a", "s := a+b"):
            reader.AddVariable(name, np.zeros(1, np.float32))
        reader.BookMVA("Fisher", path)
        responses.append(reader.EvaluateMVA(columns[0], "Fisher"))
    np.testing.assert_array_equal(*responses)
    with uproot.open("old.root") as old_file, uproot.open("new.root") as new_file:
        inside = {key.removeprefix("dataset/") for key in new_file if key != "dataset;1"}
        assert set(old_file.keys()) == inside
        assert old_file["TestTree"].num_entries == new_file["dataset/TestTree"].num_entries


def test_options_may_be_left_out_or_be_keywords(tmp_path, monkeypatch, columns):
    monkeypatch.chdir(tmp_path)
    factory = Factory("old", "AnalysisType=Classification:Silent")
    book(factory, columns)
    assert factory.BookMethod(Types.kFisher, "plain").title == "plain"
    assert factory.BookMethod("BDT", "forest", NTrees=3).method.option_values["NTrees"] == 3


def test_a_title_is_enough(tmp_path, monkeypatch, columns, capsys):
    monkeypatch.chdir(tmp_path)
    factory = Factory("old", "AnalysisType=Classification")
    book(factory, columns)
    booked = [factory.BookMethod(Types.kFisher, title, "!H:!V") for title in ("one", "two")]
    assert factory.GetMethod("two") is booked[1]
    assert factory.GetMethod("three") is None
    capsys.readouterr()
    for arguments, expected in ((("one",), ["one"]), ((), ["one", "two"])):
        factory.PrintHelpMessage(*arguments)
        printed = capsys.readouterr().out
        assert [one for one in ("one", "two") if f"for classifier: {one}" in printed] == expected
    with pytest.raises(BookingError, match="'one': MakeClass"):
        factory.MakeClass("one")


def test_a_target_means_a_regression(tmp_path, monkeypatch, columns):
    monkeypatch.chdir(tmp_path)
    factory = Factory("old", "Silent")
    factory.AddVariable("a", "F")
    factory.AddTarget("b")
    factory.AddRegressionTree(columns[0], 1.0)
    factory.PrepareTrainingAndTestTree("", "nTrain_Regression=200:!V")
    assert factory.BookMethod("LD", "LD", "!H:!V").method.analysis_type == "Regression"


def test_a_method_without_any_data_set(columns):
    factory = Factory("old", "AnalysisType=Classification:Silent")
    with pytest.raises(BookingError, match="GetMethod: expected a data set and a title, got 'Fisher' alone"):
        factory.GetMethod("Fisher")
    with pytest.raises(BookingError, match="expected a DataLoader first, got EMVA"):
        factory.BookMethod(Types.kFisher, "Fisher", "")
