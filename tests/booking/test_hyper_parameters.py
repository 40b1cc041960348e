"""HyperParameterOptimisation: each fold beside a tuning on the fold's events given as they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_jobs import Job, make_job

import tmva_py as TMVA
from tmva_py.errors import BookingError, UnknownNameError
from tmva_py.methods import TuningRange
from tmva_py.methods.knn.method import MethodKNN

OPTIONS = "ScaleFrac=0"


def optimisation(job: Job, *, folds: int = 2) -> Any:
    found = TMVA.HyperParameterOptimisation(job.loader)
    found.SetFOMType("ROCIntegral")
    found.SetFitter("Scan")
    found.SetNumFolds(folds)
    return found


def test_each_fold_is_tuned_on_its_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The answers of neighbours do not depend on the order of the events.
    monkeypatch.setattr(MethodKNN, "tuning_parameters", lambda _: {"nkNN": TuningRange(2, 12, 6)})
    job = make_job(tmp_path / "whole", n_events=80)
    whole = job.loader.data_set(job.factory._job.log)
    optimised = optimisation(job)
    optimised.BookMethod(TMVA.Types.kKNN, "KNN", OPTIONS)
    optimised.Evaluate()
    found = optimised.GetResults().fFoldParameters
    assert len(found) == 2
    used = []
    for fold in range(2):
        split = TMVA.CvSplitKFolds(2, "", False, 100)
        other = make_job(tmp_path / "whole", n_events=80)
        other.loader.MakeKFoldDataSet(split)
        other.loader.PrepareFoldDataSet(split, fold, TMVA.Types.kTraining)
        part = other.loader.data_set(other.factory._job.log)
        factory = TMVA.Factory("job", "!V:Silent:!DrawProgressBar:AnalysisType=Classification")
        loader = TMVA.DataLoader(str(tmp_path / f"fold{fold}"))
        for number in range(3):
            loader.AddVariable(f"x{number}", "F")
        for sample, events in (("Training", part.training), ("Test", part.testing)):
            for number, name in enumerate(("Signal", "Background")):
                x = events.x[events.class_index == number]
                loader.AddTree({f"x{i}": x[:, i] for i in range(3)}, name, 1.0, "", sample)
        loader.PrepareTrainingAndTestTree("", "SplitMode=Block:MixMode=Block:NormMode=None:!V")
        used.append(len(part.testing))
        factory.BookMethod(loader, "KNN", "KNN", OPTIONS)
        assert factory.OptimizeAllMethods("ROCIntegral", "Scan") == found[fold]
    assert sum(used) == len(whole.training)
    # The loader has all events again.
    assert len(job.loader.data_set(job.factory._job.log).training) == len(whole.training)


def test_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    optimised = optimisation(make_job(tmp_path, n_events=60))
    optimised.BookMethod("SVM", "mine", "MaxIter=5:VarTransform=Norm:Tune=Gamma[0.25;1;2]")
    optimised.Evaluate()
    capsys.readouterr()
    result = optimised.GetResults()
    result.Print()
    gammas = [one["Gamma"] for one in result.fFoldParameters]
    # As scripts read a vector of maps of C++.
    pairs = [[(one.first, one.second) for one in result.fFoldParameters.at(fold)] for fold in (0, 1)]
    assert pairs == [list(one.items()) for one in result.fFoldParameters]
    assert ("Gamma", gammas[1]) in pairs[1]
    rule = f"HyperParameterOptimisa...: {'=' * 59}"
    blank = " " * 25
    assert capsys.readouterr().out.splitlines() == [
        line
        for number, gamma in enumerate(gammas)
        for line in (
            rule,
            f"{blank}: Optimisation for SVM fold {number + 1}",
            f"{blank}: Gamma     {gamma:g}",
        )
    ]
    assert "<td>SVM</td>" in result._repr_html_()


def test_mistakes(tmp_path: Path) -> None:
    optimised = optimisation(make_job(tmp_path, n_events=60))
    with pytest.raises(BookingError, match="no method is booked"):
        optimised.Evaluate()
    with pytest.raises(BookingError, match=r"call Evaluate\(\) first"):
        optimised.GetResults()
    with pytest.raises(UnknownNameError, match="'Seperation'; did you mean 'Separation'"):
        optimised.SetFOMType("Seperation")
    with pytest.raises(UnknownNameError, match="no fit 'Minut'; did you mean 'Minuit'"):
        optimised.SetFitter("Minut")
    with pytest.raises(BookingError, match="two folds or more, got 1"):
        optimised.SetNumFolds(1)
    with pytest.raises(BookingError, match="expected a DataLoader, got str"):
        TMVA.HyperParameterOptimisation("dataset")
