"""Events of arrays in a data loader, against the same events added as trees."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tmva_py.booking.data_loader import DataLoader
from tmva_py.errors import BookingError

RANDOM = np.random.default_rng(5)
X = RANDOM.normal(size=(60, 3))
Y = RANDOM.integers(0, 2, 60)
WEIGHT = RANDOM.uniform(0.5, 1.5, 60)
SPLIT = "SplitMode=Block:NormMode=None:!V"


def loader(name: str = "dataset") -> DataLoader:
    made = DataLoader(name)
    made.log.silent = True
    return made


def by_trees(classes: dict[str, Any], names: tuple[str, ...]) -> DataLoader:
    made = loader()
    for name in names:
        made.AddVariable(name)
    for class_name, chosen in classes.items():
        columns = {name: X[chosen, place] for place, name in enumerate(names)}
        made.AddTree({**columns, "w": WEIGHT[chosen]}, class_name)
        made.SetWeightExpression("w", class_name)
    return made


def assert_same(found: DataLoader, expected: DataLoader, split: str = SPLIT) -> None:
    for one in (found, expected):
        one.PrepareTrainingAndTestTree("", split)
    assert found.info.classes == expected.info.classes
    for sample in ("training", "testing"):
        ours, theirs = getattr(found.data_set(), sample), getattr(expected.data_set(), sample)
        for part in ("x", "targets", "weight", "class_index"):
            np.testing.assert_array_equal(getattr(ours, part), getattr(theirs, part))


TWO = {"Signal": Y == 1, "Background": Y == 0}


@pytest.mark.parametrize("y", [Y, Y.astype(bool), Y.astype(float), Y.tolist()])
def test_two_classes(y: Any) -> None:
    found = loader()
    found.AddArrays(X, y, WEIGHT)
    assert found.GetDataSetInfo().GetListOfVariables() == ["var0", "var1", "var2"]
    assert_same(found, by_trees(TWO, ("var0", "var1", "var2")))


def test_names_come_from_the_variables_or_are_given() -> None:
    found = loader()
    for name in "abc":
        found.AddVariable(name)
    found.AddArrays(X, Y, WEIGHT)
    assert_same(found, by_trees(TWO, tuple("abc")))
    found = loader()
    found.AddVariable("total := a + c")
    found.AddArrays(X, Y, names=list("abc"))
    found.PrepareTrainingAndTestTree("b > 0", SPLIT)
    data = found.data_set()
    kept = [X[chosen & (X[:, 1] > 0)] for chosen in TWO.values()]
    sums = np.sort(np.concatenate([one[:, 0] + one[:, 2] for one in kept]).astype(np.float32))
    seen = np.sort(np.concatenate([data.training.x[:, 0], data.testing.x[:, 0]]))
    # Of a class with an odd number of events the last one is in neither sample, as in TMVA.
    assert np.isin(seen, sums).all()
    assert len(sums) - len(seen) == sum(len(one) % 2 for one in kept)


@pytest.mark.parametrize(
    "columns",
    [
        pd.DataFrame(X, columns=list("abc")),
        dict(zip("abc", X.T, strict=True)),
        np.rec.fromarrays(list(X.T), names="a,b,c"),
    ],
    ids=["frame", "dict", "records"],
)
def test_columns_with_names(columns: Any) -> None:
    found = loader()
    found.AddArrays(columns, Y, WEIGHT)
    assert_same(found, by_trees(TWO, tuple("abc")))


def test_awkward_records_and_lists() -> None:
    ak = pytest.importorskip("awkward")
    found = loader()
    found.AddVariablesArray("v", 2)
    found.AddArrays(ak.zip({"v": ak.Array(X[:, :2].tolist())}, depth_limit=1), Y)
    found.PrepareTrainingAndTestTree("", SPLIT)
    first = X[Y == 1][0, :2].astype(np.float32)
    assert found.data_set().training.x[0].tolist() == first.tolist()


def test_several_classes_by_name_and_by_number() -> None:
    numbers = np.arange(60) % 3
    names = np.array(["top", "W", "QCD"])
    expected = {name: numbers == place for place, name in enumerate(names)}
    for y, classes in ((names[numbers], None), (names[numbers], names.tolist()), (numbers, names.tolist())):
        found = loader()
        found.AddArrays(X, y, WEIGHT, names=list("abc"), classes=classes)
        assert_same(found, by_trees(expected, tuple("abc")))


def test_targets() -> None:
    found = loader()
    found.AddArrays(X[:, :2], X[:, 2], WEIGHT, names=["a", "b"], targets=["t"])
    expected = loader()
    expected.AddVariable("a")
    expected.AddVariable("b")
    expected.AddTarget("t")
    expected.AddRegressionTree({"a": X[:, 0], "b": X[:, 1], "t": X[:, 2], "w": WEIGHT})
    expected.SetWeightExpression("w", "Regression")
    assert_same(found, expected)


def test_training_and_test_samples() -> None:
    found = loader()
    found.AddArrays(X[:40], Y[:40], treetype="Training")
    found.AddArrays(X[40:], Y[40:], treetype="Test")
    found.PrepareTrainingAndTestTree("", SPLIT)
    view = found.GetDataSetInfo().GetDataSet()
    assert (view.GetNTrainingEvents(), view.GetNTestEvents()) == (40, 20)


def test_a_column_called_weight_is_left_alone() -> None:
    found = loader()
    found.AddArrays(X[:, :2], Y, WEIGHT, names=["weight", "b"])
    assert found.GetDataSetInfo().GetWeightExpression(0) == "weight_"
    expected = by_trees(TWO, ("weight", "b"))
    assert_same(found, expected)


@pytest.mark.parametrize(
    ("arguments", "keywords", "message"),
    [
        ((X[0], Y), {}, r"expected an array of shape \(N, n\)"),
        ((X, Y[:5]), {}, r"60 events, but y has the shape \(5,\)"),
        ((X, Y, WEIGHT[:5]), {}, r"60 events, but the weights have the shape \(5,\)"),
        ((X, Y + 1), {}, r"expected y of 0 and 1 \(or names, or classes=\), got \[1, 2\]"),
        ((X, Y + 0.5), {}, "expected y of 0 and 1"),
        ((X, Y + 2), {"classes": ["a", "b"]}, "expected y of numbers below 2"),
        ((X, Y), {"names": ["a"]}, "3 columns and 1 different names"),
        ((X, Y), {"names": ["a", "a", "b"]}, "3 columns and 2 different names"),
        ((X, X), {}, "targets= is missing"),
        ((X, X), {"targets": ["t"]}, "y has 3 targets"),
        ((X, Y), {"names": list("abc"), "targets": ["a"]}, "none of a column"),
        ((X, ["a"] * 60), {"classes": ["b"]}, "y has the class 'a'"),
        (({"a": Y}, Y), {"names": ["a"]}, "names are for arrays without"),
    ],
)
def test_what_cannot_be_meant(arguments: Any, keywords: dict[str, Any], message: str) -> None:
    with pytest.raises(BookingError, match=message):
        loader().AddArrays(*arguments, **keywords)
