"""The correlation matrices of a data set, in percent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSetInfo
from tmva_py.histograms import Axis, Histogram2D


def whole_percents(correlations: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return correlations in percent, cut to whole numbers as in TMVA; there is no −0."""
    percents: npt.NDArray[np.float64] = np.trunc(100 * correlations) + 0.0
    return percents


def correlation_objects(info: DataSetInfo, analysis_type: str) -> dict[str, Histogram2D]:
    """Return the correlation matrices of a data set by name.

    Parameters
    ----------
    info : DataSetInfo
        With the matrices of its training events.
    analysis_type : str
        It decides on the names, as in TMVA: one matrix for a regression, ``S`` and ``B`` for two classes,
        one for each class otherwise.
    """
    labels = tuple(variable.title or variable.label for variable in info.variables)
    axis = Axis(len(labels), 0.0, float(len(labels)), labels=labels)
    objects: dict[str, Histogram2D] = {}
    for name, matrix in info.correlation_matrices.items():
        if analysis_type == "Multiclass":
            suffix, title = name, f"Correlation Matrix ({name})"
        elif analysis_type == "Regression":
            suffix, title = "", "Correlation Matrix"
        elif name in ("Signal", "Background"):
            suffix, title = name[0], f"Correlation Matrix ({name.lower()})"
        else:
            continue
        percent = whole_percents(matrix)
        shown = Histogram2D.of_values(axis, axis, percent, title=title, drawn_range=(-100.0, 100.0))
        # TMVA sets each cell, and once more when it is rounded; ROOT keeps errors from its scaling on.
        variances = np.pad(np.abs(matrix.astype(np.float32)).astype(np.float64) * 100.0**2, 1)
        objects[f"CorrelationMatrix{suffix}"] = replace(shown, entries=2 * shown.entries, variances=variances)
    return objects
