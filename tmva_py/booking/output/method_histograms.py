"""The histograms of an evaluated method, by analysis type, in TMVA's order and under TMVA's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSetInfo, Events
from tmva_py.evaluation import ClassificationEvaluation, RocCurve, WorkingPointEvaluation
from tmva_py.histograms import Axis, FileObject, Graph, Histogram, Histogram2D

Objects = dict[str, FileObject]
Response = npt.NDArray[np.float32]

MULTICLASS_MARGIN = 0.0002
N_DEVIATION_BINS = 50
N_SQUARE_BINS = 500
KEPT_QUANTILE = 0.9


def classification_objects(
    title: str,
    evaluation: ClassificationEvaluation,
    beside: Mapping[str, npt.NDArray[np.floating]] | None = None,
) -> Objects:
    """Return the histograms of a two-class method by name.

    `beside` has further quantities of the test events, between 0 and 1, by their part of the name.
    """
    stem = f"MVA_{title}"
    objects: Objects = {}

    def add_responses(ending: str, *, training: bool = False, fine: bool = False) -> None:
        pair = evaluation.response_histograms(training=training, fine=fine)
        for letter, histogram in zip("SB", pair, strict=True):
            name = f"{stem}_{ending.format(letter)}"
            objects[name] = histogram.with_titles(name)

    def add(name: str, curve: Histogram, shown: str, x_title: str = "", y_title: str = "") -> None:
        objects[f"{stem}_{name}"] = curve.with_titles(shown, x_title, y_title)

    add_responses("{}")
    for quantity, values in (beside or {}).items():
        pair = evaluation.test_histograms(values, 0.0, 1.0)
        for letter, histogram in zip("SB", pair, strict=True):
            name = f"{stem}_{quantity}_{letter}"
            objects[name] = histogram.with_titles(name)
    add_responses("{}_high", fine=True)
    add("effS", evaluation.efficiencies.signal, f"{stem} (signal)")
    add("effB", evaluation.efficiencies.background, f"{stem} (background)")
    curve = evaluation.curve
    add("effBvsS", curve.background_efficiency, stem, "Signal eff", "Backgr eff")
    add("rejBvsS", curve.rejection, stem, "Signal eff", "Backgr rejection (1-eff)")
    add("invBeffvsSeff", curve.inverse, stem, "Signal eff", "Inverse backgr. eff (1/eff)")
    add_responses("Train_{}", training=True)
    add("trainingEffS", evaluation.training_efficiencies.signal, f"{stem} (signal)")
    add("trainingEffB", evaluation.training_efficiencies.background, f"{stem} (background)")
    add("trainingEffBvsS", evaluation.training_curve.background_efficiency, stem)
    add("trainingRejBvsS", evaluation.training_curve.rejection, stem)
    return objects


def working_point_objects(title: str, evaluation: WorkingPointEvaluation) -> Objects:
    """Return the histograms of a method that selects events at working points, by name."""
    stem = f"MVA_{title}"
    return {
        f"{stem}_effS": evaluation.signal_efficiency.with_titles(f"{stem} (signal)"),
        f"{stem}_effB": evaluation.background_efficiency.with_titles(f"{stem} (background)"),
        f"{stem}_effBvsS": evaluation.curve.with_titles(stem, "Signal eff", "Backgr eff"),
        f"{stem}_rejBvsS": evaluation.rejection.with_titles(stem, "Signal eff", "Backgr rejection (1-eff)"),
        f"{stem}_trainingEffBvsS": evaluation.training_background_efficiency.with_titles(stem),
        f"{stem}_trainingRejBvsS": evaluation.training_rejection.with_titles(stem),
    }


def multiclass_objects(
    title: str, sample: str, response: Response, events: Events, classes: Sequence[str], n_bins: int
) -> Objects:
    """Return response histograms and rejection curves of a multiclass method on one sample.

    Parameters
    ----------
    title : str
        The method's.
    sample : {"Test", "Train"}
        Part of the names.
    response : ndarray of float32, shape (N, n_classes)
        Outputs.
    events : Events
        The sample.
    classes : sequence of str
        Names by index.
    n_bins : int
        Bins of the response histograms.
    """
    stem = f"MVA_{title}_{sample}"
    objects: Objects = {}
    weight = events.weight.astype(np.float32)
    # TMVA holds the ends as floats.
    axis = Axis(n_bins, float(np.float32(-MULTICLASS_MARGIN)), float(np.float32(1 + MULTICLASS_MARGIN)))
    for i, true_class in enumerate(classes):
        chosen = events.class_index == i
        for j, output in enumerate(classes):
            name = f"{stem}_{output}_prob_for_{true_class}"
            filled = Histogram.fill(axis, response[chosen, j], weight[chosen], with_errors=True, title=name)
            objects[name] = filled.normalised()
    for i, signal in enumerate(classes):
        curve = RocCurve(response[:, i], events.class_index == i, events.weight)
        objects[f"{stem}_rejBvsS_{signal}"] = _graph(curve, f"{stem}_{signal}")
    for i, signal in enumerate(classes):
        for j, background in enumerate(classes):
            if i != j:
                chosen = (events.class_index == i) | (events.class_index == j)
                curve = RocCurve(response[chosen, i], events.class_index[chosen] == i, events.weight[chosen])
                pair = f"{signal}_vs_{background}"
                objects[f"{stem}_1v1rejBvsS_{pair}"] = _graph(curve, f"{stem}_{pair}")
    return objects


def regression_objects(
    title: str, sample: str, response: Response, events: Events, info: DataSetInfo
) -> Objects:
    """Return the deviations of a regression on one sample.

    Parameters
    ----------
    title : str
        The method's.
    sample : {"test", "train"}
        Part of the names.
    response : ndarray of float32, shape (N, n_targets)
        Outputs.
    events : Events
        The sample, untransformed.
    info : DataSetInfo
        Titles and ranges of variables and targets.
    """
    stem = f"MVA_{title}{sample}"
    objects: Objects = {}
    # Where a network answers with no number, the other events still have their histograms.
    finite = np.asarray(np.isfinite(response).all(axis=1))
    if not finite.any():
        return objects
    if not finite.all():
        response, events = response[finite], events.select(finite)
    deviation = (response - events.targets).astype(np.float32)
    blocks = (("var", info.variables, events.x), ("tgt", info.targets, events.targets))
    for short, infos, values in blocks:
        for i, one in enumerate(infos):
            x_axis = _widened(
                min(one.minimum, float(values[:, i].min())),
                max(one.maximum, float(values[:, i].max())),
                one.title,
            )
            for j, target in enumerate(info.targets):
                name = f"{stem}_reg_{short}{i}_rtgt{j}"
                y = deviation[:, j]
                y_title = f"{target.title}_{{regression}} - {target.title}_{{true}}"
                y_axis = _widened(float(y.min()), float(y.max()), y_title)
                objects[name] = Histogram2D.fill(x_axis, y_axis, values[:, i], y, title=name)
    weight = events.weight.astype(np.float32)
    for j in range(len(info.targets)):
        squared = deviation[:, j] * deviation[:, j]
        whole = _squares(squared, weight, float(squared.max()))
        limit = _quantile(whole, KEPT_QUANTILE)
        kept = squared <= limit
        best = _squares(squared[kept], weight[kept], limit)
        for part, filled in (("Quadr_Deviation", whole), ("Quadr_Dev_best90perc", best)):
            name = f"{stem}_{part}_target_{j}_"
            objects[name] = filled.with_titles(name, "Quadratic Deviation", "Weighted Entries")
    return objects


def _graph(curve: RocCurve, title: str) -> Graph:
    return Graph(curve.sensitivity, curve.specificity, title)


def _widened(low: float, high: float, title: str) -> Axis:
    """Return an axis that reaches one bin beyond both ends, rounded to float32 where TMVA rounds."""
    margin = 1.01 * float(np.float32(abs(high - low) / (N_DEVIATION_BINS - 1)))
    ends = float(np.float32(low - margin)), float(np.float32(high + margin))
    return Axis.around(N_DEVIATION_BINS, *ends, title)


def _squares(squared: Response, weight: Response, limit: float) -> Histogram:
    axis = Axis.around(N_SQUARE_BINS, 0.0, float(np.float32(np.float32(limit) * 1.1)))
    return Histogram.fill(axis, squared, weight)


def _quantile(histogram: Histogram, fraction: float) -> float:
    """Return the quantile of a histogram, linear within its bin; 0 if it has no content."""
    inside, axis = histogram.values, histogram.axis
    total = float(inside.sum())
    if not total > 0:
        return 0.0
    cumulative = np.concatenate([[0.0], np.cumsum(inside) / total])
    below = int(np.searchsorted(cumulative, fraction, side="right")) - 1
    step = float(cumulative[below + 1] - cumulative[below])
    part = (fraction - float(cumulative[below])) / step if step > 0 else 0.0
    return axis.minimum + axis.bin_width * (below + part)
