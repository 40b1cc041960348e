"""What output files show of a training: the estimators by epoch, and the weights."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tmva_py.histograms import Axis, FileObject, Histogram, Histogram2D
from tmva_py.methods.inputs import Doubles
from tmva_py.methods.mlp.training import Course, Look, Network

# Bins and range of the responses at a test.
_N_BINS, _RANGE = 100, 2.0


def training_objects(course: Course, network: Network) -> dict[str, FileObject]:
    """Return TMVA's histograms."""
    shown: dict[str, FileObject] = dict(_estimators(course, network))
    shown |= _weights("weights_hist", network, network.weights)
    for look in course.looks:
        shown |= _responses(look, network)
    for look in course.looks:
        name = f"EpochMonitoring/epochmonitoring___epoch_{look.epoch:04d}_weights_hist"
        if network.analysis_type != "Regression":
            shown |= _weights(name, network, look.weights)
    return shown


def _estimators(course: Course, network: Network) -> dict[str, FileObject]:
    rate = network.options["TestRate"]
    n_bins = network.options["NCycles"] // rate
    if n_bins < 1:
        return {}
    axis = Axis(n_bins, float(rate // 2), float(n_bins * rate + rate // 2))
    epochs = np.array(course.epochs, np.float64) + 1.0
    return {
        f"estimatorHist{name}": Histogram.fill(axis, epochs, np.array(values), title=f"{what} estimator")
        for name, what, values in (
            ("Train", "training", course.training),
            ("Test", "test", course.testing),
        )
    }


def _weights(name: str, network: Network, weights: Doubles) -> dict[str, FileObject]:
    """Return one histogram for each pair of layers; neurons with biases, which no synapse leads to."""
    shown: dict[str, FileObject] = {}
    matrices = network.shape.matrices(weights)
    for number, matrix in enumerate(matrices):
        n_next = matrix.shape[1] + (number + 1 < len(matrices))
        contents = np.zeros((n_next, len(matrix)))
        contents[: matrix.shape[1]] = matrix.T
        full_name = f"{name}{number}{number + 1}"
        x_axis, y_axis = (Axis(count, 0.0, float(count)) for count in (len(matrix), n_next))
        title = full_name.rpartition("/")[2]
        made = Histogram2D.of_values(x_axis, y_axis, contents, title=title)
        # ROOT counts the cells that are set.
        shown[full_name] = replace(made, entries=float(matrix.size))
    return shown


def _responses(look: Look, network: Network) -> dict[str, FileObject]:
    """Return the responses to signal and background at a test; for classes only."""
    if network.analysis_type == "Regression":
        return {}
    shown: dict[str, FileObject] = {}
    axis = Axis(_N_BINS, -_RANGE, _RANGE)
    for sample, outputs, kind in zip(look.samples, look.outputs, ("train", "test"), strict=True):
        for chosen, letter in ((sample.is_signal, "S"), (~sample.is_signal, "B")):
            name = f"convergencetest___mlp_{kind}_epoch_{look.epoch:04d}_{letter}"
            shown[f"EpochMonitoring/{name}"] = Histogram.fill(
                axis, outputs[chosen].astype(np.float32), sample.weight[chosen].astype(np.float32), title=name
            )
    return shown
