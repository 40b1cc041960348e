"""Permutation importance: what shuffling a variable costs, with its error."""

from __future__ import annotations

import numpy as np
import pytest

from tmva_py.data import DataSet, DataSetInfo, Events, VariableInfo
from tmva_py.errors import DataError
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.bdt.method import MethodBDT
from tmva_py.methods.permutation_importance import permutation_importance
from tmva_py.methods.training import train_method

N_EVENTS = 1500


def trained(analysis: str) -> tuple[TrainedMethod, Events]:
    """Return a forest on a variable that matters, one that matters less and one that does not."""
    random = np.random.default_rng(3)
    x = random.normal(size=(N_EVENTS, 3)).astype(np.float32)
    truth = 2.0 * x[:, 0] + 0.7 * x[:, 1] + random.normal(0.0, 0.5, N_EVENTS)
    regression = analysis == "Regression"
    classes = (
        np.zeros(N_EVENTS)
        if regression
        else np.digitize(truth, [0.0] if analysis == "Classification" else [-1, 1])
    )
    names = {"Classification": ["Signal", "Background"], "Regression": ["Regression"]}.get(
        analysis, ["a", "b", "c"]
    )
    info = DataSetInfo(
        variables=[VariableInfo(name) for name in ("much", "some", "none")],
        targets=[VariableInfo("t")] if regression else [],
        classes=names,
    )
    ones = np.ones(N_EVENTS)
    targets = truth[:, None].astype(np.float32) if regression else np.zeros((N_EVENTS, 0), np.float32)
    events = Events(x, targets, np.zeros((N_EVENTS, 0), np.float32), ones, ones, classes.astype(np.int32))
    half = np.arange(N_EVENTS) % 2 == 0
    data = DataSet(info, events.select(half), events.select(~half))
    options = "NTrees=40:MaxDepth=3:BoostType=Grad:Shrinkage=0.3"
    method = MethodBDT("BDT", info, analysis, options, log=MessageLog("BDT", silent=True))
    return train_method(method, data), data.testing


@pytest.mark.parametrize("analysis", ["Classification", "Multiclass", "Regression"])
def test_what_matters_comes_first(analysis: str) -> None:
    method, events = trained(analysis)
    found = permutation_importance(method, events)
    assert [one.variable for one in found] == ["much", "some", "none"]
    much, some, none = found
    assert much.loss > some.loss + 3 * (much.error + some.error)
    assert some.loss > none.loss + 3 * (some.error + none.error)
    assert abs(none.loss) < 0.05
    assert permutation_importance(method, events) == found
    assert permutation_importance(method, events, seed=2) != found


def test_too_little() -> None:
    method, events = trained("Classification")
    with pytest.raises(DataError, match="two shuffles and two events at least, got 1 and 750"):
        permutation_importance(method, events, n_shuffles=1)
