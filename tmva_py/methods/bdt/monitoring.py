"""What output files show of a training: weights, errors and sizes by tree, and how the forest got better."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tmva_py.data import Events
from tmva_py.evaluation import RocCurve
from tmva_py.histograms import Axis, Columns, FileObject, Graph, Histogram
from tmva_py.methods.bdt.model import BDTModel
from tmva_py.methods.bdt.settings import Settings
from tmva_py.methods.bdt.training import Course

# After how many trees the forest is monitored: every so many trees (second) below a number of them (first).
_STEPS = ((20, 5), (50, 10), (150, 25), (250, 50), (500, 100), (1000, 250))
_LAST_STEP = 500


def training_objects(course: Course, settings: Settings, data_set_name: str) -> dict[str, FileObject]:
    """Return TMVA's histograms and its tree ``MonitorNtuple``."""
    is_multiclass = settings.analysis_type == "Multiclass"
    numbers = np.arange(0 if is_multiclass else len(course.trees), dtype=np.int32)
    ntuple = Columns(
        {
            "iTree": numbers,
            "boostWeight": np.array(course.shown_weights, np.float64)[: len(numbers)],
            "errorFraction": np.array(course.errors, np.float64)[: len(numbers)],
        },
        title="BDT variables",
    )
    if is_multiclass:
        return {"MonitorNtuple": ntuple}
    is_regression = settings.analysis_type == "Regression"
    title = "Boost event weights distribution" if is_regression else "AdaBooost weight distribution"
    axis = Axis(100, 0.0, 1.0 if is_regression else 30.0, "boost weight")
    is_adaptive = settings["BoostType"] not in ("Grad", "Bagging")
    is_shown = np.array(course.is_shown) & is_adaptive
    weights = np.array(course.shown_weights)
    if is_regression and is_adaptive:
        weights = 1.0 / weights
    weights, errors = (np.where(is_shown, values, 0.0) for values in (weights, np.array(course.errors)))
    n_bins = settings["NTrees"]
    return {
        "MonitorNtuple": ntuple,
        f"{data_set_name}_BoostWeight": Histogram.fill(axis, np.array(course.factors, float), title=title),
        "BoostWeightVsTree": _by_tree(n_bins, weights, "Boost weights vs tree", "boost weight"),
        "ErrFractHist": _by_tree(n_bins, errors, "error fraction vs tree number", "error fraction"),
        f"{data_set_name}_NodesBeforePruning": _by_tree(
            n_bins, course.nodes_before_pruning, "nodes before pruning", "#tree nodes"
        ),
        f"{data_set_name}_NodesAfterPruning": _by_tree(
            n_bins, course.nodes_after_pruning, "nodes after pruning", "#tree nodes"
        ),
    }


def _by_tree(n_bins: int, values: object, title: str, y_title: str) -> Histogram:
    filled = np.zeros(n_bins)
    given = np.asarray(values, np.float64)
    filled[: len(given)] = given
    return Histogram.of_values(
        Axis(n_bins, 0.0, float(n_bins), "#tree"), filled, title=title, y_title=y_title
    )


def progress_objects(
    model: BDTModel, testing: Events, is_signal: npt.NDArray[np.bool_]
) -> dict[str, FileObject]:
    """Return the ROC integral and the loss on the test sample after some numbers of trees.

    The loss of a response r is (1 ∓ r)²/4 for signal and background, the mean over the events by weight.
    """
    signal = is_signal
    counts, areas, losses = [], [], []
    for count in monitored_counts(len(model.forest)):
        response = model.first_trees(count).answers(testing.x)
        counts.append(float(count))
        areas.append(RocCurve(response, signal, testing.weight).area)
        deviation = (np.where(signal, 1.0, -1.0) - response) ** 2 / 4.0
        losses.append(float(np.average(deviation, weights=testing.weight)))
    x = np.array(counts)
    return {
        "BoostMonitorGraph": Graph(x, np.array(areas), "ROCIntegralVsNTrees"),
        "BoostMonitorLoss": Graph(x, np.array(losses), "LossVsNTrees"),
    }


def monitored_counts(n_trees: int) -> Iterator[int]:
    """Yield the numbers of trees after which TMVA looks at the test sample."""
    for number in range(n_trees):
        step = next((step for below, step in _STEPS if number < below), _LAST_STEP)
        if number % step == 0 or number == n_trees - 1:
            yield number + 1
