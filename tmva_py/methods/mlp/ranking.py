"""How important variables are to a network."""

from __future__ import annotations

import numpy as np

from tmva_py.data import DataSetInfo, Events
from tmva_py.methods.inputs import Doubles
from tmva_py.methods.mlp.network import NetworkShape


def importance(
    shape: NetworkShape, weights: Doubles, training: Events, info: DataSetInfo
) -> list[tuple[str, float]]:
    """Return Σ w² of each variable's synapses, times the larger of mean and spread of its values, squared.

    Means and spreads are those of signal and of background, averaged, after the transformations.
    """
    first = shape.matrices(weights)[0][:-1]
    is_signal = training.class_index == info.signal_class_index
    means, spreads = [], []
    for chosen in (is_signal, ~is_signal):
        w, x = training.weight[chosen, None], training.x[chosen].astype(np.float64)
        with np.errstate(all="ignore"):
            mean = (w * x).sum(0) / w.sum()
            means.append(np.abs(mean))
            spreads.append(np.abs(np.sqrt((w * x * x).sum(0) / w.sum() - mean * mean)))
    mean, spread = (sum(values) / 2.0 for values in (means, spreads))
    size = np.where(mean < spread, spread, mean)
    values = (first * first).sum(axis=1) * size * size
    return [(variable.label, float(value)) for variable, value in zip(info.variables, values, strict=True)]
