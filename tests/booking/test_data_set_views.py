"""Events, classes and samples in TMVA's spelling, against the arrays that they come from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tmva_py.booking.data_loader import DataLoader
from tmva_py.booking.event import Event
from tmva_py.booking.types import Types
from tmva_py.errors import BookingError, UnknownNameError

Make = Callable[..., DataLoader]


@pytest.fixture
def loader(make_loader: Make) -> DataLoader:
    made = make_loader()
    made.log.silent = True
    return made


def test_events_of_a_data_set(loader: DataLoader) -> None:
    view, data = loader.GetDataSetInfo().GetDataSet(), loader.data_set()
    assert view.GetName() == "dataset"
    assert (view.GetNVariables(), view.GetNTargets(), view.GetNSpectators()) == (2, 0, 1)
    assert view.GetNEvents() == view.GetNTrainingEvents() == len(data.training)
    assert view.GetNEvents(Types.kTesting) == view.GetNTestEvents() == len(data.testing)
    for kind, events, one in (
        (Types.kTraining, data.training, view.GetTrainingEvent),
        (Types.kTesting, data.testing, view.GetTestEvent),
    ):
        view.SetCurrentType(kind)
        assert view.GetCurrentType() == kind
        for index in (0, 7, len(events) - 1):
            for event in (one(index), view.GetEvent(index), view.GetEventCollection()[index]):
                assert event.GetValues() == events.x[index].tolist()
                assert event.GetSpectators() == events.spectators[index].tolist()
                assert event.GetWeight() == events.weight[index]
                assert event.GetClass() == events.class_index[index]
                assert loader.GetDataSetInfo().IsSignal(event) == (events.class_index[index] == 0)
        for number in (0, 1):
            assert view.GetNClassEvents(kind, number) == int((events.class_index == number).sum())
    counts = [view.GetNEvtSigTrain(), view.GetNEvtBkgdTrain(), view.GetNEvtSigTest(), view.GetNEvtBkgdTest()]
    assert counts == [int((e.class_index == c).sum()) for e in (data.training, data.testing) for c in (0, 1)]
    assert not view.HasNegativeEventWeights()
    with pytest.raises(BookingError, match="no event 400: the sample has 400, numbered from 0"):
        view.GetTrainingEvent(400)
    with pytest.raises(BookingError, match=r"events are for Types.kTraining or Types.kTesting"):
        view.GetEvent(0, Types.kMaxTreeType)


def test_negative_weights_are_seen() -> None:
    loader = DataLoader("dataset")
    loader.log.silent = True
    loader.AddVariable("x")
    for name in ("Signal", "Background"):
        loader.AddTree({"x": np.arange(20.0), "w": np.where(np.arange(20) == 3, -1.0, 1.0)}, name)
        loader.SetWeightExpression("w", name)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Block:NormMode=None:!V")
    assert loader.GetDataSetInfo().GetDataSet().HasNegativeEventWeights()


def test_what_is_known_of_classes(loader: DataLoader) -> None:
    loader.AddCut("a>-1", "Signal")
    loader.AddCut("b<9", "Signal")
    info = loader.GetDataSetInfo()
    for which in ("Signal", 0):
        one = info.GetClassInfo(which)
        assert (one.GetName(), one.GetNumber(), one.GetWeight()) == ("Signal", 0, "w")
        assert one.GetCut() == info.GetCut(which) == "(a>-1)&&(b<9)"
    assert info.GetCut("Background") == ""
    assert info.GetWeightExpression(1) == "w"
    assert info.GetSplitOptions().startswith("SplitMode=Random")
    assert (info.FindVarIndex("total"), info.FindVarIndex("b")) == (1, -1)
    assert [one.GetLabel() for one in info.GetSpectatorInfos()] == ["b"]
    assert info.GetTargetInfos() == []
    assert info.GetTrainingSumSignalWeights() == -1
    data = loader.data_set()
    assert info.GetNormalization() == "NUMEVENTS"
    for events, signal, background in (
        (data.training, info.GetTrainingSumSignalWeights(), info.GetTrainingSumBackgrWeights()),
        (data.testing, info.GetTestingSumSignalWeights(), info.GetTestingSumBackgrWeights()),
    ):
        for number, found in enumerate((signal, background)):
            assert found == pytest.approx(events.weight[events.class_index == number].sum(), rel=1e-12)
    x = data.training.x[data.training.class_index == 0].astype(float)
    w = data.training.weight[data.training.class_index == 0]
    covariance = np.cov(x.T, aweights=w, ddof=0)
    expected = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    assert np.asarray(info.CorrelationMatrix("Signal"))[0, 1] == pytest.approx(expected, rel=1e-6)
    with pytest.raises(UnknownNameError, match="no class 'Sigmal'; did you mean 'Signal'"):
        info.GetClassInfo("Sigmal")


def test_classes_are_printed(loader: DataLoader, capsys: pytest.CaptureFixture[str]) -> None:
    loader.log.silent = False
    capsys.readouterr()
    loader.GetDataSetInfo().PrintClasses()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ", 1)[1] for line in lines] == [
        "Dataset[dataset] : Class index : 0  name : Signal",
        "Dataset[dataset] : Class index : 1  name : Background",
    ]


class TestEvent:
    def test_forms(self) -> None:
        assert Event([1, 2]).GetValues() == [1, 2]
        event = Event([0.1], 2, 3.0, 0.5)
        assert event.GetValue(0) == float(np.float32(0.1))
        assert (event.GetClass(), event.GetWeight(), event.GetOriginalWeight()) == (2, 1.5, 3.0)
        event = Event([1], [4, 5], 1)
        assert (event.GetNVariables(), event.GetNTargets(), event.GetNSpectators()) == (1, 2, 0)
        assert (event.GetTarget(1), event.GetTargets(), event.GetClass()) == (5, [4, 5], 1)
        assert Event([1], [], [2**40 + 1]).GetSpectator(0) == 2**40 + 1
        with pytest.raises(BookingError, match="Event takes"):
            Event([1], [2], [3], [4])

    def test_changes(self, capsys: pytest.CaptureFixture[str]) -> None:
        event = Event([1, 2])
        event.SetVal(0, 0.3)
        event.SetTarget(1, 4)
        event.SetSpectator(0, 5)
        event.SetClass(1)
        event.SetWeight(2)
        event.SetBoostWeight(3)
        event.ScaleBoostWeight(0.5)
        assert event.GetValues() == [float(np.float32(0.3)), 2]
        assert (event.GetTargets(), event.GetSpectators(), event.GetClass()) == ([0, 4], [5], 1)
        assert (event.GetWeight(), event.GetOriginalWeight(), event.GetBoostWeight()) == (3, 2, 1.5)
        event.Print()
        out = capsys.readouterr().out
        assert "values: 0.3, 2" in out
        assert "class: 1, weight: 2, boost weight: 1.5" in out
        assert repr(event).startswith("<Event of class 1, weight 3")


def test_the_weight_of_boosting_has_a_least_value() -> None:
    event = Event([1.0], 0, 2.0, 0.0)
    assert (event.GetBoostWeight(), event.GetWeight()) == (0.0001, 0.0)
    event.SetBoostWeight(3)
    assert (event.GetBoostWeight(), event.GetWeight()) == (3.0, 6.0)
