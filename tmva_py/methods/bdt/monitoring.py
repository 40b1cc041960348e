"""What output files show of a training: weights, errors and sizes by tree, and how the forest got better."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSetInfo
from tmva_py.histograms import (
    PDF,
    Axis,
    Columns,
    FileObject,
    Graph,
    Histogram,
    Histogram2D,
    PDFSettings,
    pdf_roc_integral,
)
from tmva_py.methods.bdt.boosts.base import SMALLEST_BOOST
from tmva_py.methods.bdt.model import BDTModel
from tmva_py.methods.bdt.sample import Sample
from tmva_py.methods.bdt.settings import Settings
from tmva_py.methods.bdt.training import Course
from tmva_py.methods.inputs import Doubles, TrainingData


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
    model: BDTModel, course: Course, sample: Sample, data: TrainingData, n_trees: int
) -> dict[str, FileObject]:
    """Return what ``DoBoostMonitor`` shows after some trees.

    This is the ROC integral and the loss on the test sample, and the training events with their weights. The
    loss of a response r is (1 ∓ r)²/4 for signal and background, the mean over the events by weight.
    """
    info = data.info
    signal = data.testing.class_index == info.signal_class_index
    areas, losses = [], []
    objects: dict[str, FileObject] = {}
    counts = np.array([tree + 1.0 for tree in course.boosts])
    for tree, boost in course.boosts.items():
        response = model.first_trees(tree + 1).votes(data.testing.x)
        areas.append(_roc_integral(response, data.testing.weight, signal))
        deviation = (np.where(signal, 1.0, -1.0) - response) ** 2 / 4.0
        losses.append(float(np.average(deviation, weights=data.testing.weight)))
        objects |= _events_at(tree, boost, sample, info)
    frame = Axis(2, 0.0, float(n_trees), "#tree"), Axis(2, 0.0, 1.05, "ROC Integral")
    return objects | {
        "BoostMonitor": Histogram2D(*frame, np.zeros((4, 4)), title="ROC Integral Vs iTree"),
        "BoostMonitorGraph": Graph(counts, np.array(areas), "ROCIntegralVsNTrees"),
        "BoostMonitorLoss": Graph(counts, np.array(losses), "LossVsNTrees"),
    }


def _roc_integral(response: Doubles, weight: Doubles, signal: npt.NDArray[np.bool_]) -> float:
    """Return the area for the densities of the responses, in 100 bins."""
    axis = Axis(100, -1.0, 1.00001)
    densities = [
        PDF(Histogram.fill(axis, response[one], weight[one], in_single=True), PDFSettings("Spline3"))
        for one in (signal, ~signal)
    ]
    return pdf_roc_integral(*densities)


def _events_at(tree: int, boost: Doubles, sample: Sample, info: DataSetInfo) -> dict[str, FileObject]:
    """Return the distributions of the variables, and those of the factors that boosting has given."""
    found: dict[str, FileObject] = {}
    seen = np.maximum(boost, SMALLEST_BOOST)
    axis = Axis(100, 0.0, _upper_end(seen))
    for letter, kind, chosen in (("S", "Sig", sample.is_signal), ("B", "Bkg", ~sample.is_signal)):
        weight = (sample.weight * boost)[chosen]
        for number, (values, limits) in enumerate(zip(sample.columns, info.variables, strict=True)):
            name = f"{kind}Var{number}AtTree{tree}"
            of_variable = Axis(100, limits.minimum, limits.maximum)
            found[name] = Histogram.fill(of_variable, values[chosen], weight, in_single=True, title=name)
        name = f"BoostWeightsInTree{letter}{tree}"
        found[name] = Histogram.fill(axis, seen[chosen], in_single=True, title=name)
    return found


def _upper_end(boost: Doubles) -> float:
    """Return 1, or 1.01 times the last factor that, event after event, was above what there was before."""
    end, start = 1.0, 0
    while (above := boost[start:] > end).any():
        start += int(np.argmax(above)) + 1
        end = 1.01 * float(boost[start - 1])
    return end
