"""Methods trained in processes of their own: everything is as it is without."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import tmva_py as TMVA
from tmva_py.booking.processes import can_fork
from tmva_py.errors import TMVAWarning, TrainingError, warn
from tmva_py.methods.linear.fisher import MethodFisher
from tmva_py.methods.python.keras_method import MethodPyKeras

pytestmark = pytest.mark.skipif(not can_fork(), reason="processes are not forked on this system")

BOOKINGS = (
    ("Fisher", "Fisher", "CreateMVAPdfs"),
    ("Likelihood", "Likelihood", "NAvEvtPerBin=20"),
    ("KNN", "KNN", "nkNN=10"),
    ("Cuts", "Cuts", "FitMethod=MC:SampleSize=500"),
    ("BDT", "BDT", "NTrees=8:UseBaggedBoost"),
    ("MLP", "MLP", "NCycles=15:TestRate=3:HiddenLayers=4"),
    ("Boosted", "Fisher", "Boost_Num=3"),
    ("DNN", "DL", "RandomSeed=3:Layout=TANH|4,LINEAR:TrainingStrategy=MaxEpochs=3,BatchSize=50"),
    ("SVM", "SVM", "MaxIter=50"),
    ("Foam", "PDEFoam", "nActiveCells=20:nSampl=50"),
    ("Rules", "RuleFit", "nTrees=4:GDNSteps=50"),
)


def run(folder: Path, jobs: int, bookings: tuple[tuple[str, str, str], ...] = BOOKINGS) -> TMVA.Factory:
    """Train, test and evaluate in a folder."""
    folder.mkdir()
    os.chdir(folder)
    random = np.random.default_rng(1)
    factory = TMVA.Factory(
        "job", "out.root", f"!V:!Color:DrawProgressBar:AnalysisType=Classification:Jobs={jobs}"
    )
    loader = TMVA.DataLoader("dataset")
    for name in ("x", "y", "z"):
        loader.AddVariable(name)
    for name, shift in (("Signal", 0.6), ("Background", 0.0)):
        columns = dict(zip("xyz", random.normal(shift, 1.0, (3, 400)), strict=True))
        loader.AddTree(columns, name)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:NormMode=NumEvents:!V")
    for title, kind, options in bookings:
        factory.BookMethod(loader, kind, title, options)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    return factory


def without_times(text: str) -> list[str]:
    """Return the lines but for those that say when and how long."""
    return [line for line in text.splitlines() if not re.search(r"\d sec\b| \d \| ", line)]


def weights(folder: Path) -> dict[str, str]:
    return {
        path.name: path.read_text().partition("</GeneralInfo>")[2]
        for path in sorted((folder / "dataset" / "weights").glob("*.xml"))
    }


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
def test_everything_is_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = []
    for jobs in (1, 3):
        run(tmp_path / str(jobs), jobs)
        said.append(without_times(capsys.readouterr().out))
    assert said[0] == said[1]
    assert weights(tmp_path / "1") == weights(tmp_path / "3")
    assert len(weights(tmp_path / "1")) == len(BOOKINGS)
    with uproot.open(tmp_path / "1" / "out.root") as one, uproot.open(tmp_path / "3" / "out.root") as other:
        assert one.classnames() == other.classnames()
        for name, kind in one.classnames().items():
            if kind.startswith(("TH", "TProfile")):
                np.testing.assert_array_equal(
                    one[name].values(flow=True), other[name].values(flow=True), name
                )
            elif kind == "TTree":
                seen, expected = (file[name].arrays(library="np") for file in (other, one))
                for column, values in expected.items():
                    np.testing.assert_array_equal(seen[column], values, column)


def test_methods_are_trained_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    train = MethodFisher.train

    def remember(self: Any, data: Any) -> Any:
        self.process = os.getpid()
        return train(self, data)

    monkeypatch.setattr(MethodFisher, "train", remember)
    bookings = tuple((title, "Fisher", "") for title in "ABC")
    factory = run(tmp_path / "one", 2, bookings)
    processes = {factory.GetMethod("dataset", title).method.process for title in "ABC"}  # type: ignore[attr-defined]
    assert len(processes) == 3
    assert os.getpid() not in processes


def test_what_cannot_be_sent_is_trained_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    train = MethodFisher.train

    def keep(self: Any, data: Any) -> Any:
        self.kept = lambda: None
        self.process = os.getpid()
        return train(self, data)

    monkeypatch.setattr(MethodFisher, "train", keep)
    factory = run(tmp_path / "one", 2, (("A", "Fisher", ""), ("B", "LD", "")))
    assert factory.GetMethod("dataset", "A").method.process == os.getpid()  # type: ignore[attr-defined]


def test_errors_and_warnings_come_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def complain(self: Any, data: Any) -> Any:
        warn("this goes wrong")
        message = "it did"
        raise TrainingError(message)

    monkeypatch.setattr(MethodFisher, "train", complain)
    with pytest.warns(TMVAWarning, match="this goes wrong"), pytest.raises(TrainingError, match="it did"):
        run(tmp_path / "one", 2, (("A", "LD", ""), ("B", "Fisher", ""), ("C", "KNN", "nkNN=5")))


def test_libraries_with_threads_stay_here() -> None:
    assert not MethodPyKeras.can_be_forked.fget(None)  # type: ignore[attr-defined]
