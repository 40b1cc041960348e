"""The split, the order and the weights of events are those that ROOT stored, event for event."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from golden import multiclass_on_macos

from tmva_py.booking.data_loader import DataLoader
from tmva_py.data import DataSet

MY_VARIABLES = ("myvar1 := var1+var2", "myvar2 := var1-var2", "var3", "var4")
TWO_SPECTATORS = ("spec1:=var1*2", "spec2:=var1*3")


@dataclass(frozen=True)
class Case:
    """One stored training: what was booked, and the C++ library of the machine that ran it."""

    name: str
    file: str
    trees: dict[str, str]
    variables: tuple[str, ...]
    options: str
    library: str
    spectators: tuple[str, ...] = ()
    target: str = ""
    weights: tuple[tuple[str, str], ...] = ()


CLASS_TREES = {"Signal": "TreeS", "Background": "TreeB"}
CASES = [
    Case(
        "train_class_example_ld_bdt",  # ROOT 6.06
        "tmva_class_example.root",
        CLASS_TREES,
        MY_VARIABLES,
        "nTrain_Signal=1000:nTrain_Background=1000:SplitMode=Random:NormMode=NumEvents:!V",
        "random_shuffle",
        TWO_SPECTATORS,
        weights=(("weight", "Background"),),
    ),
    Case(
        "train_class_example_fisher_likelihood",  # ROOT 5.32
        "tmva_class_example.root",
        CLASS_TREES,
        MY_VARIABLES,
        "nTrain_Signal=0:nTrain_Background=0:SplitMode=Random:NormMode=NumEvents:!V",
        "random_shuffle",
        TWO_SPECTATORS,
        weights=(("weight", "Background"),),
    ),
    Case(
        "train_regression_example",  # ROOT 6.10
        "tmva_reg_example.root",
        {"Regression": "TreeR"},
        ("var1", "var2"),
        "nTrain_Regression=1000:nTest_Regression=0:SplitMode=Random:NormMode=NumEvents:!V",
        "random_shuffle",
        TWO_SPECTATORS,
        "fvalue",
        (("var1", "Regression"),),
    ),
    Case(
        "train_fisher_decorr_gauss",  # ROOT 6.28 on macOS
        "tmva_class_example.root",
        CLASS_TREES,
        ("var1", "var2", "var3", "var4"),
        "nTrain_Signal=4000:nTrain_Background=4000:SplitMode=Random:NormMode=NumEvents:!V",
        "libc++",
    ),
]


def load(case: Case, shared: Path) -> DataSet:
    loader = DataLoader("dataset")
    loader.log.silent = True
    for variable in case.variables:
        loader.AddVariable(variable, "F")
    for spectator in case.spectators:
        loader.AddSpectator(spectator, "Spectator", "units", "F")
    if case.target:
        loader.AddTarget(case.target)
    for class_name, tree in case.trees.items():
        loader.AddTree(f"{shared}/data/{case.file}:{tree}", class_name)
    for expression, class_name in case.weights:
        loader.SetWeightExpression(expression, class_name)
    loader.PrepareTrainingAndTestTree("", f"{case.options}:SplitLibrary={case.library}")
    return loader.data_set()


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.name)
def pair(request: pytest.FixtureRequest, shared: Path) -> tuple[DataSet, dict[str, np.ndarray], Case]:
    case: Case = request.param
    with np.load(shared / "golden" / case.name / "train.npz") as stored:
        return load(case, shared), dict(stored), case


def test_training_events_are_in_roots_order(pair) -> None:
    dataset, stored, case = pair
    training = dataset.training
    np.testing.assert_array_equal(training.x, stored["X_train"].astype(np.float32))
    np.testing.assert_array_equal(training.class_index, stored["y_train"])
    if case.spectators:
        np.testing.assert_array_equal(training.spectators, stored["S_train"].astype(np.float32))
    if case.target:
        np.testing.assert_array_equal(training.targets, stored["T_train"].astype(np.float32))


def test_training_weights_are_roots(pair) -> None:
    dataset, stored, case = pair
    expected = stored["w_train"].astype(np.float32)
    weight = dataset.training.weight
    if case.name == "train_class_example_fisher_likelihood":
        # TMVA 4.1 took training and test events together for the factor, and scaled both samples by it.
        background = dataset.training.class_index == 1
        samples = (dataset.training, dataset.testing)
        every = np.concatenate([events.original_weight[events.class_index == 1] for events in samples])
        weight = np.where(background, dataset.training.original_weight * len(every) / every.sum(), 1.0)
        np.testing.assert_allclose(weight, expected, rtol=2e-7)
        return
    np.testing.assert_array_equal(weight.astype(np.float32), expected)


def test_test_events_are_in_roots_order(pair) -> None:
    """The stored test events are some of all, in their order: find each behind the one before it."""
    dataset, stored, case = pair
    testing = dataset.testing
    rows = [row.tobytes() for row in testing.x]
    places, place = [], -1
    for wanted in stored["X_test"].astype(np.float32):
        place = rows.index(wanted.tobytes(), place + 1)
        places.append(place)
    chosen = np.array(places)
    np.testing.assert_array_equal(testing.class_index[chosen], stored["y_test"])
    if case.name != "train_class_example_fisher_likelihood":
        np.testing.assert_array_equal(
            testing.weight[chosen].astype(np.float32), stored["w_test"].astype(np.float32)
        )
    if case.spectators:
        np.testing.assert_array_equal(testing.spectators[chosen], stored["S_test"].astype(np.float32))
    if case.target:
        np.testing.assert_array_equal(testing.targets[chosen], stored["T_test"].astype(np.float32))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_another_library_gives_another_order(case: Case, shared: Path) -> None:
    with np.load(shared / "golden" / case.name / "train.npz") as stored:
        expected = stored["X_train"].astype(np.float32)
    other = load(Case(**{**case.__dict__, "library": "libstdc++"}), shared)
    assert np.mean((other.training.x == expected).all(axis=1)) < 0.01


def test_multiclass_on_macos(shared: Path) -> None:
    """The stored test events of ROOT 6.33 are some of all, in their order, with their class."""
    testing = multiclass_on_macos(shared).data_set().testing
    with np.load(shared / "golden" / "multiclass_mlp_stored" / "events.npz") as stored:
        kept = stored["source"] == 0
        x, y = stored["X"][kept].astype(np.float32), stored["y"][kept]
    place_of = {row.tobytes(): place for place, row in enumerate(testing.x)}
    places = np.array([place_of[row.tobytes()] for row in x])
    np.testing.assert_array_equal(testing.class_index[places], y)
    assert (np.diff(places) > 0).all()
