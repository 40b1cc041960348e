"""Booking with Boost_Num: every type and transformation, other methods inside, log lines and errors."""

from __future__ import annotations

from array import array
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import linear_method
import numpy as np
import pytest
import uproot
from small_jobs import make_job

import tmva_py as TMVA
from tmva_py.data.random_numbers import RootRandom
from tmva_py.errors import BookingError, OptionError, TMVAWarning, UnknownNameError, WeightFileError
from tmva_py.evaluation import RocCurve
from tmva_py.message_log import MessageLog
from tmva_py.methods import Inputs
from tmva_py.methods.boost.method import MethodBoost
from tmva_py.methods.boost.reference_cut import ReferenceCut
from tmva_py.methods.boost.signal_probability import signal_probabilities
from tmva_py.methods.linear.fisher import MethodFisher
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.plugins import Registry, hookimpl


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def columns(shift: float, seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {name: random.normal(shift, 1, 400).astype(np.float32) for name in ("a", "b")}


def loader_of(**classes: float) -> TMVA.DataLoader:
    loader = TMVA.DataLoader("dataset")
    loader.AddVariable("a")
    loader.AddVariable("two := b*2")
    for seed, (name, shift) in enumerate(classes.items()):
        loader.AddTree(columns(shift, seed), name)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:!V:!CalcCorrelations")
    return loader


def job(kind: Any, options: str, silent: str = "Silent") -> Any:
    factory = TMVA.Factory("job", "out.root", f"!V:{silent}:AnalysisType=Classification")
    loader = loader_of(Signal=0.7, Background=-0.7)
    booked = factory.BookMethod(loader, kind, "B", options)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    return factory, loader, booked


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("Fisher", "!H:!V:Boost_Num=4:Boost_Transform=log:Boost_AdaBoostBeta=0.2:VarTransform=D"),
        ("LD", "boost_num=3:Boost_Transform=gauss:Boost_AdaBoostBeta=0.1"),
        ("Likelihood", "Boost_Num=3:Boost_Type=RealAdaBoost:Boost_Transform=linear:NSmooth=2"),
        ("Fisher", "Boost_Num=5:Boost_Type=Bagging:Boost_Transform=linear:Boost_BaggedSampleFraction=0.5"),
        ("BDT", "Boost_Num=3:Boost_Type=Bagging:Boost_RandomSeed=7:NTrees=5:MaxDepth=2:BoostType=AdaBoost"),
        ("MLP", "Boost_Num=2:Boost_AdaBoostBeta=0.1:NCycles=10:HiddenLayers=3:VarTransform=N"),
        ("KNN", "Boost_Num=2:nkNN=10:Boost_AdaBoostBeta=0.5:CreateMVAPdfs:NbinsMVAPdf=20"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*is no option:tmva_py.errors.TMVAWarning")
def test_every_way(kind: str, options: str) -> None:
    factory, loader, booked = job(kind, options)
    # 0.919 is the best; steps lose some of it.
    assert factory.GetROCIntegral(loader, "B") > (0.7 if kind == "MLP" else 0.83)
    assert (booked.GetMethodTypeName(), booked.directory) == ("Boost", "dataset/Method_Boost/B")
    again = read_weight_file(booked.weight_file)
    assert weight_text(again) == booked.weight_file.read_text()
    events = booked.data_set.testing
    np.testing.assert_array_equal(again.evaluate(events.x).astype(np.float32), booked.test_response)
    reader = TMVA.Reader("Silent")
    buffers = [array("f", [0.0]) for _ in range(2)]
    for name, buffer in zip(("a", "two := b*2"), buffers, strict=True):
        reader.AddVariable(name, buffer)
    reader.BookMVA("B", str(booked.weight_file))
    for event in range(5):
        for place, buffer in enumerate(buffers):
            buffer[0] = events.x[event, place]
        assert np.float32(reader.EvaluateMVA("B")) == booked.test_response[event]


def test_bagging_draws_as_tmva() -> None:
    """Each method is Fisher on weights drawn with a seed of its own, TRandom3(seed + number from 1)."""
    _, _, booked = job("Fisher", "Boost_Num=3:Boost_Type=Bagging:Boost_Transform=linear:Boost_RandomSeed=4")
    data = booked.data_set
    found = []
    for number in (1, 2, 3):
        random = RootRandom(4 + number)
        counts = np.array([random.poisson(0.6) for _ in range(len(data.training))], np.float64)
        alone = MethodFisher("F", data.info, "Classification", log=MessageLog("F", silent=True))
        sample = replace(data, training=replace(data.training, weight=data.training.weight * counts))
        found.append(train_method(alone, sample).model.coefficients)
    seen = [one.model.coefficients for one in booked.trained.model.members]
    np.testing.assert_allclose(seen, found, rtol=1e-14)
    mean = np.mean([values[0] + data.testing.x.astype(float) @ values[1:] for values in found], axis=0)
    np.testing.assert_allclose(booked.trained.evaluate(data.testing.x), mean, rtol=1e-12)


def test_the_cut_is_the_best_one() -> None:
    """The edge of a bin with the largest gain, found by trying all in a plain loop."""
    random = np.random.default_rng(3)
    is_signal = random.random(300) < 0.5
    values = np.where(is_signal, -1.0, 0.6) + random.normal(size=300)
    weight = random.uniform(0.5, 2.0, 300)
    found = ReferenceCut.of(values, weight, is_signal)

    def gini(chosen: np.ndarray) -> float:
        s, b = weight[chosen & is_signal].sum(), weight[chosen & ~is_signal].sum()
        return 2 * s * b / (s + b) if s + b else 0.0

    def gain(cut: float) -> float:
        above = values > cut
        return (gini(above | True) - gini(above) - gini(~above)) / weight.sum()

    best = max(gain(value) for value in values)
    assert found.orientation == -1.0
    assert found.gain == pytest.approx(gain(found.value), rel=1e-9)
    # Two values may lie in one bin; nothing else is lost.
    assert found.gain == pytest.approx(best, rel=0.01)
    assert found.is_signal_like(np.array([found.value - 0.1, found.value + 0.1])).tolist() == [True, False]


def test_probabilities_by_a_plain_loop() -> None:
    """TMVA's loop over events to the right and to the left in turn."""
    random = np.random.default_rng(5)
    for n_events in (30, 41, 200, 1000):
        values, weight = random.normal(size=n_events), random.uniform(0.1, 1, n_events)
        is_first = random.random(n_events) < 0.4
        order = np.argsort(values)
        wanted = min(5000, max(40, n_events // 10))
        wanted = n_events // 3 if wanted > n_events else wanted
        expected = []
        for value in values:
            place = np.searchsorted(values[order], value, side="right")
            left = right = 0
            sums = [0.0, 0.0]
            while left + right < wanted:
                if place + right + 1 < n_events:
                    right += 1
                    event = order[place + right]
                    sums[int(not is_first[event])] += weight[event]
                if place - left - 1 >= 0:
                    left += 1
                    event = order[place - left]
                    sums[int(not is_first[event])] += weight[event]
            expected.append(sums[0] / sum(sums))
        np.testing.assert_allclose(signal_probabilities(values, weight, is_first), expected, rtol=1e-12)


def test_detailed_monitoring() -> None:
    """The areas under curves of densities are near those of unbinned curves; the overlap is one of bins."""
    options = "Boost_Num=3:Boost_Transform=linear:Boost_AdaBoostBeta=0.2:Boost_DetailedMonitoring"
    _, _, booked = job("Fisher", options)
    data, model = booked.data_set, booked.trained.model
    shown = booked.method.monitoring()
    for sample, events in (("train", data.training), ("test", data.testing)):
        is_signal = events.class_index == 0
        inputs = Inputs(events.x, booked.trained.transformations)
        for number in range(3):
            together = replace(model, members=model.members[: number + 1])
            for name, one in (("", model.members[number].model), ("Boosted", together)):
                area = RocCurve(one.respond(inputs).values, is_signal, events.weight).area
                assert shown[f"ROCIntegral{name}_{sample}"].values[number] == pytest.approx(area, abs=5e-3)
    with uproot.open("out.root") as file:
        folder = file["dataset/Method_Boost/B"]
        np.testing.assert_allclose(folder["ErrFraction"].values(), shown["ErrFraction"].values, rtol=1e-6)
        assert folder["Fisher_B0002/MVA_BTrain_S0002"].values().sum() == pytest.approx(200, rel=1e-6)
        assert folder["MonitorBoost"].num_entries == 3
    assert shown["OverlapIntegal_train"].values[0] > 0


def test_a_third_partys_method() -> None:
    _, loader, _ = job("Fisher", "Boost_Num=2")
    data = loader.data_set()
    method = MethodBoost("T", data.info, "Classification", "Boost_Num=3", boosted=linear_method.LinearMethod)
    trained = train_method(method, data)
    assert all(isinstance(one.model, linear_method.LinearModel) for one in trained.model.members)
    assert np.isfinite(trained.evaluate(data.testing.x)).all()


def test_a_method_that_errs_nowhere() -> None:
    factory = TMVA.Factory("job", "!V:Silent:AnalysisType=Classification:!ModelPersistence")
    loader = loader_of(Signal=20.0, Background=-20.0)
    booked = factory.BookMethod(loader, "Fisher", "B", "Boost_Num=2")
    factory.TrainAllMethods()
    # Both weights are 0: TMVA divides by their sum.
    assert [one.weight for one in booked.trained.model.members] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("kind", "options", "error", "message"),
    [
        (
            "Fisher",
            "Boost_Num=2:Boost_Type=HighEdgeGauss",
            OptionError,
            "which TMVA 4.2 removed",
        ),
        ("Fisher", "Boost_Num=2:Boost_Type=AdaBost", OptionError, "did you mean 'AdaBoost'"),
        ("Fisher", "Boost_Num=2:Boost_Transform=minmax", OptionError, "Boost_Transform"),
        ("Fisher", "Boost_Num=2:Boost_Tipe=Bagging", OptionError, "Boost_Tipe"),
        ("Fisher", "Boost_Num=2:Metod=LD", OptionError, "did you mean 'Method'"),
        ("Cuts", "Boost_Num=2", BookingError, "Cuts cannot be boosted"),
        ("Category", "Boost_Num=2", BookingError, "Category cannot be boosted"),
        ("Boost", "Boost_Num=2", BookingError, "what is to be boosted"),
        ("Boost", "", BookingError, "what is to be boosted"),
    ],
)
def test_errors(kind: str, options: str, error: type[Exception], message: str) -> None:
    factory = TMVA.Factory("job", "!V:Silent:AnalysisType=Classification")
    with pytest.raises(error, match=message):
        factory.BookMethod(loader_of(Signal=1.0, Background=-1.0), kind, "B", options)


def test_only_two_classes() -> None:
    factory = TMVA.Factory("job", "!V:Silent:AnalysisType=Multiclass")
    loader = loader_of(A=1.0, B=-1.0, C=3.0)
    with pytest.warns(TMVAWarning, match="Method Boost is not capable of handling multiclass"):
        assert factory.BookMethod(loader, "BDT", "B", "Boost_Num=2:BoostType=Grad") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('NMethods="2"', 'NMethods="1"', "NMethods is 1, and there are 2 elements"),
        ('MethodSigCut="', 'MethodSigCut="x', "MethodSigCut is 'x.*expected a finite number"),
        ('Weight="', 'Wait="', "Weight is '', expected a finite number"),
        (">step<", ">minmax<", "Boost_Transform is 'minmax'"),
        ("~Boost_Num=2", "~Method=Fischer", "Options"),
    ],
)
def test_damaged_files(old: str, new: str, message: str) -> None:
    _, _, booked = job("Fisher", "Boost_Num=2:Boost_Transform=step:Boost_AdaBoostBeta=0.1")
    text = booked.weight_file.read_text()
    assert old in text
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(text.replace(old, new, 1))


def test_a_plugin_by_its_name() -> None:
    registry = Registry([linear_plugin()], load_entry_points=False)
    factory = TMVA.Factory(
        "job", "!V:Silent:AnalysisType=Classification:!ModelPersistence", registry=registry
    )
    loader = loader_of(Signal=1.0, Background=-1.0)
    booked = factory.BookMethod(loader, TMVA.Types.kPlugins, "Mine", "Boost_Num=2")
    factory.TrainAllMethods()
    assert isinstance(booked.trained.model.members[0].model, linear_method.LinearModel)
    with pytest.raises(UnknownNameError, match="unknown method 'Yours'; did you mean"):
        factory.BookMethod(loader, TMVA.Types.kPlugins, "Yours", "")


def linear_plugin() -> Any:
    class Mine(linear_method.LinearMethod):
        names = ("Mine", "Ours")
        type_name = "Mine"

    @hookimpl
    def tmva_py_methods() -> list[type]:
        return [Mine]

    return SimpleNamespace(__name__="mine", tmva_py_methods=tmva_py_methods)


@pytest.mark.parametrize("kind", ["AdaBoost", "RealAdaBoost", "Bagging"])
def test_what_detailed_monitoring_keeps(kind: str) -> None:
    """Of two variables: events weighted as each method was trained on them; of AdaBoost the searches."""
    options = f"Boost_Num=2:Boost_Type={kind}:Boost_AdaBoostBeta=0.2:Boost_DetailedMonitoring"
    _, _, booked = job("Fisher", options)
    shown, training = booked.method.monitoring(), booked.data_set.training
    is_signal = training.class_index == 0
    course = booked.method._course
    for number, boost in enumerate(course.boosts):
        weight = training.weight * boost
        for ending, chosen in (("Sig", is_signal), ("Bkg", ~is_signal)):
            plot = shown[f"EventDist{ending}_{number}"]
            edges = np.linspace(0, 7, 101)
            y, x = training.x[chosen, 1], training.x[chosen, 0]
            expected, _, _ = np.histogram2d(y, x, (edges, edges), weights=weight[chosen])
            np.testing.assert_allclose(plot.values, expected, rtol=1e-6)
            assert expected.sum() > 0
        searches = [name for name in shown if name.startswith("MVA") and name.endswith(f"C_{number}")]
        if kind != "AdaBoost":
            assert not searches
            continue
        assert sorted(searches) == [f"MVABC_{number}", f"MVASC_{number}"]
        signal, background = (shown[f"MVA{letter}_{number}"] for letter in "SB")
        assert signal.values.sum() == pytest.approx(weight[is_signal].sum())
        assert shown[f"MVABC_{number}"].values[-1] == pytest.approx(background.values.sum())
        cut = booked.trained.model.members[number].cut.value
        below = shown[f"MVASC_{number}"].values[int(signal.axis.bins_of(np.array([cut]))[0]) - 2]
        values = course.responses[number][is_signal]
        assert below == pytest.approx(weight[is_signal][values < cut].sum(), rel=1e-9)
    with uproot.open("out.root") as file:
        plot = file["dataset/Method_Boost/B/EventDistSig_0"]
        np.testing.assert_allclose(plot.values().T, shown["EventDistSig_0"].values, rtol=1e-6)


def test_events_of_three_variables_are_not_shown() -> None:
    made = make_job(Path())
    booked = made.factory.BookMethod(
        made.loader, "Fisher", "B", "Boost_Num=1:Boost_Type=Bagging:Boost_DetailedMonitoring"
    )
    made.factory.TrainAllMethods()
    assert not any(name.startswith("EventDist") for name in booked.method.monitoring())
