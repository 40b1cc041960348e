"""A user's script as mypy --strict sees it, and as it runs: what it asserts of types is true of the objects.

The project's own mypy run reads this file (`files` of pyproject.toml); test_user_script.py runs it.
"""

from __future__ import annotations

from array import array
from typing import Any, assert_type

import numpy as np
import numpy.typing as npt

import tmva_py as TMVA
from tmva_py.booking.booked_method import BookedMethod
from tmva_py.booking.graphs import Canvas, Graph, MultiGraph
from tmva_py.methods import TrainedMethod
from tmva_py.network import History, Network, NetworkBuilder

Doubles = npt.NDArray[np.float64]
OPTIONS = "Layout=TANH|4,LINEAR:RandomSeed=1:TrainingStrategy=MaxEpochs=2,BatchSize=10,TestRepetitions=1"


def events() -> npt.NDArray[np.float32]:
    return np.random.default_rng(1).normal(size=(300, 2)).astype(np.float32)


def booking(analysis: str) -> TMVA.DataLoader:
    """Book, train and ask for curves."""
    x = events()
    factory = TMVA.Factory("job", f"Silent:!DrawProgressBar:AnalysisType={analysis}")
    loader = TMVA.DataLoader("set")
    loader.AddVariable("a", "F")
    loader.AddVariable("second := b*1", "The second", "GeV", "F", -10.0, 10.0)
    loader.AddSpectator("a")
    if analysis == "Regression":
        loader.AddTarget("a*b")
        loader.AddRegressionTree({"a": x[:, 0], "b": x[:, 1]})
    else:
        names = ("Signal", "Background", "Other")[: 2 + (analysis == "Multiclass")]
        for number, name in enumerate(names):
            loader.AddTree({"a": x[:, 0] + number, "b": x[:, 1]}, name)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:!V")
    booked = factory.BookMethod(loader, TMVA.Types.kDL, "one", OPTIONS)
    assert_type(booked, BookedMethod | None)
    keywords = factory.BookMethod(
        loader,
        "DL",
        "two",
        Layout="LINEAR",
        RandomSeed=1,
        V=False,
        TrainingStrategy="MaxEpochs=1,BatchSize=10,TestRepetitions=1",
    )
    assert_type(keywords, BookedMethod | None)
    assert booked is not None
    assert isinstance(keywords, BookedMethod)
    factory.TrainAllMethods()
    factory.TestAllMethods()
    if analysis == "Classification":
        area = factory.GetROCIntegral(loader, "one")
        assert_type(area, float)
        assert isinstance(area, float)
        graph = factory.GetROCCurve(loader, "one")
        assert_type(graph, Graph)
        assert isinstance(graph, Graph)
        canvas = factory.GetROCCurve(loader)
        assert_type(canvas, Canvas)
        assert isinstance(canvas, Canvas)
        graphs = factory.GetROCCurveAsMultiGraph(loader)
        assert_type(graphs, MultiGraph)
        assert isinstance(graphs, MultiGraph)
    trained = booked.trained
    assert_type(trained, TrainedMethod)
    assert_type(trained.evaluate(x), Doubles)
    assert_type(booked.GetWeightFileName(), str)
    return loader


def reader(weight_file: str) -> TMVA.Reader:
    found = TMVA.Reader("Silent")
    value = array("f", [0.0])
    found.AddVariable("a", value)
    found.AddVariable("second := b*1", np.zeros(1, np.float32))
    found.AddSpectator("a", value)
    method = found.BookMVA("tag", weight_file)
    assert_type(method, TrainedMethod)
    return found


def classification() -> None:
    booking("Classification")
    found = reader("set/weights/job_one.weights.xml")
    one = found.EvaluateMVA("tag")
    assert_type(one, float)
    one = found.EvaluateMVA("tag", 0.9)
    assert_type(one, float)
    one = found.EvaluateMVA([0.5, 1.0], "tag")
    assert_type(one, float)
    assert isinstance(one, float)
    many = found.EvaluateMVA(events(), "tag")
    assert_type(many, Doubles)
    assert many.shape == (300,)
    named = found.EvaluateMVA({"a": [0.5], "b": [1.0]}, "tag")
    assert_type(named, Doubles)
    np.testing.assert_array_equal(named, [one])
    assert_type(TMVA.evaluate("set/weights/job_one.weights.xml", events()), Doubles)
    assert_type(found.GetMVAError(), float | Doubles)


def several(analysis: str) -> None:
    booking(analysis)
    found = reader("set/weights/job_one.weights.xml")
    x = events()
    if analysis == "Multiclass":
        responses = found.EvaluateMulticlass("tag")
        assert_type(responses, list[float])
        assert isinstance(responses, list)
        one = found.EvaluateMulticlass(1, "tag")
        assert_type(one, float)
        assert one == responses[1]
        assert_type(found.EvaluateMulticlass([0.5, 1.0], "tag"), list[float])
        many = found.EvaluateMulticlass(x, "tag")
        assert_type(many, Doubles)
        assert many.shape == (300, 3)
    else:
        estimates = found.EvaluateRegression("tag")
        assert_type(estimates, list[float])
        assert_type(found.EvaluateRegression(0, "tag"), float)
        assert isinstance(found.EvaluateRegression(0, "tag"), float)
        assert_type(found.EvaluateRegression([0.5, 1.0], "tag"), list[float])
        many = found.EvaluateRegression(x, "tag")
        assert_type(many, Doubles)
        assert many.shape == (300, 1)


def network() -> None:
    x = events()
    net = NetworkBuilder((2,), seed=1).dense(4, "TANH").dense(1).build()
    assert_type(net, Network)
    history = net.fit(x, x[:, 0] > 0, max_epochs=2, batch_size=50, progress=False)
    assert_type(history, History)
    assert_type(history.best_loss, float | None)
    assert_type(history.training_loss, list[float])
    found = net.predict(x)
    assert_type(found, npt.NDArray[np.floating])
    assert isinstance(found, np.ndarray)
    outputs, state = net.predict(x, return_state=True)
    assert_type(outputs, npt.NDArray[np.floating])
    assert isinstance(state, dict)
    net.save("net.npz")
    assert_type(Network.load("net.npz"), Network)


def what_mypy_refuses(loader: TMVA.DataLoader, found: TMVA.Reader, anything: Any) -> None:
    """Each mistake is found: an unused ignore would be an error of its own."""
    loader.AddVariable("a", 3)  # type: ignore[call-overload]
    loader.AddVariable("a", "title", "unit", "F", "low")  # type: ignore[call-overload]
    found.EvaluateMVA(0.5, "tag")  # type: ignore[call-overload]
    TMVA.Factory("job", 3)  # type: ignore[call-overload]
    found.EvaluateRegression("tag").shape  # type: ignore[attr-defined]  # noqa: B018
    NetworkBuilder(3).dense("wide")  # type: ignore[arg-type]
