"""KNN: the neighbours found otherwise, kernels written out, equally far events, mistakes, damaged files."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tmva_py.backends import Backend, make_backend
from tmva_py.backends.numpy_backend import NumpyBackend
from tmva_py.data import DataSet
from tmva_py.errors import DataError, OptionError, TMVAWarning, TrainingError, WeightFileError
from tmva_py.message_log import MessageLog
from tmva_py.methods import TrainedMethod
from tmva_py.methods.knn.method import MethodKNN
from tmva_py.methods.knn.neighbours import Neighbours
from tmva_py.methods.training import train_method
from tmva_py.methods.weight_file import read_weight_file, weight_text
from tmva_py.testing import check
from tmva_py.testing.method_checks import data_set

Array = npt.NDArray[Any]
BACKENDS = (make_backend("cpu"), NumpyBackend("float32"))


def booked(options: str = "", analysis: str = "Classification") -> MethodKNN:
    info = data_set(analysis).info
    return MethodKNN("mine", info, analysis, options, log=MessageLog("mine", silent=True))


def trained(
    options: str = "", analysis: str = "Classification", data: DataSet | None = None
) -> TrainedMethod:
    return train_method(booked(options, analysis), data_set(analysis) if data is None else data)


def test_the_kits_checks() -> None:
    check("method", "KNN")


class Node:
    """A node of TMVA's search tree, as TMVA makes it."""

    def __init__(self, x: Array, event: int, level: int) -> None:
        self.variable = level % len(x)
        self.x, self.event, self.border = x, event, x[self.variable]
        self.level = level
        self.children: list[Node | None] = [None, None]

    def add(self, x: Array, event: int) -> None:
        side = int(x[self.variable] >= self.border)
        child = self.children[side]
        if child is None:
            self.children[side] = Node(x, event, self.level + 1)
        else:
            child.add(x, event)

    def visit(self, query: Array, found: list[tuple[np.float32, int]], count: int, weight: Array) -> None:
        if self.event >= 0 and weight[self.event] > 0:
            distance = np.float32(0)
            for one, other in zip(self.x, query, strict=True):
                distance += (one - other) * (one - other)
            if len(found) < count or distance < found[-1][0]:
                place = next((i for i, (far, _) in enumerate(found) if distance < far), len(found))
                found.insert(place, (distance, self.event))
                del found[count:]
        near = int(query[self.variable] >= self.border)
        for side in (near, 1 - near):
            child = self.children[side]
            if child is not None:
                child.visit(query, found, count, weight)


def tmvas_tree(x: Array, balance_depth: int) -> Node:
    n, n_variables = x.shape
    columns = np.sort(x, axis=0)
    root = Node(np.full(n_variables, columns[n // 2, 0]), -1, 0)
    level = [root]
    for depth in range(1, balance_depth):
        below, child = [], 1
        for parent in level:
            for side in (0, 1):
                value = columns[n * child // (2 * len(level) + 1), depth % n_variables]
                node = Node(np.full(n_variables, value), -1, depth)
                parent.children[side] = node
                below.append(node)
                child += 1
        level = below
    for event in range(n):
        root.add(x[event], event)
    return root


@pytest.mark.parametrize("backend", BACKENDS, ids=["compiled", "scipy"])
@pytest.mark.parametrize(
    ("n_points", "n_variables", "step"), [(300, 3, 0.0), (300, 3, 0.5), (120, 1, 0.25), (90, 2, 9.0)]
)
def test_equally_far_events_are_those_of_tmva(
    n_points: int, n_variables: int, step: float, backend: Backend
) -> None:
    """Beside a search by nodes; some variables are whole numbers, some weights are not above 0."""
    random = np.random.default_rng(7)

    def draw(n: int) -> Array:
        x = random.normal(size=(n, n_variables))
        return (np.round(x / step) * step if step else x).astype(np.float32)

    x, queries, weight = draw(n_points), draw(40), random.normal(2.0, 1.0, n_points)
    queries[0], queries[1] = 1e30, np.inf
    tree = tmvas_tree(x, 6)
    with np.errstate(over="ignore"):
        expected = []
        for query in queries:
            found: list[tuple[np.float32, int]] = []
            tree.visit(query, found, 12, weight)
            expected.append(found)
    numbers, distances = Neighbours(x, weight > 0, 6).nearest(queries, 12, backend)
    np.testing.assert_array_equal(numbers, [[event for _, event in one] for one in expected])
    np.testing.assert_array_equal(distances, [[far for far, _ in one] for one in expected])


@pytest.mark.parametrize("backend", BACKENDS, ids=["compiled", "scipy"])
@pytest.mark.parametrize(("n_points", "n_variables"), [(3, 1), (33, 2), (1000, 4), (5000, 8)])
def test_neighbours_are_the_nearest(n_points: int, n_variables: int, backend: Backend) -> None:
    random = np.random.default_rng(2)
    x = random.normal(size=(n_points, n_variables)).astype(np.float32)
    queries = random.normal(size=(300, n_variables)).astype(np.float32) * 2
    count = min(n_points, 17)
    numbers, distances = Neighbours(x, np.ones(n_points, bool), 6).nearest(queries, count, backend)
    exact = ((queries[:, None, :].astype(float) - x) ** 2).sum(axis=2)
    np.testing.assert_allclose(distances, np.sort(exact, axis=1)[:, :count], rtol=1e-5)
    np.testing.assert_allclose(np.take_along_axis(exact, numbers, axis=1), distances, rtol=1e-5)


@pytest.mark.oracle
@pytest.mark.parametrize("analysis", ["Classification", "Regression"])
def test_scikit_learns_neighbours(analysis: str) -> None:
    from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

    data = data_set(analysis)
    found = trained("nkNN=15:UseWeight=F:ScaleFrac=0", analysis)
    events, x = data.training, data.testing.x
    if analysis == "Classification":
        other = KNeighborsClassifier(15).fit(events.x, events.class_index)
        expected = other.predict_proba(x)[:, 0]
    else:
        expected = KNeighborsRegressor(15).fit(events.x, events.targets.astype(float)).predict(x)
    np.testing.assert_allclose(found.evaluate(x), expected, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("kernel", ["Gaus", "Poln"])
@pytest.mark.parametrize("scaled", [False, True])
def test_kernels_written_out(kernel: str, scaled: bool) -> None:
    data = data_set("Classification")
    method = trained(f"nkNN=12:UseKernel:Kernel={kernel}:SigmaFact=1.3:ScaleFrac={0.8 if scaled else 0}")
    model: Any = method.model
    x = data.testing.x[:40]
    widths = model.scaling.widths
    stored = (data.training.x / widths).astype(np.float32).astype(float)
    expected = []
    for query in x:
        far = ((stored - (query / widths).astype(np.float32)) ** 2).sum(axis=1)
        near = np.argsort(far)[:14]
        used = near[:12]
        weight = data.training.weight[used].copy()
        if kernel == "Poln":
            weight *= (1 - np.sqrt(far[used] / far[used].max()) ** 3).clip(0) ** 3
        else:
            # TMVA's query has no unit here.
            away = stored[used] - query
            sigma = 1.3 * np.sqrt((away**2).mean(axis=0))
            weight *= np.exp(-(away**2 / (2 * sigma**2)).sum(axis=1))
        expected.append(weight[data.training.class_index[used] == 0].sum() / weight.sum())
    np.testing.assert_allclose(method.evaluate(x), expected, rtol=1e-4, atol=1e-6)


def test_the_unit_of_a_variable() -> None:
    """Beside TMVA's loop over the sorted values."""
    data = data_set("Classification")
    for fraction in (0.05, 0.29, 0.8, 0.999, 1.0):
        model: Any = trained(f"ScaleFrac={fraction}").model
        percent = int(100 * fraction)
        first, last = (100 - percent) // 2, 100 - (100 - percent) // 2
        n = len(data.training)
        for column, width in zip(data.training.x.T, model.scaling.widths, strict=True):
            values = np.sort(column).astype(float)
            low = next((i for i in range(n) if 100 * i // n == first), None)
            high = next((i for i in range(n) if 100 * i // n == last), None)
            if low is None or high is None:
                low, high = 0, n - 1
            assert width == values[high] - values[low]


def test_trimming_keeps_the_first_events() -> None:
    data = data_set("Classification")
    signal = np.flatnonzero(data.training.class_index == 0)
    fewer = np.sort(np.concatenate([signal[:200], np.flatnonzero(data.training.class_index == 1)]))
    data = dataclasses.replace(data, training=data.training.select(fewer))
    model: Any = trained("Trim", data=data).model
    kinds = model.kind[model._kept]
    assert np.count_nonzero(kinds == 1) == np.count_nonzero(kinds == 2) == 200
    assert model._kept[-1] < len(fewer) - 1
    assert len(model.x) == len(fewer)


def test_local_discriminant() -> None:
    data = data_set("Classification")
    method = trained("UseLDA:nkNN=60")
    model: Any = method.model
    x = data.testing.x
    found = method.evaluate(x)
    plain = trained("nkNN=60").evaluate(x)
    assert np.corrcoef(found, plain)[0, 1] > 0.8
    # Written out for one event.
    stored = (data.training.x / model.scaling.widths).astype(np.float32).astype(float)
    query = (x[5] / model.scaling.widths).astype(np.float32).astype(float)
    near = np.argsort(((stored - query) ** 2).sum(axis=1))[:62]
    parts = [stored[near[data.training.class_index[near] == index]] for index in (0, 1)]
    pooled = sum((part - part.mean(axis=0)).T @ (part - part.mean(axis=0)) for part in parts) / 60
    density = []
    for part in parts:
        away = query - part.mean(axis=0)
        density.append(len(part) * np.exp(-0.5 * away @ np.linalg.inv(pooled) @ away))
    assert found[5] == pytest.approx(density[0] / sum(density), rel=1e-5)
    far = np.array([[1e6, 0, 0], [-1e6, 0, 0], [np.inf, 0, 0]], np.float32)
    assert np.isfinite(method.evaluate(far)).all()


def test_numbers_that_cannot_be() -> None:
    with pytest.warns(TMVAWarning, match="kNN must be a positive integer: set kNN = 10"):
        assert booked("nkNN=0").option_values["nkNN"] == 10
    with pytest.warns(TMVAWarning, match="ScaleFrac can not be negative: set ScaleFrac = 0"):
        assert booked("ScaleFrac=-1").option_values["ScaleFrac"] == 0
    with pytest.warns(TMVAWarning, match="BalanceDepth must be a positive integer: set BalanceDepth = 6"):
        assert booked("BalanceDepth=0").option_values["BalanceDepth"] == 6
    assert booked("ScaleFrac=2").option_values["ScaleFrac"] == 1
    with pytest.raises(OptionError, match="Kernel does not have predefined value: 'Box'"):
        booked("Kernel=Box")


def with_training(data: DataSet, chosen: Any, **changes: Any) -> DataSet:
    return dataclasses.replace(data, training=dataclasses.replace(data.training.select(chosen), **changes))


def test_events_that_cannot_answer() -> None:
    data = data_set("Classification")
    with pytest.raises(TrainingError, match="nkNN=700 needs 702 events of positive weight, there are 600"):
        trained("nkNN=700")
    few = np.arange(90)
    with pytest.raises(TrainingError, match="ScaleFrac needs 100 events, there are 90; ScaleFrac=0 leaves"):
        trained("", data=with_training(data, few))
    assert np.isfinite(trained("ScaleFrac=0", data=with_training(data, few)).evaluate(data.testing.x)).all()
    x = data.training.x.copy()
    x[:590, 1] = 3.0
    constant = with_training(data, np.arange(600), x=x)
    with pytest.raises(TrainingError, match=r"80% of the events have the same value of variable number 1"):
        trained("", data=constant)
    method = trained("ScaleFrac=0:UseKernel:nkNN=5", data=constant)
    with pytest.raises(DataError, match="a variable has the same value in event 0 and all that are near it"):
        method.evaluate([[0.0, 3.0, 0.0]])
    x[:, :] = 1.0
    same = with_training(data, np.arange(600), x=x)
    method = trained("ScaleFrac=0:UseKernel:Kernel=Poln", data=same)
    with pytest.raises(DataError, match="all nearest events of event 0 are at its own place"):
        method.evaluate([[1.0, 1.0, 1.0]])
    with pytest.raises(DataError, match="the nearest events of event 0 have no weight"):
        method.evaluate([[2.0, 1.0, 1.0]])


def test_events_without_positive_weight_are_kept_but_not_found() -> None:
    data = data_set("Classification")
    weight = data.training.weight.copy()
    weight[::3] *= -0.01
    negative = with_training(data, np.arange(600), weight=weight)
    method, other = (trained(options, data=negative) for options in ("", "IgnoreNegWeightsInTraining"))
    assert weight_text(method).count("<Event") == 600
    assert weight_text(other).count("<Event") == 400
    model: Any = method.model
    numbers, _ = model._neighbours.nearest(model.scaling.apply(data.testing.x), 22, BACKENDS[0])
    assert (weight[numbers] > 0).all()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('NVar="3" NTgt', 'NVar="4" NTgt', "NVar='4', expected 3"),
        ('NEvents="600"', 'NEvents="601"', "NEvents='601', but there are 600 events"),
        ('Type="1"', 'Type="3"', "expected Type 1 or 2 and finite numbers, found Type 3"),
        ('<Event Type="1"', '<Other Type="1"', "NEvents='600'"),
        ('name="nkNN" modified="No">20', 'name="nkNN" modified="No">800', "needs 802 events"),
        ('name="nkNN" modified="No">20', 'name="nkNN" modified="No">-3', "must be above 0"),
    ],
)
def test_damaged_files(old: str, new: str, message: str) -> None:
    text = weight_text(trained())
    assert old in text
    changed = text.replace(old, new)
    if "<Other" in new:
        changed = "\n".join(
            line.replace("</Event>", "</Other>") if "<Other" in line else line for line in changed.split("\n")
        )
    with pytest.raises(WeightFileError, match=message):
        read_weight_file(changed)


def test_targets_are_transformed_back() -> None:
    data = data_set("Regression")
    plain, transformed = (trained(options, "Regression") for options in ("", "VarTransform=N(_T_)"))
    np.testing.assert_allclose(
        transformed.evaluate(data.testing.x), plain.evaluate(data.testing.x), rtol=1e-5
    )
