"""The forest answers as scikit-learn's, through the weight file too, and in a booking script."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from tmva_py_forest import MethodMyForest

import tmva_py as TMVA
from tmva_py.errors import OptionError, TrainingError, WeightFileError
from tmva_py.message_log import MessageLog
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.plugins import default_registry
from tmva_py.testing import check
from tmva_py.testing.method_checks import data_set


def trained(analysis="Classification", options="NTrees=20:MaxDepth=5:MinLeafEvents=3:RandomSeed=7"):
    data = data_set(analysis)
    method = MethodMyForest("mine", data.info, analysis, options, log=MessageLog("mine", silent=True))
    return train_method(method, data), data


def test_the_entry_point_offers_the_method():
    assert default_registry().find("method", "MyForest") is MethodMyForest


def test_it_fulfils_everything_that_a_method_promises():
    assert check("method", "MyForest", options="NTrees=30").passed


@pytest.mark.parametrize("analysis", ["Classification", "Multiclass"])
def test_the_responses_are_scikit_learns(analysis):
    method, data = trained(analysis)
    forest = RandomForestClassifier(20, max_depth=5, min_samples_leaf=3, random_state=7)
    forest.fit(data.training.x, data.training.class_index, sample_weight=data.training.weight)
    expected = forest.predict_proba(data.testing.x)
    expected = expected[:, 0] if analysis == "Classification" else expected
    np.testing.assert_allclose(method.evaluate(data.testing.x), expected, rtol=1e-12, atol=1e-14)


def test_a_booking_script(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(1)
    signal, background = ({"a": random.normal(m, 1, 600), "b": random.normal(-m, 1, 600)} for m in (1, 0))
    factory = TMVA.Factory("job", None, "!V:Silent:AnalysisType=Classification")
    loader = TMVA.DataLoader("dataset")
    loader.AddVariable("a")
    loader.AddVariable("b")
    loader.AddSignalTree(signal)
    loader.AddBackgroundTree(background)
    loader.PrepareTrainingAndTestTree("", "nTrain_Signal=300:nTrain_Background=300:SplitMode=Random:!V")
    factory.BookMethod(loader, "MyForest", "Forest", "!H:!V:NTrees=50:VarTransform=N")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    assert factory.GetROCIntegral(loader, "Forest") > 0.78  # 0.84 is the best
    response = TMVA.evaluate("dataset/weights/job_Forest.weights.xml", np.array([[2, -2], [-1, 1]], "f"))
    assert response[0] > 0.9 > 0.1 > response[1]
    assert "pickle" not in Path("dataset/weights/job_Forest.weights.xml").read_text()


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("<left>1 ", "<left>0 "),  # a node that is its own child
        lambda text: text.replace("<left>1 ", "<left>9999999 "),
        lambda text: text.replace("<left>1 ", "<left>one "),
        lambda text: text.replace("<threshold>", "<threshold>1.0 "),
        lambda text: text.replace('NTrees="2"', 'NTrees="3"'),
        lambda text: text.replace("<feature>", "<feature>7 ", 1).replace("<left>", "<left>1 ", 1),
    ],
)
def test_a_damaged_file_is_refused(damage):
    text = weight_text(trained(options="NTrees=2")[0])
    assert damage(text) != text
    with pytest.raises(WeightFileError):
        read_weight_file(damage(text))
    read_weight_file(text)


def test_mistakes_are_refused():
    with pytest.raises(OptionError, match="NTrees"):
        trained(options="NTrees=0")
    data = data_set("Classification")
    data.training.weight[0] = -1
    method = MethodMyForest("mine", data.info, "Classification", log=MessageLog("mine", silent=True))
    with pytest.raises(TrainingError, match="1 training events have a negative weight"):
        train_method(method, data)
