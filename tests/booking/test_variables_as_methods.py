"""``Factory.EvaluateAllVariables``: tables, curves, files; before and after the training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import uproot
from small_jobs import make_job

import tmva_py as TMVA
from tmva_py.errors import OptionError, TMVAWarning, WeightFileError
from tmva_py.evaluation import RocCurve
from tmva_py.methods.weight_file import read_weight_file

TITLES = [f"Variable_x{number}" for number in range(3)]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("late", [False, True])
def test_each_variable_is_a_method(late: bool, capsys: pytest.CaptureFixture[str]) -> None:
    job = make_job(Path(), output="out.root", options="!V:!DrawProgressBar")
    job.factory.BookMethod(job.loader, TMVA.Types.kFisher, "Fisher", "")
    if not late:
        job.factory.EvaluateAllVariables(job.loader, "V")
    job.factory.TrainAllMethods()
    job.factory.TestAllMethods()
    if late:
        job.factory.EvaluateAllVariables(job.loader)
        job.factory.EvaluateAllVariables(job.loader)
    job.factory.EvaluateAllMethods()
    events = job.loader.data_set().testing
    for number, title in enumerate(TITLES):
        booked = job.factory.GetMethod(job.loader, title)
        np.testing.assert_array_equal(booked.test_response, events.x[:, number])
        area = RocCurve(events.x[:, number], events.class_index == 0, events.weight).area
        assert job.factory.GetROCIntegral(job.loader, title) == area
        again = read_weight_file(booked.weight_file)
        np.testing.assert_array_equal(again.evaluate(events.x), events.x[:, number])
    tables = capsys.readouterr().out.partition("Evaluation results ranked")[2]
    for part in tables.split("Testing efficiency compared"):
        methods, variables = part.split("Input Variables:")
        assert "Fisher" in methods
        assert "x1" not in methods
        assert all(f"x{number} " in variables for number in range(3))
        assert "Variable_" not in variables
    with uproot.open("out.root") as file:
        tree = file["dataset/TestTree"]
        np.testing.assert_array_equal(tree["Variable_x1"].array(library="np"), events.x[:, 1])
        assert "MVA_Variable_x2_rejBvsS" in file["dataset/Method_Variable/Variable_x2"]


def test_only_of_two_classes() -> None:
    job = make_job(Path(), "Regression")
    with pytest.warns(TMVAWarning, match="not capable of handling regression"):
        job.factory.EvaluateAllVariables(job.loader)
    assert not any(job.factory.HasMethod(job.loader, title) for title in TITLES)


def test_by_hand_and_mistakes() -> None:
    job = make_job(Path())
    job.factory.BookMethod(job.loader, TMVA.Types.kVariable, "mine", "Variable=x1:VarTransform=N")
    job.finish()
    booked = job.factory.GetMethod(job.loader, "mine")
    assert np.abs(booked.training_response).max() <= 1
    assert booked.trained.model.summary() == {"variable": "x1"}
    with pytest.raises(OptionError, match="no variable 'x7'"):
        job.factory.BookMethod(job.loader, "Variable", "other", "Variable=x7")
    text = booked.weight_file.read_text().replace('Variable="x1"', 'Variable="y"')
    with pytest.raises(WeightFileError, match="'y' is none of the variables"):
        read_weight_file(text)
