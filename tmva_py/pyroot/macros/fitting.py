"""Fitters for macros, whose estimators are C++."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.fitters import FITTERS, Interval
from tmva_py.message_log import MessageLog
from tmva_py.options import parse_option_string

_ESTIMATE = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_void_p, ctypes.POINTER(ctypes.c_double), ctypes.c_int)


def fit(
    kind: str,
    name: str,
    options: str,
    limits: Sequence[float],
    start: Sequence[float],
    function: int,
    target: int,
) -> list[float]:
    """Return the smallest value of an estimator, and the parameters there.

    Parameters
    ----------
    kind : str
        ``GA``, ``MC``, ``SA`` or ``MINUIT``.
    name, options : str
        As TMVA's fitters take them.
    limits : sequence of float
        For each parameter the smallest and the largest value and the number of bins.
    start : sequence of float
        Where to begin.
    function, target : int
        Addresses: of a function that takes `target`, parameters and their number, and of its first argument.
    """
    estimate = _ESTIMATE(function)

    def estimator(sets: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        rows = np.ascontiguousarray(sets, np.float64)
        pointers = (row.ctypes.data_as(ctypes.POINTER(ctypes.c_double)) for row in rows)
        return np.array([estimate(target, one, rows.shape[1]) for one in pointers])

    cls = FITTERS[kind]
    values: Any = parse_option_string(options, cls.options, owner=name)
    rows = np.reshape(limits, (-1, 3))
    ranges = [Interval(low, high, int(bins)) for low, high, bins in rows.tolist()]
    fitter = cls(values, log=MessageLog(name), owner=name)
    found = fitter.run(estimator, ranges, np.array(start) if any(start) else None)
    return [float(found.value), *found.parameters.tolist()]
