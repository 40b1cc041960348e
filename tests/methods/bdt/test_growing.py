"""The first cut of a tree, against TMVA's rule written out event by event and cut by cut."""

from __future__ import annotations

import numpy as np
import pytest

from tmva_py.data import DataSet, DataSetInfo, Events, VariableInfo
from tmva_py.fitters.sorting import std_sort_order
from tmva_py.message_log import MessageLog
from tmva_py.methods.bdt.method import MethodBDT
from tmva_py.methods.training import train_method
from tmva_py.testing.method_checks import data_set


def on_a_lattice(kind: str, whole: bool) -> DataSet:
    """Return events whose values are where bins meet."""
    random = np.random.default_rng(8)
    n_events = 400
    values = random.integers(0, 22, n_events)
    x = (values if whole else values * 0.1).astype(np.float32)[:, None]
    class_index = (random.random(n_events) < 0.2 + 0.6 * (values > 8)).astype(np.int32)
    variable = VariableInfo("x")
    variable.type = kind
    info = DataSetInfo("dataset", [variable], classes=["Signal", "Background"])
    weight = np.ones(n_events)
    none = np.empty((n_events, 0), np.float32)
    events = Events(x, none, none, weight, weight, class_index)
    return DataSet(info, events, events)


def first_cut(data: DataSet, *, divides: bool, kind: str) -> tuple[float, float]:
    """Return the best cut and its gain with the index of Gini."""
    x = data.training.x[:, 0]
    signal = data.training.class_index == 0
    scale = np.where(signal, len(x) / 2 / signal.sum(), len(x) / 2 / (~signal).sum())
    low, high = float(x.min()), float(x.max())
    n_bins = int(high - low + 1) if kind == "I" else 21
    width = 1.0 if kind == "I" else (high - low) / n_bins
    sums = np.zeros((n_bins, 2))
    counts = np.zeros(n_bins)
    for value, is_signal, weight in zip(x.tolist(), signal.tolist(), scale.tolist(), strict=True):
        place = n_bins * (value - low) / (high - low) if divides else 1.0 / width * (value - low)
        one = min(n_bins - 1, max(0, int(place)))
        sums[one, 0 if is_signal else 1] += weight
        counts[one] += 1
    below, entries = np.cumsum(sums, axis=0), np.cumsum(counts)
    total = below[-1]

    def times_gini(s: float, b: float) -> float:
        return s * b / (s + b) if s > 0 and b > 0 else 0.0

    best, cut = -1.0, 0.0
    for place in range(n_bins - 1):
        (s, b), size = below[place], 0.05 * len(x)
        if min(entries[place], len(x) - entries[place], s + b, total.sum() - s - b) < size:
            continue
        gain = times_gini(*total) - times_gini(*(total - below[place])) - times_gini(s, b)
        if gain > best:
            best, cut = gain, low + (place + 1.0) * width
    return cut, best / total.sum()


@pytest.mark.parametrize("release", ["newest", "4.2"])
@pytest.mark.parametrize(("kind", "whole"), [("F", False), ("F", True), ("I", True), ("I", False)])
def test_values_where_bins_meet(release: str, kind: str, whole: bool) -> None:
    data = on_a_lattice(kind, whole)
    options = f"NTrees=1:MaxDepth=1:nCuts=20:MinNodeSize=5%:Release={release}:!UseYesNoLeaf"
    method = MethodBDT("BDT", data.info, "Classification", options, log=MessageLog("BDT", silent=True))
    trained = train_method(method, data)
    cut, gain = first_cut(data, divides=release == "4.2", kind=kind)
    assert trained.model.forest.cut[0] == np.float32(cut)
    tree = method.course.trees[0]
    np.testing.assert_allclose(np.sqrt(tree.importance[0]) / len(data.training), gain, rtol=1e-9)


def test_the_releases_differ_where_a_bin_is_one_number_wide() -> None:
    """Else this file would test nothing of them."""
    data = on_a_lattice("I", whole=False)
    assert first_cut(data, divides=True, kind="I") != first_cut(data, divides=False, kind="I")


def test_nodes_cut_on_a_discriminant_have_their_mean_target() -> None:
    """With Grad, TMVA gives such a node the first variable's sums, which are those of the node."""
    data = data_set("Classification")
    options = "NTrees=1:BoostType=Grad:MaxDepth=2:UseFisherCuts:MinLinCorrForFisher=0.0:SkipNormalization"
    method = MethodBDT("BDT", data.info, "Classification", options, log=MessageLog("BDT", silent=True))
    train_method(method, data)
    tree = method.course.trees[0]
    assert tree.variable[0] == len(data.info.variables)
    target = np.where(data.training.class_index == 0, 0.5, -0.5)
    assert tree.response[0] == pytest.approx(np.average(target, weights=data.training.weight), rel=1e-6)


def test_equal_values_are_in_the_order_of_std_sort() -> None:
    """With nCuts=-1 an event counts to what is below the cut before it, and equal ones have an order."""
    data = on_a_lattice("F", whole=True)
    options = "NTrees=1:MaxDepth=1:nCuts=-1:MinNodeSize=5%:!UseYesNoLeaf:SkipNormalization:Release=4.2"
    method = MethodBDT("BDT", data.info, "Classification", options, log=MessageLog("BDT", silent=True))
    trained = train_method(method, data)
    x, signal = data.training.x[:, 0], data.training.class_index == 0
    order = std_sort_order(x.tolist())
    assert order != np.argsort(x, kind="stable").tolist()
    total_s, total_b = float(signal.sum()), float((~signal).sum())

    def times_gini(s: float, b: float) -> float:
        return s * b / (s + b) if s > 0 and b > 0 else 0.0

    s = b = best = cut = 0.0
    for place, event in enumerate(order):
        s, b = s + signal[event], b + (not signal[event])
        step = x[event] - x[order[place - 1]] if place else 0.0
        if step == 0 or place < 0.05 * len(x) or len(x) - place < 0.05 * len(x):
            continue
        gain = times_gini(total_s, total_b) - times_gini(s, b) - times_gini(total_s - s, total_b - b)
        if gain > best:
            best, cut = gain, x[event] - 0.5 * step
    assert trained.model.forest.cut[0] == np.float32(cut)
    tree = method.course.trees[0]
    np.testing.assert_allclose(np.sqrt(tree.importance[0]), best, rtol=1e-9)
