"""``DataLoader.VarTransform``: a data set of the variables that vary enough."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tmva_py.data.specification import DataSpecification
from tmva_py.errors import BookingError
from tmva_py.options.cpp_numbers import read_float

if TYPE_CHECKING:
    from tmva_py.data.events import DataSet
    from tmva_py.message_log import MessageLog

NAME = "vt_transformed_dataset"
"""TMVA's name of the data set that is made."""

_DEFINITION = re.compile(r"\s*VT\s*(?:\((?P<threshold>[^)]*)\))?\s*")


def threshold_of(definition: str) -> float:
    """Return the threshold of ``"VT(1.5)"``, 0 of ``"VT"``.

    Raises
    ------
    BookingError
        It is another text.
    """
    match = _DEFINITION.fullmatch(definition)
    text = "" if match is None else (match["threshold"] or "0").strip()
    found = read_float(text)
    if match is None or not found.length:
        message = f"VarTransform: expected 'VT' or 'VT(1.5)', the least variance, got {definition!r}"
        raise BookingError(message)
    return float(found.value)


def variances(data_set: DataSet) -> npt.NDArray[np.float64]:
    """Return the variance of each variable, of the weighted training events."""
    x, weight = data_set.training.x.astype(np.float64), data_set.training.weight
    mean = weight @ x / weight.sum()
    found: npt.NDArray[np.float64] = weight @ (x - mean) ** 2 / weight.sum()
    return found


def selected(
    specification: DataSpecification, data_set: DataSet, threshold: float, log: MessageLog
) -> DataSpecification:
    """Return the same trees, classes, weights and cuts with the variables above a threshold.

    Raises
    ------
    BookingError
        None of them is.
    """
    info = specification.info
    values = variances(data_set)
    chosen = [copy.copy(one) for one, value in zip(info.variables, values, strict=True) if value > threshold]
    if not chosen:
        message = (
            f"VarTransform: no variable has a variance above {threshold:g}; the largest is {values.max():g}"
        )
        raise BookingError(message)
    width = max(len(one.expression) for one in info.variables) + 16
    line = "-" * 64
    log.info(f"Number of variables before transformation: {len(info.variables)}")
    log.info(f"Selecting variables whose variance is above threshold value = {threshold:g}")
    log.info(f"{line}\n{'Selected Variables':<{width}}Variance\n{line}")
    for one, value in zip(info.variables, values, strict=True):
        if value > threshold:
            log.info(f"{one.expression:<{width}}{value:.5g}")
    log.info(line)
    log.info(f"Number of variables after transformation: {len(chosen)}")
    part = replace(info, name=NAME, variables=chosen, classes=list(info.classes), correlation_matrices={})
    return specification.part(part, "")
