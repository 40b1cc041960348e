"""Forests are the same, bit by bit, for any number of threads."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from tmva_py.data import DataSet, DataSetInfo, Events, VariableInfo
from tmva_py.errors import OptionError
from tmva_py.message_log import MessageLog
from tmva_py.methods.bdt.method import MethodBDT
from tmva_py.methods.training import train_method

pytest.importorskip("numba")

from tmva_py.kernels.numba import growing, threads

N_EVENTS, N_VARIABLES = 40_000, 7


@pytest.fixture(scope="module")
def data() -> DataSet:
    """Events of which some values are whole, some missing, and enough for threads."""
    random = np.random.default_rng(1)
    class_index = random.integers(0, 2, N_EVENTS).astype(np.int32)
    x = random.normal(size=(N_EVENTS, N_VARIABLES)) + 0.4 * class_index[:, None]
    x[:, 1] = np.round(3 * x[:, 1])
    x[random.random(N_EVENTS) < 0.01, 2] = np.nan
    variables = [VariableInfo.parse(f"x{number}") for number in range(N_VARIABLES)]
    variables[1] = replace(variables[1], type="I")
    info = DataSetInfo("dataset", variables, classes=["Signal", "Background"])
    nothing, weight = np.empty((N_EVENTS, 0), np.float32), random.normal(1.0, 0.3, N_EVENTS)
    events = Events(x.astype(np.float32), nothing, nothing, weight, weight, class_index)
    return DataSet(info, events, events)


def trained(data: DataSet, options: str) -> dict[str, np.ndarray]:
    """Return all arrays of a forest."""
    log = MessageLog("BDT", silent=True)
    method = MethodBDT("BDT", data.info, "Classification", options, log=log)
    return vars(train_method(method, data).model.forest)


@pytest.mark.parametrize(
    "options",
    [
        "NTrees=4:MaxDepth=3:UseBaggedBoost:BaggedSampleFraction=0.7",
        "NTrees=4:MaxDepth=4:BoostType=Grad:Shrinkage=0.3",
        "NTrees=4:MaxDepth=3:BoostType=Grad:UseBaggedBoost:BaggedSampleFraction=0.7:MinNodeSize=1%",
        "NTrees=3:MaxDepth=3:SeparationType=CrossEntropy:UseYesNoLeaf=False",
    ],
)
def test_one_two_and_three_threads(data: DataSet, options: str, monkeypatch: pytest.MonkeyPatch) -> None:
    working: set[str] = set()
    search = growing.search

    def watched(*arguments: object) -> None:
        working.add(threading.current_thread().name)
        search(*arguments)

    alone = trained(data, f"{options}:Threads=1")
    monkeypatch.setattr(growing, "search", watched)
    for count in (2, 3):
        working.clear()
        forest = trained(data, f"{options}:Threads={count}")
        assert len(working) > 0
        for name, values in alone.items():
            np.testing.assert_array_equal(forest[name], values, err_msg=name)
    monkeypatch.setattr(threads, "PARALLEL_WORK", 0.0)
    working.clear()
    forest = trained(data, f"{options}:Threads=2")
    for name, values in alone.items():
        np.testing.assert_array_equal(forest[name], values, err_msg=name)


def test_one_thread_searches_whole_nodes(data: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "_cut_large_node", lambda *_: pytest.fail("shared"))
    trained(data, "NTrees=2:Threads=1")


def test_groups_have_every_variable_once() -> None:
    for count in range(1, 30):
        groups = growing.groups_of(count)
        assert [one for first, last in groups for one in range(first, last)] == list(range(count))
        assert all(0 < last - first <= growing.TOGETHER for first, last in groups)


def test_less_than_none(data: DataSet) -> None:
    with pytest.raises(OptionError, match="Threads=-1: expected 1 or more, or 0"):
        MethodBDT("BDT", data.info, "Classification", "Threads=-1", log=MessageLog("BDT", silent=True))
