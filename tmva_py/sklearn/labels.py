"""Class labels of any type as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils.multiclass import check_classification_targets

from tmva_py.errors import DataError


def class_numbers(y: Any, weight: npt.NDArray[Any] | None) -> tuple[npt.NDArray[Any], npt.NDArray[np.intp]]:
    """Return the classes in order, and the number of each event's class.

    Raises
    ------
    DataError
        There is one class only, of the events whose weight is not 0.
    """
    check_classification_targets(y)
    classes, numbers = np.unique(y, return_inverse=True)
    n_found = len(classes) if weight is None else len(np.unique(numbers[weight != 0]))
    if n_found < 2:
        where = "" if n_found == len(classes) else " among the events whose weight is not 0"
        message = f"expected two classes or more, found {n_found} class{where}: {classes.tolist()[:5]}"
        raise DataError(message)
    return classes, numbers
