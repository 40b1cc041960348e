"""Networks among scikit-learn's tools."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("sklearn", "1.6")

from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import tmva_py
from tmva_py.errors import DataError, OptionError, ShapeError, UnknownNameError
from tmva_py.network import Network, NetworkBuilder
from tmva_py.sklearn import NetworkClassifier, NetworkRegressor

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(300, 4))
Y = X[:, 0] + X[:, 1] ** 2 > 0.6
QUICK = {"max_epochs": 30, "learning_rate": 0.02, "random_state": 1}


def test_in_a_pipeline_and_a_cross_validation():
    pipeline = make_pipeline(StandardScaler(), NetworkClassifier("TANH|12,LINEAR", **QUICK))
    for scoring in ("accuracy", "roc_auc", "neg_log_loss"):
        scores = cross_val_score(pipeline, X * [1, 1, 100, 1e-3], Y, cv=3, scoring=scoring)
        assert scores.shape == (3,)
        assert scores.mean() > {"accuracy": 0.85, "roc_auc": 0.92, "neg_log_loss": -0.4}[scoring]


def test_in_a_grid_search():
    grid = {"network": ["TANH|2,LINEAR", "TANH|12,LINEAR"], "learning_rate": [1e-5, 0.02]}
    found = GridSearchCV(NetworkClassifier(**QUICK), grid, cv=2).fit(X, Y, sample_weight=np.ones(len(X)))
    assert found.best_params_["learning_rate"] == 0.02
    assert found.best_score_ > 0.8


def test_the_network_is_the_project_s_own():
    found = NetworkClassifier("TANH|5,LINEAR", **QUICK).fit(X, Y)
    assert isinstance(found.network_, Network)
    np.testing.assert_array_equal(found.predict_proba(X)[:, 1], found.network_.predict(X)[:, 0])
    np.testing.assert_allclose(found.predict_proba(X).sum(axis=1), 1, rtol=1e-15)
    np.testing.assert_array_equal(found.predict(X), found.network_.predict(X)[:, 0] > 0.5)
    assert found.n_iter_ == len(found.history_.epochs) == 30
    by_hand = Network.from_layout("TANH|5,LINEAR", input_layout="1|1|4", seed=found.network_.seed)
    by_hand.fit(X, Y, batch_size=32, max_epochs=30, learning_rate=0.02, validation=30, convergence_steps=20)
    np.testing.assert_array_equal(by_hand.predict(X), found.network_.predict(X))


def test_labels_of_any_type():
    x, number = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[number]
    found = NetworkClassifier("TANH|8,LINEAR", **QUICK).fit(x, names)
    assert found.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert found.predict_proba(x).shape == (150, 3)
    assert found.score(x, names) > 0.9
    assert set(found.predict(x)) == set(names)
    two = NetworkClassifier("TANH|8,LINEAR", **QUICK).fit(X, np.where(Y, "b", "a"))
    assert two.score(X, np.where(Y, "b", "a")) > 0.85


def test_a_network_made_by_a_function():
    seen = []

    def recurrent(n_features, n_outputs, seed):
        seen.append((n_features, n_outputs))
        return NetworkBuilder((4, n_features // 4), seed=seed).gru(4).dense(n_outputs)

    found = NetworkClassifier(recurrent, **QUICK).fit(np.repeat(X, 2, axis=1), Y)
    assert seen == [(8, 1)]
    assert found.network_.input_shape == (4, 2)
    assert found.score(np.repeat(X, 2, axis=1), Y) > 0.85
    assert clone(found).network is recurrent
    sequence = NetworkClassifier("GRU|4|2|4,DENSE|1|LINEAR", input_layout="4|2", **QUICK)
    assert sequence.fit(np.repeat(X, 2, axis=1), Y).network_.input_shape == (4, 2)


def test_a_function_that_gives_something_else():
    def too_wide(n_features, n_outputs, seed):
        return NetworkBuilder(n_features).dense(n_outputs + 1)

    def nothing(n_features, n_outputs, seed):
        return None

    with pytest.raises(ShapeError, match="4 inputs and 2 outputs, expected 4 and 1"):
        NetworkClassifier(too_wide).fit(X, Y)
    with pytest.raises(OptionError, match="expected a Network or a NetworkBuilder"):
        NetworkClassifier(nothing).fit(X, Y)
    with pytest.raises(OptionError, match="expected a layout, such as"):
        NetworkClassifier(network=3).fit(X, Y)
    with pytest.raises(UnknownNameError, match="did you mean 'DENSE'"):
        NetworkClassifier("DNSE|3").fit(X, Y)


def test_weights_count():
    x = np.zeros((400, 1))
    y = np.arange(400) % 2 == 1
    weight = np.where(y, 3.0, 1.0)
    found = NetworkClassifier("LINEAR", batch_size=None, max_epochs=300, learning_rate=0.05, random_state=1)
    # Nothing tells the classes apart but their weights: the best answer is 3/4.
    found.fit(x, y, sample_weight=weight)
    np.testing.assert_allclose(found.predict_proba(x)[0, 1], 0.75, atol=0.03)
    # A common factor changes nothing beyond rounding, and negative weights are taken.
    scaled = clone(found).fit(x, y, sample_weight=1e3 * weight)
    np.testing.assert_allclose(scaled.predict_proba(x), found.predict_proba(x), rtol=1e-4)
    some_negative = np.where(np.arange(400) % 20 == 0, -1.0, 1.0)
    assert clone(found).fit(x, y, sample_weight=some_negative).predict_proba(x)[0, 1] > 0.5


def test_columns_are_checked_by_name():
    frame = pd.DataFrame(X, columns=["pt", "eta", "phi", "mass"])
    found = NetworkClassifier("LINEAR", **QUICK).fit(frame, Y)
    assert found.feature_names_in_.tolist() == ["pt", "eta", "phi", "mass"]
    with pytest.raises(ValueError, match="same order"):
        found.predict(frame[["eta", "pt", "phi", "mass"]])
    with pytest.raises(ValueError, match="missing:\n- mass"):
        found.predict(frame[["pt", "eta", "phi"]])


def test_regression_of_one_and_of_several_targets():
    target = X[:, 0] - 2 * X[:, 1]
    one = NetworkRegressor("TANH|16,LINEAR", **QUICK).fit(X, target)
    assert one.predict(X).shape == (300,)
    assert one.score(X, target) > 0.95
    both = np.column_stack([target, X[:, 2]])
    two = NetworkRegressor("TANH|16,LINEAR", **QUICK).fit(X, both)
    assert two.predict(X).shape == (300, 2)
    assert two.score(X, both) > 0.9
    assert cross_val_score(one, X, target, cv=2).min() > 0.9


def test_what_was_trained_can_be_kept(tmp_path):
    found = NetworkClassifier("TANH|5,LINEAR", **QUICK).fit(X, Y)
    again = pickle.loads(pickle.dumps(found))
    np.testing.assert_array_equal(again.predict_proba(X), found.predict_proba(X))
    found.network_.save(tmp_path / "net.weights.xml")
    responses = tmva_py.evaluate(tmp_path / "net.weights.xml", X)
    np.testing.assert_allclose(responses, found.predict_proba(X)[:, 1], rtol=1e-6)


def test_mistakes_are_told():
    with pytest.raises(DataError, match=r"expected two classes or more, found 1 class: \[1\]"):
        NetworkClassifier().fit(X, np.ones(len(X), int))
    with pytest.raises(DataError, match="among the events whose weight is not 0"):
        NetworkClassifier().fit(X, Y, sample_weight=np.where(Y, 1.0, 0.0))
    with pytest.raises(NotFittedError):
        NetworkClassifier().predict(X)


def test_without_scikit_learn_the_error_says_what_to_install():
    code = "import sys; sys.modules['sklearn'] = None\nimport tmva_py.sklearn"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "tmva_py.errors.MissingExtraError: scikit-learn 1.6 or later is needed for tmva_py.sklearn and is "
        "not installed; install it with: pip install 'tmva-py[sklearn]'"
    )


def test_nothing_else_imports_scikit_learn():
    code = "import sys, tmva_py, tmva_py.booking.factory, tmva_py.network; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
