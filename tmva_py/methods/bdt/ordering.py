"""The order of events by a variable, as TMVA's sorting leaves it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.fitters.sorting import std_sort_order

Array = npt.NDArray[Any]


def order_by(values: Array, *others: Array) -> npt.NDArray[np.intp]:
    """Return the places that sort values, equal ones as ``std::sort`` leaves them, which takes its time.

    `others` is what else there is of the events, (n,) or (n, k): where events of equal values are alike in
    all of it, any order will do.
    """
    order = np.argsort(values, kind="stable")
    tied = np.flatnonzero(values[order][1:] == values[order][:-1])
    if not any((one[order[tied]] != one[order[tied + 1]]).any() for one in others):
        return order
    return np.array(std_sort_order(values.tolist()), np.intp)
