"""AdaBoostR2 on samples that a single tree learns by heart."""

from __future__ import annotations

import numpy as np
import pytest

from tmva_py.data import DataSet, DataSetInfo, Events, VariableInfo
from tmva_py.message_log import MessageLog
from tmva_py.methods.bdt.method import MethodBDT
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text


@pytest.mark.parametrize("loss", ["Linear", "Quadratic", "Exponential"])
def test_the_exact_tree_is_the_last(loss: str, capsys: pytest.CaptureFixture[str]) -> None:
    """TMVA goes on with 0/0: its weights, trees and responses are not numbers."""
    x = np.random.default_rng(1).permutation(60).astype(np.float32)[:, None]
    target, n = x * x, len(x)
    events = Events(x, target, np.zeros((n, 0)), np.ones(n), np.ones(n), np.zeros(n, np.int32))
    info = DataSetInfo(variables=[VariableInfo("x")], targets=[VariableInfo("t")])
    options = f"NTrees=10:BoostType=AdaBoostR2:AdaBoostR2Loss={loss}:MinNodeSize=0.1%:nCuts=500"
    method = MethodBDT("exact", info, "Regression", options, log=MessageLog("BDT"))
    trained = train_method(method, DataSet(info, events, events))
    weights = trained.model.forest.boost_weights
    assert np.isfinite(weights).all()
    assert len(weights) < 10
    assert "answers all its training events exactly" in capsys.readouterr().out
    np.testing.assert_array_equal(trained.evaluate(x), target)
    np.testing.assert_array_equal(read_weight_file(weight_text(trained)).evaluate(x), target)
