"""Applying a method that was read from a weight file, as TMVA's Reader does."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import TMVAWarning
from tmva_py.methods.base import MethodBase
from tmva_py.methods.event_input import Floats, events_array
from tmva_py.methods.weight_file import read_weight_file

if TYPE_CHECKING:
    from tmva_py.plugins import Registry

NAN_RESPONSE = -999.0
"""What a classifier's Reader answers when a variable is not a number."""


def evaluate(
    weight_file: str | os.PathLike[str] | MethodBase, events: Any, *, registry: Registry | None = None
) -> npt.NDArray[np.float64]:
    """Return the responses of the method in a weight file.

    Parameters
    ----------
    weight_file : path, str with XML, or MethodBase
        The weight file; or what `tmva_py.methods.weight_file.read_weight_file` made of it, which saves
        reading it again.
    events : array_like, mapping, frame or tree
        Shape (N, n_variables) in the file's order; columns by expression, label or internal name; or a tree
        in any form, from whose branches the variables' expressions are computed.
    registry : Registry, optional
        Where names in the file are looked up.

    Returns
    -------
    ndarray of float64
        (N,) for a classifier; (N, n_classes) for several classes, (N, n_targets) for regression.

    Raises
    ------
    WeightFileError, WeightFileNotFoundError, UnknownNameError
        The file cannot be read, or its method is not available.
    ShapeError, DataError, ExpressionError
        The events do not fit the file.

    Warns
    -----
    TMVAWarning
        A variable is not a number; a classifier answers −999 there, as TMVA's Reader does.
    """
    method = weight_file if isinstance(weight_file, MethodBase) else read_weight_file(weight_file, registry)
    return responses(method, events_array(events, method.info.variables))


def responses(method: MethodBase, x: Floats, *, stacklevel: int = 3) -> npt.NDArray[np.float64]:
    """Return the responses to untransformed variables, with TMVA's answer where one is not a number.

    Parameters
    ----------
    method : MethodBase
        Trained or read from a file.
    x : ndarray of float32, shape (N, n_variables)
        Variables in the order of the file.
    stacklevel : int
        Whose line a warning shows.
    """
    found, nan = responses_and_gaps(method, x)
    if nan.any():
        event = int(np.argmax(nan))
        warnings.warn(
            gap_message(method, x[event], event, int(nan.sum()), len(x)), TMVAWarning, stacklevel=stacklevel
        )
    return found


def responses_and_gaps(
    method: MethodBase, x: Floats
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return the responses, and which events have a variable that is not a number.

    Parameters
    ----------
    method, x
        As for `responses`.
    """
    nan: npt.NDArray[np.bool_] = np.asarray(np.isnan(x).any(axis=1))
    with np.errstate(all="ignore"):  # what overflows gives ROOT's infinities and NaN
        if method.analysis_type != "Classification" or not nan.any():
            return method.evaluate(x), nan
        result = np.full(len(x), NAN_RESPONSE)
        result[~nan] = method.evaluate(x[~nan])
        return result, nan


def gap_message(method: MethodBase, x: Floats, event: int, n_gaps: int, n_events: int) -> str:
    """Return the text of the warning about variables that are not numbers.

    Parameters
    ----------
    method : MethodBase
        The method.
    x : ndarray of float32, shape (n_variables,)
        The variables of the first such event.
    event, n_gaps, n_events : int
        Its number, the number of such events, and of all.
    """
    names = [one.label for one, gap in zip(method.info.variables, np.isnan(x), strict=True) if gap]
    classifier = method.analysis_type == "Classification"
    answer = f"the response is {NAN_RESPONSE:g}" if classifier else "the response may be anything"
    return (
        f"{method.type_name} {method.title!r}: {n_gaps} of {n_events} events have a variable that is not a "
        f"number ({', '.join(names[:5])} in event {event}); {answer} there"
    )
