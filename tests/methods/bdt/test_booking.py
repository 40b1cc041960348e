"""Bookings of BDTs: the option strings that scripts have, their mistakes, and what comes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_jobs import make_job

import tmva_py as TMVA
from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.errors import OptionError, TMVAWarning
from tmva_py.evaluation import RocCurve
from tmva_py.message_log import MessageLog
from tmva_py.methods import Inputs
from tmva_py.methods.bdt import method as bdt_method
from tmva_py.methods.bdt.method import MethodBDT
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing.method_checks import data_set

# The strings that public scripts have most often, with fewer trees.
COMMON = (
    "!H:!V:NTrees=20:MinNodeSize=2.5%:MaxDepth=3:BoostType=AdaBoost:AdaBoostBeta=0.5:UseBaggedBoost:"
    "BaggedSampleFraction=0.5:SeparationType=GiniIndex:nCuts=20",
    "!H:!V:NTrees=20:MinNodeSize=5%:MaxDepth=3:BoostType=AdaBoost:SeparationType=GiniIndex:nCuts=20:"
    "VarTransform=Decorrelate",
    "!H:!V:NTrees=20:MinNodeSize=1.5%:BoostType=Grad:Shrinkage=0.10:UseBaggedBoost:BaggedSampleFraction=0.5:"
    "nCuts=20:MaxDepth=2",
    "!H:!V:NTrees=20:nEventsMin=15:MaxDepth=3:BoostType=AdaBoost:AdaBoostBeta=0.5:SeparationType=GiniIndex:"
    "nCuts=20:PruneMethod=NoPruning",
    "!H:!V:NTrees=20:BoostType=Bagging:SeparationType=GiniIndex:nCuts=20",
    "!H:!V:NTrees=20:BoostType=Grad:Shrinkage=0.30:UseBaggedBoost:BaggedSampleFraction=0.6:"
    "SeparationType=GiniIndex:nCuts=20:MaxDepth=2",
    "!H:!V:NTrees=20:BoostType=Grad:Shrinkage=0.30:UseBaggedBoost:BaggedSampleFraction=0.5:"
    "SeparationType=GiniIndex:nCuts=20:MaxDepth=2",
    "!H:!V:NTrees=20:BoostType=Grad:Shrinkage=0.30:UseBaggedGrad:GradBaggingFraction=0.5:"
    "SeparationType=GiniIndex:nCuts=20:NNodesMax=5",
    "!H:!V:NTrees=20:MaxDepth=3:BoostType=AdaBoost:SeparationType=GiniIndex:nCuts=20",
    "!H:!V:NTrees=20:MinNodeSize=2.5%:MaxDepth=2:BoostType=AdaBoost:AdaBoostBeta=0.5:UseBaggedBoost:"
    "BaggedSampleFraction=0.5:SeparationType=GiniIndex:nCuts=20",
    "!H:!V:NTrees=20:MinNodeSize=5%:MaxDepth=2:BoostType=Grad:SeparationType=SDivSqrtSPlusB:nCuts=20:"
    "NegWeightTreatment=IgnoreNegWeightsInTraining",
    "!H:!V:NTrees=20:MaxDepth=1000000:MinNodeSize=5%",
)


def booked(options: str, analysis: str = "Classification") -> MethodBDT:
    data = data_set(analysis)
    return MethodBDT("BDT", data.info, analysis, options, log=MessageLog("BDT", silent=True))


@pytest.mark.parametrize("options", COMMON)
def test_common_strings(options: str) -> None:
    data = data_set("Classification")
    method = booked(options)
    trained = train_method(method, data)
    response = trained.evaluate(data.testing.x)
    signal = data.testing.class_index == data.info.signal_class_index
    assert response[signal].mean() > response[~signal].mean() + 0.05
    again = read_weight_file(weight_text(trained))
    np.testing.assert_array_equal(again.evaluate(data.testing.x), response)
    assert 'name="Release"' not in weight_text(trained)
    assert sum(value for _, value in method.ranking() or []) == pytest.approx(1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("BoostType=GradBoost=1", "BoostType does not have predefined value: 'GradBoost=1'"),
        ("NTrees=750::BoostType", "BoostType needs a value"),
        ("MinNodeSize=0.0%", "more than 0% and less than 50%"),
        ("MinNodeSize=half", "expected a percentage of the events such as 2.5%, got 'half'"),
        ("BoostType=AdaBoostR2", "BoostType=AdaBoostR2 is for regression"),
        ("PruneMethod=ExpectedError:PruneStrength=-1", "needs a strength, 0 or more; CostComplexity finds"),
        ("BaggedSampleFraction=0", "BaggedSampleFraction=0: expected more than 0"),
        ("UseRandomisedTrees:UseNvars=100", "UseNvars=100: expected 1 to"),
        ("Release=5.0", "Release does not have predefined value: '5.0'"),
        ("SeparationType=RegressionVariance", "RegressionVariance is for regression"),
    ],
)
def test_mistakes(options: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        booked(options)


def test_a_value_without_its_option() -> None:
    with pytest.warns(TMVAWarning, match="it is a value of option NegWeightTreatment"):
        assert booked("Pray").option_values["NegWeightTreatment"] == "Pray"


def test_multiclass_needs_gradients() -> None:
    with pytest.raises(OptionError, match="multiclass is available with BoostType=Grad only"):
        booked("NTrees=5", "Multiclass")


@pytest.mark.parametrize(
    ("analysis", "options"),
    [
        ("Multiclass", "NTrees=10:BoostType=Grad:Shrinkage=0.3"),
        ("Regression", "NTrees=20:MaxDepth=4:MinNodeSize=1%"),
        ("Regression", "NTrees=20:BoostType=Grad:Shrinkage=0.3:MaxDepth=3"),
        ("Regression", "NTrees=20:BoostType=Grad:RegressionLossFunctionBDTG=LeastSquares:Shrinkage=0.3"),
        ("Regression", "NTrees=20:BoostType=Grad:RegressionLossFunctionBDTG=AbsoluteDeviation:Shrinkage=0.3"),
        ("Regression", "NTrees=20:BoostType=Bagging:MaxDepth=4"),
        ("Classification", "NTrees=10:UseRandomisedTrees:UseNvars=1"),
        ("Classification", "NTrees=10:UseRandomisedTrees:UseNvars=1:!UsePoissonNvars:nCuts=-1"),
        ("Classification", "NTrees=10:BoostType=RealAdaBoost:PruneMethod=CostComplexity:PruneStrength=50"),
        ("Classification", "NTrees=10:BoostType=AdaCost:Css=1:Cbb=0.8"),
        ("Classification", "NTrees=10:UseFisherCuts:MinLinCorrForFisher=0.0"),
        ("Classification", "NTrees=4:UseFisherCuts:BoostType=Grad:MinLinCorrForFisher=0.0"),
        (
            "Multiclass",
            "NTrees=4:UseFisherCuts:BoostType=Grad:MinLinCorrForFisher=0.0:MaxDepth=5:MinNodeSize=1%",
        ),
        ("Classification", "NTrees=4:nCuts=-1:PruneMethod=CostComplexity:PruneStrength=30:MaxDepth=5"),
        ("Classification", "NTrees=4:BoostType=AdaCost:PruneMethod=ExpectedError:MaxDepth=5:MinNodeSize=1%"),
        ("Regression", "NTrees=4:UseBaggedBoost:MaxDepth=4:MinNodeSize=1%"),
        ("Regression", "NTrees=4:PruneMethod=ExpectedError:PruneStrength=1:MaxDepth=4"),
    ],
)
def test_both_ways_of_computing_give_one_forest(
    analysis: str, options: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = data_set(analysis)
    options = f"{options}:SkipNormalization"
    compiled = train_method(booked(options, analysis), data)
    monkeypatch.setattr(bdt_method, "make_backend", lambda *_, **__: NumpyBackend("float32"))
    plain = train_method(booked(options, analysis), data)
    for name in ("variable", "cut", "cut_type", "left", "right", "node_type"):
        one, two = (getattr(trained.model.forest, name) for trained in (compiled, plain))
        if "UseRandomisedTrees" in options:  # the first tree's variables are drawn anew each time
            continue
        np.testing.assert_array_equal(one, two, err_msg=name)
    if "UseRandomisedTrees" not in options:
        np.testing.assert_allclose(
            compiled.evaluate(data.testing.x), plain.evaluate(data.testing.x), rtol=1e-6, atol=1e-9
        )


@pytest.mark.parametrize(
    ("analysis", "options"),
    [
        ("Classification", "NTrees=8:BoostType=AdaBoost:UseYesNoLeaf=False"),
        ("Multiclass", "NTrees=8:BoostType=Grad:Shrinkage=0.3"),
        ("Regression", "NTrees=8:MaxDepth=3"),
    ],
)
def test_answers_after_each_tree(analysis: str, options: str) -> None:
    data = data_set(analysis)
    trained = train_method(booked(options, analysis), data)
    steps = trained.model.after_each_tree(Inputs(data.testing.x, trained.transformations))
    shorter = train_method(booked(options.replace("NTrees=8", "NTrees=3"), analysis), data)
    assert len(steps) == 8
    np.testing.assert_array_equal(steps[-1], trained.evaluate(data.testing.x))
    np.testing.assert_array_equal(steps[2], shorter.evaluate(data.testing.x))


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        (
            "NTrees=3:BoostType=Grad",
            [
                "the option NegWeightTreatment=InverseBoostNegWeights does not exist for BoostType=Grad",
                "--> change to new default NegWeightTreatment=Pray",
            ],
        ),
        ("NTrees=3:UseRandomisedTrees:UseNvars=1", [" Randomised trees use no pruning"]),
        (
            "NTrees=3:UseFisherCuts",
            [
                "When using the option UseFisherCuts, the other option nCuts<0 (i.e. using",
                " a more elaborate node splitting algorithm) is not implemented. ",
            ],
        ),
        (
            "NTrees=3:nEventsMin=9:UseBaggedGrad",
            [
                "You have explicitly set ** nEventsMin = 9 ** the min absolute number ",
                "of events in a leaf node. This is DEPRECATED, please use the option ",
                "You have specified a deprecated option *UseBaggedGrad* --> please use *UseBaggedBoost* "
                "instead",
            ],
        ),
        (
            "NTrees=3:NegWeightTreatment=PairNegWeightsGlobal",
            [
                "you specified the option NegWeightTreatment=PairNegWeightsGlobal : This option is still "
                "considered EXPERIMENTAL !!"
            ],
        ),
    ],
)
def test_what_a_booking_says(options: str, lines: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    data = data_set("Classification")
    method = MethodBDT("BDT", data.info, "Classification", options, log=MessageLog("BDT"))
    said = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    assert [line for line in lines if line not in said] == []
    train_method(method, data)
    said = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    assert "Training 3 Decision Trees ... patience please" in said
    assert any(line.startswith("#events: (reweighted) sig: ") for line in said)
    assert any(line.startswith("#events: (unweighted) sig: ") for line in said)
    assert not any("average number of nodes" in line for line in said)  # only with V, as in newer releases


def test_the_help_text_and_sizes_with_v(capsys: pytest.CaptureFixture[str]) -> None:
    data = data_set("Classification")
    method = MethodBDT("BDT", data.info, "Classification", "V:H:NTrees=3", log=MessageLog("BDT"))
    train_method(method, data)
    assert "<Train> average number of nodes (w/o pruning) : " in capsys.readouterr().out
    assert "MinNodeSize" in (MethodBDT.__doc__ or "")


def test_monitoring_of_the_boost() -> None:
    data = data_set("Classification")
    method = booked("NTrees=30:DoBoostMonitor")
    trained = train_method(method, data)
    shown = method.monitoring()
    graph, loss = shown["BoostMonitorGraph"], shown["BoostMonitorLoss"]
    assert graph.x.tolist() == loss.x.tolist() == [1, 6, 11, 16, 21, 26, 30]
    signal = data.testing.class_index == data.info.signal_class_index
    response = trained.evaluate(data.testing.x)
    # The integral is one of densities in 100 bins and 1000 steps.
    assert graph.y[-1] == pytest.approx(RocCurve(response, signal, data.testing.weight).area, abs=0.01)
    assert loss.y[-1] < loss.y[0]


def test_interrupted_training_keeps_its_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    data = data_set("Classification")
    method = booked("NTrees=50")
    grow: Callable[..., object] = bdt_method.grow_forest

    def interrupted(*arguments: object, **named: object) -> object:
        def after_tree(course: object) -> None:
            if len(course.trees) == 7:  # type: ignore[attr-defined]
                raise KeyboardInterrupt

        return grow(*arguments, **{**named, "after_tree": after_tree})

    monkeypatch.setattr(bdt_method, "grow_forest", interrupted)
    trained = train_method(method, data)
    assert len(trained.model.forest) == 7
    assert np.isfinite(trained.evaluate(data.testing.x)).all()


def test_a_booking_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    split = "nTrain_Signal=400:nTrain_Background=400:SplitMode=Random:!V"
    job = make_job(Path(), n_variables=2, n_events=800, output="out.root", split=split)
    factory, loader = job.factory, job.loader
    factory.BookMethod(loader, TMVA.Types.kBDT, "BDT", "!H:!V:NTrees=50:MaxDepth=2")
    factory.BookMethod(loader, TMVA.Types.kBDT, "BDTG", "!H:!V:NTrees=50:BoostType=Grad:Shrinkage=0.1")
    job.finish()
    for title in ("BDT", "BDTG"):
        assert factory.GetROCIntegral(loader, title) > 0.8  # 0.84 is the best
