"""Booked methods among scikit-learn's tools."""

from __future__ import annotations

import pickle
from types import SimpleNamespace

import cut_method
import linear_method
import numpy as np
import pandas as pd
import pytest

pytest.importorskip("sklearn", "1.6")

from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import tmva_py as TMVA
from tmva_py.errors import BookingError, OptionError, UnknownNameError
from tmva_py.methods.weight_file import read_weight_file
from tmva_py.plugins import Registry, hookimpl
from tmva_py.sklearn import MethodClassifier

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(400, 3)).astype(np.float32)
Y = X[:, 0] + X[:, 1] ** 2 > 0.6
WEIGHT = RANDOM.uniform(0.5, 2, 400).astype(np.float32)
TREES = "NTrees=40:MaxDepth=3"
DL = (
    "RandomSeed=1:VarTransform=N:Layout=TANH|12,LINEAR:"
    "TrainingStrategy=LearningRate=1e-2,MaxEpochs=40,BatchSize=20,TestRepetitions=1"
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("method", "options"), [("BDT", TREES), ("DL", DL)])
def test_it_is_what_a_booking_trains(method, options):
    """The same events, weights and order: the same responses, bit for bit."""
    found = MethodClassifier(method, options, norm_mode="EqualNumEvents").fit(X, Y, sample_weight=WEIGHT)
    loader = TMVA.DataLoader("set")
    for name in ("x0", "x1", "x2"):
        loader.AddVariable(name)
    for name, chosen in (("Signal", Y), ("Background", ~Y)):
        columns = {f"x{number}": X[chosen, number] for number in range(3)}
        loader.AddTree({**columns, "w": WEIGHT[chosen]}, name, 1.0, "", "Training")
        loader.SetWeightExpression("w", name)
    # One event of each class, so that there is a test sample: the training events are the same.
    for chosen, name in ((Y, "Signal"), (~Y, "Background")):
        loader.AddTree(
            {**{f"x{n}": X[chosen][:1, n] for n in range(3)}, "w": WEIGHT[chosen][:1]}, name, 1.0, "", "Test"
        )
    factory = TMVA.Factory("job", "Silent:!ModelPersistence:!DrawProgressBar:AnalysisType=Classification")
    booked = factory.BookMethod(loader, method, "title", options)
    factory.TrainAllMethods()
    np.testing.assert_array_equal(found.trained_.evaluate(X), booked.trained.evaluate(X))
    np.testing.assert_array_equal(found.decision_function(X), booked.trained.evaluate(X) - found.threshold_)


def test_nothing_is_written_or_printed(folder, capfd):
    for method, options in (("BDT", TREES), ("DL", DL)):
        MethodClassifier(method, options).fit(X, Y).predict(X)
    assert list(folder.iterdir()) == []
    out, err = capfd.readouterr()
    assert out == ""
    # The first use of kernels is announced, once on a machine.
    assert [line for line in err.splitlines() if "compiling kernels for this processor" not in line] == []


def test_in_a_pipeline_a_cross_validation_and_a_grid_search():
    pipeline = make_pipeline(StandardScaler(), MethodClassifier("BDT", TREES))
    assert cross_val_score(pipeline, X, Y, cv=3).mean() > 0.8
    assert cross_val_score(pipeline, X, Y, cv=3, scoring="roc_auc").mean() > 0.88
    options = [f"NTrees={number}:MaxDepth=2" for number in (1, 40)]
    found = GridSearchCV(MethodClassifier("BDT"), {"options": options}, cv=2).fit(X, Y)
    assert found.best_params_ == {"options": options[1]}


def test_several_classes_where_the_method_can():
    x, number = load_iris(return_X_y=True)
    names = np.array(["Iris setosa", "Iris versicolor", "Iris virginica"])[number]
    # Of several classes, TMVA's trees all grow on the first one's residuals.
    found = MethodClassifier("BDT", "NTrees=50:BoostType=Grad:Shrinkage=0.2").fit(x, names)
    assert found.decision_function(x).shape == (150, 3)
    assert found.score(x, names) > 0.8
    assert MethodClassifier("DL", DL).fit(x, names).score(x, names) > 0.95
    assert found.trained_.info.classes == ["class0", "class1", "class2"]
    plain = MethodClassifier("BDT", "NTrees=50:BoostType=Grad:Shrinkage=0.2").fit(
        x, [one[5:] for one in names]
    )
    assert plain.trained_.info.classes == ["setosa", "versicolor", "virginica"]


class Squares(linear_method.LinearMethod):
    names, type_name = ("Squares",), "Squares"


class Windows(cut_method.CutMethod):
    names, type_name = ("Windows",), "Windows"


def test_a_plugin_s_method(monkeypatch):
    @hookimpl
    def tmva_py_methods():
        return [Squares, Windows]

    plugin = SimpleNamespace(__name__="ours", tmva_py_methods=tmva_py_methods)
    registry = Registry([plugin], load_entry_points=False)
    monkeypatch.setattr("tmva_py.sklearn.method.default_registry", lambda: registry)
    found = MethodClassifier("Squares").fit(X, Y)
    assert found.score(X, Y) > 0.6
    with pytest.raises(BookingError, match="Windows selects events and has no response"):
        MethodClassifier("Windows").fit(X, Y)


def test_a_method_for_two_classes_says_so(monkeypatch):
    x, number = load_iris(return_X_y=True)

    def can_handle(cls, analysis_type, n_classes, n_targets):
        return analysis_type == "Classification"

    monkeypatch.setattr("tmva_py.methods.bdt.method.MethodBDT.can_handle", classmethod(can_handle))
    with pytest.raises(BookingError, match="BDT is not capable of multiclass with 3 classes"):
        MethodClassifier("BDT").fit(x, number)
    assert not MethodClassifier("BDT").__sklearn_tags__().classifier_tags.multi_class


def test_feature_names_reach_the_method(folder):
    frame = pd.DataFrame(X, columns=["pt", "eta", "mass"])
    found = MethodClassifier("BDT", TREES).fit(frame, Y)
    assert [one.expression for one in found.trained_.info.variables] == ["pt", "eta", "mass"]
    with pytest.raises(ValueError, match="same order"):
        found.predict(frame[["eta", "pt", "mass"]])
    found.save("bdt.weights.xml")
    # The Reader's and any tree with these branches.
    np.testing.assert_array_equal(
        TMVA.evaluate("bdt.weights.xml", {name: frame[name].to_numpy() for name in frame}),
        found.trained_.evaluate(X),
    )
    assert read_weight_file("bdt.weights.xml").title == "BDT"
    odd = MethodClassifier("BDT", TREES).fit(frame.set_axis(["p T (GeV)", "eta", "weight"], axis=1), Y)
    assert [one.expression for one in odd.trained_.info.variables] == ["x0", "x1", "x2"]
    assert [one.title for one in odd.trained_.info.variables] == ["p T (GeV)", "eta", "weight"]
    taken = MethodClassifier("BDT", TREES).fit(frame.set_axis(["weight", "Weight_", "pi"], axis=1), Y)
    np.testing.assert_array_equal(
        taken.predict(frame.set_axis(["weight", "Weight_", "pi"], axis=1)), found.predict(frame)
    )


def test_weights_reach_the_method():
    heavy = np.where(X[:, 2] > 0, 20.0, 1.0)
    plain, weighted = (MethodClassifier("BDT", TREES).fit(X, Y, sample_weight=w) for w in (None, heavy))
    assert (weighted.trained_.evaluate(X) != plain.trained_.evaluate(X)).mean() > 0.9
    assert weighted.trained_.info.training_sum_signal_weights == heavy[Y].sum()
    assert weighted.trained_.info.training_sum_background_weights == heavy[~Y].sum()
    half = np.where(np.arange(400) < 200, 1.0, 0.0)
    some = MethodClassifier("BDT", TREES).fit(X, Y, sample_weight=half)
    first = MethodClassifier("BDT", TREES).fit(X[:200], Y[:200])
    np.testing.assert_array_equal(some.decision_function(X), first.decision_function(X))


def test_the_threshold():
    found = MethodClassifier("BDT", TREES).fit(X, Y)
    response = found.trained_.evaluate(X)
    accuracy = [((response > cut) == Y).mean() for cut in np.linspace(-1, 1, 401)]
    assert found.score(X, Y) >= max(accuracy)
    fixed = clone(found).set_params(threshold=0.0).fit(X, Y)
    assert fixed.threshold_ == 0
    np.testing.assert_array_equal(fixed.predict(X), response > 0)


def test_probabilities_by_calibration():
    found = CalibratedClassifierCV(MethodClassifier("BDT", TREES), cv=2).fit(X, Y)
    assert found.predict_proba(X).shape == (400, 2)


def test_pickled_with_its_forest():
    found = MethodClassifier("BDT", TREES).fit(X, Y)
    found.predict(X)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(found)).predict(X), found.predict(X))


def test_mistakes_are_told():
    with pytest.raises(UnknownNameError, match=r"unknown method 'BDTT'; did you mean 'BDT'\?"):
        MethodClassifier("BDTT").fit(X, Y)
    with pytest.raises(OptionError, match=r"did you mean 'NTrees'\?"):
        MethodClassifier("BDT", "NTreess=3").fit(X, Y)
    with pytest.raises(BookingError, match="read from weight files and not trained"):
        MethodClassifier("DNN").fit(X, Y)
