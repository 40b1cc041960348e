"""A method whose responses depend on spectators: a booking from start to end."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot

import tmva_py as TMVA
from tmva_py.cli.response_file import write_responses
from tmva_py.errors import DataError, ShapeError
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.trees import open_tree


def columns(shift: float, seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    eta = random.uniform(-1, 1, 400).astype(np.float32)
    # On the two sides of eta = 0.5 the classes lie the other way round.
    sign = np.where(eta > 0.5, -1, 1)
    values = {name: random.normal(sign * shift, 1, 400).astype(np.float32) for name in ("a", "b")}
    return {**values, "eta": eta}


@pytest.fixture
def booked() -> Any:
    factory = TMVA.Factory("job", "out.root", "!V:Silent:AnalysisType=Classification")
    loader = TMVA.DataLoader("dataset")
    for name in ("a", "b"):
        loader.AddVariable(name)
    loader.AddSpectator("eta")
    loader.AddSignalTree(columns(1.0, 1))
    loader.AddBackgroundTree(columns(-1.0, 2))
    loader.PrepareTrainingAndTestTree("", "TrainTestSplit_Signal=0.5:TrainTestSplit_Background=0.5:!V")
    booked = factory.BookMethod(loader, "Category", "Cat", "!H:!V")
    booked.AddMethod("eta<=0.5", "a:b", TMVA.Types.kFisher, "Left", "!H:!V")
    booked.AddMethod("eta>0.5", "", "Fisher", "Right", "!H:!V")
    factory.BookMethod(loader, "Fisher", "Single", "!H:!V")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    # 0.98 is the best; a single plane sees two thirds of the events the right way round.
    assert factory.GetROCIntegral(loader, "Cat") > 0.95
    assert factory.GetROCIntegral(loader, "Single") < 0.9
    return booked


def test_every_way_to_the_responses(booked: Any) -> None:
    path = booked.GetWeightFileName()
    method = read_weight_file(path)
    assert weight_text(method) == Path(path).read_text()
    events = booked.data_set.testing
    expected = booked.test_response
    np.testing.assert_allclose(method.evaluate(events.x, spectators=events.spectators), expected, rtol=1e-6)
    named = {"a": events.x[:, 0], "b": events.x[:, 1], "eta": events.spectators[:, 0]}
    np.testing.assert_allclose(TMVA.evaluate(method, named), expected, rtol=1e-6)

    reader = TMVA.Reader("Silent")
    buffers = {name: array("f", [0.0]) for name in ("a", "b", "eta")}
    reader.AddVariable("a", buffers["a"])
    reader.AddVariable("b", buffers["b"])
    reader.AddSpectator("eta", buffers["eta"])
    reader.BookMVA("Cat", path)
    for event in range(10):
        for name, buffer in buffers.items():
            buffer[0] = named[name][event]
        assert reader.EvaluateMVA("Cat") == pytest.approx(expected[event], rel=1e-6)
        assert reader.EvaluateMVA(events.x[event], "Cat") == pytest.approx(expected[event], rel=1e-6)
    found = reader.EvaluateMVA(events.x, "Cat", spectators=events.spectators)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    np.testing.assert_allclose(reader.EvaluateMVA(named, "Cat"), expected, rtol=1e-6)

    with uproot.recreate("in.root") as file:
        file["t"] = named
    write_responses(method, open_tree("in.root:t"), "responses.root", chunk=150)
    with uproot.open("responses.root:t") as tree:
        np.testing.assert_allclose(tree["Cat"].array(library="np"), expected, rtol=1e-6)

    with pytest.raises(DataError, match="the response depends on spectators; give their values"):
        TMVA.evaluate(method, events.x)
    with pytest.raises(ShapeError, match=r"expected spectators of shape \(400, 1\), one row for each event"):
        TMVA.evaluate(method, events.x, spectators=events.spectators[:1])
