"""``DataLoader`` in TMVA's spelling: every overload, and what is said when a call cannot be meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tmva_py.booking.data_loader import DataLoader
from tmva_py.data import TreeType
from tmva_py.errors import BookingError, DataError, OptionError, TMVAWarning, UnknownNameError

TREE = {"x": np.arange(10.0), "y": np.arange(10.0) ** 2, "w": np.full(10, 2.0)}


class Text:
    """A TString, or with `GetTitle` a TCut."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text


class TCut(Text):
    def GetTitle(self) -> str:
        return self.text

    def __str__(self) -> str:
        return "CUT"


@pytest.fixture
def loader() -> DataLoader:
    result = DataLoader("dataset")
    result.log.silent = True
    return result


def two_classes(loader: DataLoader) -> DataLoader:
    loader.AddVariable("x")
    loader.AddSignalTree(TREE)
    loader.AddBackgroundTree(TREE)
    return loader


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("a",), ("a", "a", "", "F", None)),
        (("a", "D"), ("a", "a", "", "D", None)),
        (("a", "F", -1, 2.5), ("a", "a", "", "F", (-1, 2.5))),
        (("a", "Title", "GeV", "I"), ("a", "Title", "GeV", "I", None)),
        (("a", "T", "", "F", 0, 1), ("a", "T", "", "F", (0, 1))),
        (("a", "Title", "GeV"), ("a", "Title", "GeV", "F", None)),
        ((Text("l := a * b"), Text("Title"), Text("u"), Text("F")), ("l", "Title", "u", "F", None)),
    ],
)
@pytest.mark.parametrize("kind", ["variables", "spectators"])
def test_variables(
    loader: DataLoader, kind: str, arguments: tuple[Any, ...], expected: tuple[Any, ...]
) -> None:
    (loader.AddVariable if kind == "variables" else loader.AddSpectator)(*arguments)
    (one,) = getattr(loader.info, kind)
    assert (one.label, one.title, one.unit, one.type) == expected[:4]
    if expected[4]:
        assert (one.minimum, one.maximum) == expected[4]


@pytest.mark.parametrize("letter", ["i", "L", "S", "b", "O"])
def test_types_of_branches_are_types_of_variables(loader: DataLoader, letter: str) -> None:
    loader.AddVariable("n", letter)
    loader.AddSpectator("k", "number", "", letter)
    loader.AddVariablesArray("a", 2, letter)
    assert [one.type for one in (*loader.info.variables, *loader.info.spectators)] == [letter] * 4


def test_wrong_variables(loader: DataLoader) -> None:
    with pytest.raises(BookingError, match=r"type is 'F', 'D' or 'I' \(or another of F, .*\), got 'Q'"):
        loader.AddVariable("x", "Q")
    with pytest.raises(BookingError, match=r"expected \(expression, type, min, max\) or"):
        loader.AddVariable("x", "F", 0, 1, 2)
    loader.AddVariable("x")
    with pytest.warns(TMVAWarning, match="'x' is added to data set 'dataset' a second time"):
        loader.AddVariable(" x ")


def test_arrays_targets_and_info(loader: DataLoader) -> None:
    loader.AddVariablesArray("vars_time0", 3)
    loader.SetInputVariables(["a", "b := c"])
    loader.AddTarget("t", "Target", "mm")
    loader.AddRegressionTarget("u")
    info = loader.GetDataSetInfo()
    names = info.GetListOfVariables()
    assert names == ["vars_time0[0]", "vars_time0[1]", "vars_time0[2]", "a", "b"]
    assert names.size() == info.GetNVariables() == 5
    assert (info.GetNTargets(), info.GetNSpectators(), info.GetNClasses()) == (2, 0, 0)
    assert info.GetVariableInfo(4).GetExpression() == "c"
    assert info.GetTargetInfo(0).GetTitle() == "Target"
    assert loader.GetName() == info.GetName() == "dataset"
    assert DataLoader().GetName() == "default"


def test_trees(loader: DataLoader) -> None:
    loader.AddTree(TREE, "Zero", 2.0, "x>1", "Training")
    loader.AddTree(TREE, Text("One"), 1.0, TCut("x<5"), 1)
    loader.AddSignalTree(TREE, 0.5, "train and TEST")
    loader.AddBackgroundTree(TREE)
    loader.AddRegressionTree(TREE, 3, TreeType.TESTING)
    loader.SetTree(TREE, "Zero", 4.0)
    loader.SetSignalTree(TREE)
    loader.SetBackgroundTree(TREE, 7)
    entries = [
        (one.class_name, one.weight, one.cut, one.tree_type.name) for one in loader.specification.trees
    ]
    assert entries == [
        ("Zero", 2.0, "x>1", "TRAINING"),
        ("One", 1.0, "x<5", "TESTING"),
        ("Signal", 0.5, "", "UNASSIGNED"),
        ("Background", 1.0, "", "UNASSIGNED"),
        ("Regression", 3.0, "", "TESTING"),
        ("Zero", 4.0, "", "UNASSIGNED"),
        ("Signal", 1.0, "", "UNASSIGNED"),
        ("Background", 7.0, "", "UNASSIGNED"),
    ]
    assert loader.GetDataSetInfo().GetClassNames() == ["Zero", "One", "Signal", "Background", "Regression"]
    assert loader.GetDataSetInfo().GetSignalClassIndex() == 2


def test_wrong_trees(loader: DataLoader) -> None:
    with pytest.raises(BookingError, match="a tree is for 'train', 'test' or 'train and test', got 'both'"):
        loader.AddTree(TREE, "Signal", 1.0, "", "both")
    with pytest.raises(BookingError, match=r"expected a tree type .* got 7"):
        loader.AddTree(TREE, "Signal", 1.0, "", 7)
    with pytest.raises(BookingError, match="expected a number as weight of a tree, got 'x'"):
        loader.AddTree(TREE, "Signal", "x")
    with pytest.raises(DataError, match="empty pointer"):
        loader.AddSignalTree(None)


def test_input_trees(loader: DataLoader) -> None:
    loader.SetInputTrees(TREE, TREE, 2.0, 3.0)
    loader.SetInputTrees(TREE, TREE)
    loader.SetInputTrees(TREE, "x<5", TCut("x>=5"))
    entries = [(one.class_name, one.weight, one.cut) for one in loader.specification.trees]
    assert entries == [
        ("Signal", 2.0, ""),
        ("Background", 3.0, ""),
        ("Signal", 1.0, ""),
        ("Background", 1.0, ""),
        ("Signal", 1.0, "x<5"),
        ("Background", 1.0, "x>=5"),
    ]


def test_weights_and_cuts(loader: DataLoader) -> None:
    loader.AddTree(TREE, "A")
    loader.SetWeightExpression("w")
    loader.SetWeightExpression("w*w", "A")
    loader.SetSignalWeightExpression("x")
    loader.SetBackgroundWeightExpression("y")
    assert loader.specification.weight_expressions == {"Signal": "x", "Background": "y", "A": "w*w"}
    loader.AddCut("x>1", "A")
    loader.AddCut(TCut("y>2"))
    assert loader.specification.cuts == {"A": "(x>1)&&(y>2)", "Signal": "y>2", "Background": "y>2"}
    loader.SetCut("x>7", "A")
    assert loader.specification.cuts["A"] == "x>7"
    with pytest.warns(TMVAWarning, match=r"class 'Late' is new, so the cut 'y>2' .* does not apply to it"):
        loader.AddTree(TREE, "Late")


NUMBERS = "nTrain_Signal=3:nTrain_Background=4:nTest_Signal=1:nTest_Background=2"
FORMS: list[tuple[Callable[[DataLoader], None], dict[str, str], str]] = [
    (lambda d: d.PrepareTrainingAndTestTree("x>0", "V"), {"Signal": "x>0", "Background": "x>0"}, "V"),
    (lambda d: d.PrepareTrainingAndTestTree(TCut(""), Text("V")), {}, "V"),
    (lambda d: d.PrepareTrainingAndTestTree("x>0"), {"Signal": "x>0", "Background": "x>0"}, ""),
    (lambda d: d.PrepareTrainingAndTestTree("x>0", "x<9", "V"), {"Signal": "x>0", "Background": "x<9"}, "V"),
    (
        lambda d: d.PrepareTrainingAndTestTree("", "", nTrain_Signal=3.0, SplitMode="Random", V=False),
        {},
        "nTrain_Signal=3.0:SplitMode=Random:!V",
    ),
    (lambda d: d.PrepareTrainingAndTestTree("x>0", V=True), {"Signal": "x>0", "Background": "x>0"}, "V"),
    (
        lambda d: d.PrepareTrainingAndTestTree("x>0", 3, 4, 1, 2),
        {"Signal": "x>0", "Background": "x>0"},
        f"{NUMBERS}:SplitMode=Random:!V",
    ),
    (lambda d: d.PrepareTrainingAndTestTree("", 3, 4, 1, 2, "!V"), {}, f"{NUMBERS}:!V"),
]


@pytest.mark.parametrize(("call", "cuts", "options"), FORMS)
def test_prepare(
    loader: DataLoader, call: Callable[[DataLoader], None], cuts: dict[str, str], options: str
) -> None:
    call(two_classes(loader))
    assert loader.specification.cuts == cuts
    assert loader.specification.split_options == options
    assert len(loader.data_set().training) >= 6


def test_wrong_prepare(loader: DataLoader) -> None:
    two_classes(loader)
    with pytest.raises(BookingError, match="sets the option EqualTrainSample, which TMVA no longer has"):
        loader.PrepareTrainingAndTestTree("", 100, -1)
    with pytest.raises(BookingError, match="got 3 arguments and keywords; expected"):
        loader.PrepareTrainingAndTestTree("", "", "V", V=True)
    loader.PrepareTrainingAndTestTree("", "nTrain_Signl=3")
    with pytest.raises(OptionError, match="nTrain_Signl"):
        loader.data_set()


def test_events_one_by_one(loader: DataLoader) -> None:
    loader.AddVariable("a+b")
    loader.AddVariablesArray("v", 2)
    loader.AddTarget("t")
    loader.AddSpectator("s")
    loader.AddSignalTrainingEvent([0.1, 1, 2, 3, 4], 2.0)
    loader.AddSignalTestEvent([1, 2, 3, 4, 5])
    loader.AddBackgroundTrainingEvent([5, 6, 7, 8, 9])
    loader.AddBackgroundTestEvent([6, 7, 8, 9, 10], 0.1)
    loader.AddTrainingEvent("Signal", [7, 8, 9, 10, 11])
    loader.AddTestEvent("Background", [8, 9, 10, 11, 12])
    loader.AddEvent("Signal", "test", np.arange(5.0))
    loader.PrepareTrainingAndTestTree("", "SplitMode=Block:NormMode=None:!CalcCorrelations")
    data = loader.data_set()
    np.testing.assert_array_equal(data.training.x, np.array([[0.1, 1, 2], [7, 8, 9], [5, 6, 7]], np.float32))
    np.testing.assert_array_equal(data.training.targets[:, 0], [3, 10, 8])
    np.testing.assert_array_equal(data.training.spectators[:, 0], [4, 11, 9])
    np.testing.assert_array_equal(data.training.weight, [2, 1, 1])
    np.testing.assert_array_equal(data.testing.x[:, 0], [1, 0, 6, 8])
    np.testing.assert_array_equal(data.testing.weight, np.array([1, 1, 0.1, 1], np.float32))
    assert loader.specification.trees[0].tree.name == "TrainAssignTree_Signal"
    with pytest.raises(
        BookingError, match=r"expected 5 values \(3 variables, 1 targets, 1 spectators\), got 2"
    ):
        loader.AddSignalTrainingEvent([1, 2])
    with pytest.raises(BookingError, match="for training or for testing"):
        loader.AddEvent("Signal", TreeType.UNASSIGNED, [1, 2, 3, 4, 5])


def test_trees_for_training_and_for_testing(loader: DataLoader) -> None:
    loader.AddVariable("x")
    loader.AddTree(TREE, "Signal", 1.0, "x<4", "Training")
    loader.AddTree(TREE, "Signal", 1.0, "x>=4", "Test")
    loader.PrepareTrainingAndTestTree("", "SplitMode=Block")
    data = loader.data_set()
    assert data.training.x[:, 0].tolist() == [0, 1, 2, 3]
    assert data.testing.x[:, 0].tolist() == [4, 5, 6, 7, 8, 9]


def test_the_data_set_is_built_once_and_after_changes(loader: DataLoader) -> None:
    first = two_classes(loader).data_set()
    assert loader.data_set() is first
    assert first.info is loader.info
    loader.AddVariable("y")
    assert loader.data_set().training.x.shape[1] == 2


def test_correlations(loader: DataLoader) -> None:
    two_classes(loader).AddVariable("y")
    matrix = loader.GetCorrelationMatrix("Signal")
    x = loader.data_set().training
    chosen = x.x[x.class_index == 0].astype(float)
    expected = np.corrcoef(chosen, rowvar=False)[0, 1]
    np.testing.assert_allclose(np.asarray(matrix)[0, 1], expected, rtol=1e-10)
    assert matrix.GetBinContent(1, 2) == np.trunc(100 * expected)
    assert (matrix.GetNbinsX(), matrix.GetName()) == (2, "CorrelationMatrixSignal")
    with pytest.raises(UnknownNameError, match="no class 'Signl'; did you mean 'Signal'"):
        loader.GetCorrelationMatrix("Signl")
    loader.PrepareTrainingAndTestTree("", "!CalcCorrelations")
    with pytest.raises(DataError, match="prepared with !CalcCorrelations"):
        loader.GetCorrelationMatrix("Signal")


def test_copy_has_the_trees_alone(loader: DataLoader) -> None:
    copy = two_classes(loader).MakeCopy("other")
    assert copy.GetName() == "other"
    assert [one.class_name for one in copy.specification.trees] == ["Signal", "Background"]
    assert copy.GetDataSetInfo().GetNVariables() == 0
    copy.AddVariable("y")
    assert len(copy.data_set().training) == 10
    assert loader.GetDataSetInfo().GetListOfVariables() == ["x"]


def test_branches_named_like_a_constant_win_over_it(loader: DataLoader) -> None:
    """A branch ``pi`` that is not 3.14…: in a variable, a spectator, a weight, and cuts of both kinds."""
    x = np.linspace(-1, 1, 100)
    pi = np.linspace(5, 9, 100)
    loader.AddVariable("x*pi")
    loader.AddVariable("area := 2*pi", "F")
    loader.AddSpectator("pi-e")
    for name in ("Signal", "Background"):
        loader.AddTree({"x": x, "pi": pi, "e": pi / 2}, name, 1.0, "pi<8.9")
        loader.SetWeightExpression("pi", name)
    loader.PrepareTrainingAndTestTree(
        "x*pi>4*x", "nTrain_Signal=20:nTrain_Background=20:NormMode=None:!Correlations"
    )
    data_set = loader.data_set()
    kept = (x > 0) & (pi < 8.9)
    for one in ("Signal", "Background"):
        index = data_set.info.classes.index(one)
        found = np.concatenate([s.x[s.class_index == index] for s in (data_set.training, data_set.testing)])
        expected = np.stack([x * pi, 2 * pi], axis=1)[kept].astype(np.float32)
        np.testing.assert_array_equal(found[np.argsort(found[:, 1])], expected)
    for sample in (data_set.training, data_set.testing):
        np.testing.assert_allclose(sample.weight, sample.x[:, 1] / 2, rtol=1e-7)
        np.testing.assert_allclose(sample.spectators[:, 0], sample.x[:, 1] / 4, rtol=1e-7)
