"""How well one class is told from the others, and from each single one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tmva_py.evaluation.roc_curve import RocCurve


def one_versus_rest(
    response: npt.NDArray[np.floating],
    class_index: npt.NDArray[np.integer],
    weight: npt.NDArray[np.floating],
) -> list[RocCurve]:
    """Return for each class the ROC curve of its output, all other classes being background."""
    return [RocCurve(response[:, index], class_index == index, weight) for index in range(response.shape[1])]


def confusion_matrix(
    response: npt.NDArray[np.floating],
    class_index: npt.NDArray[np.integer],
    weight: npt.NDArray[np.floating],
    background_efficiency: float,
) -> npt.NDArray[np.float64]:
    """Return signal efficiencies of each class (row) against each other one (column), NaN on the diagonal.

    The cut is on the row's output, where the column's class has the background efficiency.
    """
    n_classes = response.shape[1]
    matrix = np.full((n_classes, n_classes), np.nan)
    for row in range(n_classes):
        for column in range(n_classes):
            if row != column:
                chosen = (class_index == row) | (class_index == column)
                curve = RocCurve(response[chosen, row], class_index[chosen] == row, weight[chosen])
                matrix[row, column] = curve.signal_efficiency_at(background_efficiency)
    return matrix
