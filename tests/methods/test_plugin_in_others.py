"""The method that the page on plugins shows, as a part of a Category and boosted."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from documents import blocks_of

import tmva_py as TMVA
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.plugins import Registry


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def columns(shift: float, seed: int) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    return {name: random.normal(shift, 1, 400).astype(np.float32) for name in ("a", "b", "eta")}


@pytest.fixture
def registry(project: Path) -> Registry:
    text = next(one.text for one in blocks_of(project / "docs" / "plugins.md") if "MethodMeans" in one.text)
    module = ModuleType("tmva_py_means")
    exec(compile(text, "tmva_py_means.py", "exec"), module.__dict__)
    return Registry([module], load_entry_points=False)


def test_category_and_boost(registry: Registry) -> None:
    factory = TMVA.Factory("job", "!V:Silent:AnalysisType=Classification", registry=registry)
    loader = TMVA.DataLoader("dataset")
    loader.AddVariable("a")
    loader.AddVariable("b")
    loader.AddSpectator("eta")
    loader.AddSignalTree(columns(0.7, 1))
    loader.AddBackgroundTree(columns(-0.7, 2))
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:!V")
    category = factory.BookMethod(loader, TMVA.Types.kCategory, "Cat", "")
    category.AddMethod("eta<0", "b:a", "Means", "left", "Shift=0.5:VarTransform=N")
    category.AddMethod("eta>=0", "", TMVA.Types.kFisher, "right", "")
    boosted = factory.BookMethod(loader, "Means", "Boosted", "Boost_Num=3:Boost_Transform=log:Shift=-1")
    by_name = factory.BookMethod(loader, TMVA.Types.kPlugins, "Means", "!H")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    assert by_name.GetMethodTypeName() == "Means"
    events = category.data_set.testing
    for booked in (category, boosted):
        assert factory.GetROCIntegral(loader, booked.title) > 0.7
        again = read_weight_file(booked.weight_file, registry)
        assert weight_text(again) == booked.weight_file.read_text()
        found = again.evaluate(events.x, spectators=events.spectators)
        np.testing.assert_array_equal(found.astype(np.float32), booked.test_response)
    left, right = category.trained.model.parts
    assert (left.method.type_name, right.method.type_name) == ("Means", "Fisher")
    assert {one.type_name for one in boosted.trained.model.members} == {"Means"}
