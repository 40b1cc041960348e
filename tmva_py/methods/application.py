"""Applying a method that was read from a weight file, as TMVA's Reader does."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import warn
from tmva_py.methods.event_input import Floats, events_array, spectators_array
from tmva_py.methods.inputs import Doubles, Responses
from tmva_py.methods.releases import NEWEST
from tmva_py.methods.trained_method import TrainedMethod
from tmva_py.methods.weight_file import read_weight_file
from tmva_py.plugins import Registry

NAN_RESPONSE = -999.0
"""What a classifier's Reader answers when a variable is not a number."""

NO_ERROR = -1.0
"""TMVA's error of a response that has none."""


def evaluate(
    weight_file: str | os.PathLike[str] | TrainedMethod,
    events: Any,
    *,
    spectators: npt.ArrayLike | None = None,
    working_point: float | None = None,
    registry: Registry | None = None,
    release: str = NEWEST,
    trust: bool = False,
) -> Doubles:
    """Return the responses of the method in a weight file.

    Parameters
    ----------
    weight_file : path, str with XML, or TrainedMethod
        The weight file; or what `tmva_py.methods.weight_file.read_weight_file` made of it, which saves
        reading it again.
    events : array_like, mapping, frame or tree
        Shape (N, n_variables) in the file's order; columns by expression, label or internal name; or a tree
        in any form, from whose branches the variables' expressions are computed.
    spectators : array_like, shape (N, n_spectators), optional
        For a method whose response depends on them (Category); taken from `events` where these have names.
    working_point : float, optional
        The signal efficiency at which a method of cuts selects events.
    registry : Registry, optional
        Where names in the file are looked up.
    release : {"newest", "4.2"}
        Which release's way to answer is taken where the file does not tell.
    trust : bool, default False
        Whether code in a model file beside the weight file may run: a pickle, a model of Keras or PyTorch.

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
    method = (
        weight_file
        if isinstance(weight_file, TrainedMethod)
        else read_weight_file(weight_file, registry, release=release, trust=trust)
    )
    if not method.model.has_response and working_point is None:
        warn(
            f"{method.owner} selects events at a signal efficiency and gives 0 without one, as in TMVA; give "
            "working_point=0.7"
        )
    applied = Application(method)
    found = applied.responses(
        events_array(events, method.info.variables),
        spectators=spectators_array(events, spectators, method),
        working_point=working_point,
    )
    applied.warn()
    return found.values


class Application:
    """A method applied to events, some at a time, with TMVA's answer where a variable is not a number."""

    def __init__(self, method: TrainedMethod) -> None:
        self._method = method
        self._n_events = self._n_gaps = 0
        # The first event with a gap: its number and its variables.
        self._first: tuple[int, Floats] | None = None

    def responses(
        self,
        x: Floats,
        *,
        spectators: npt.ArrayLike | None = None,
        working_point: float | None = None,
    ) -> Responses:
        """Return the responses to untransformed variables, (N, n_variables) in the order of the file."""
        gaps: npt.NDArray[np.bool_] = np.asarray(np.isnan(x).any(axis=1))
        if gaps.any() and self._first is None:
            place = int(np.argmax(gaps))
            self._first = self._n_events + place, x[place].copy()
        self._n_events += len(x)
        self._n_gaps += int(gaps.sum())
        with np.errstate(all="ignore"):  # what overflows gives ROOT's infinities and NaN
            if self._method.analysis_type != "Classification" or not gaps.any():
                return self._method.responses(x, spectators=spectators, working_point=working_point)
            beside = None if spectators is None else np.asarray(spectators)[~gaps]
            found = self._method.responses(x[~gaps], spectators=beside, working_point=working_point)
        return Responses(
            _with_gaps(found.values, gaps, NAN_RESPONSE),
            None if found.errors is None else _with_gaps(found.errors, gaps, NO_ERROR),
        )

    def first_raw_outputs(self, x: Floats, **beside: Any) -> Responses:
        """Return what TMVA's ``EvaluateMVA`` gives for a method that is no classifier."""
        with np.errstate(all="ignore"):
            found = self._method.responses(x, inverse=False, **beside)
        return replace(found, values=found.values[:, 0])

    def warn(self) -> None:
        """Warn once of the events that have a variable that is not a number."""
        if self._first is None:
            return
        event, x = self._first
        method = self._method
        names = [one.label for one, gap in zip(method.info.variables, np.isnan(x), strict=True) if gap]
        classifier = method.analysis_type == "Classification"
        answer = f"the response is {NAN_RESPONSE:g}" if classifier else "the response may be anything"
        text = (
            f"{method.owner}: {self._n_gaps} of {self._n_events} events have a variable that is not a "
            f"number ({', '.join(names[:5])} in event {event}); {answer} there"
        )
        warn(text)


def _with_gaps(values: Doubles, gaps: npt.NDArray[np.bool_], filler: float) -> Doubles:
    result = np.full((len(gaps), *values.shape[1:]), filler)
    result[~gaps] = values
    return result
