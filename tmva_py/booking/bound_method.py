"""A method tied to a Reader's buffers, for loops over events: what does not change is looked up once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import NoneType
from typing import Any

import numpy as np

from tmva_py.booking.reader_inputs import ReaderInput
from tmva_py.methods import Responses, TrainedMethod
from tmva_py.methods.inputs import Inputs


class BoundMethod:
    """Responds to the event in the buffers of a Reader, in the usual case; other cases are the Reader's."""

    def __init__(self, method: TrainedMethod, variables: Sequence[ReaderInput]) -> None:
        model = method.model
        self._buffers = [one.buffer for one in variables]
        self.analysis_type = method.analysis_type
        self._n_outputs = method.n_outputs
        self._is_usual = not model.uses_spectators and not any(buffer is None for buffer in self._buffers)
        self._respond = model.respond
        self._transformations = method.transformations

    def response(self, working_point: Any = None) -> float | None:
        """Return a classifier's response, or None if there is anything to say of it: gaps, errors, …."""
        if self.analysis_type != "Classification" or not isinstance(working_point, (float, NoneType)):
            return None
        found = self._found(working_point)
        if found is None or found.errors is not None or found.values.shape != (1,):
            return None
        return float(found.values[0])

    def responses(self) -> list[float] | None:
        """Return the responses for several classes or targets, or None as `response` does."""
        found = None if self.analysis_type == "Classification" else self._found()
        if found is None or found.values.shape != (1, self._n_outputs):
            return None
        values = found.values
        if self.analysis_type == "Regression":
            values = self._transformations.inverse_targets(values)
        responses: list[float] = values[0].tolist()
        return responses

    def _found(self, working_point: float | None = None) -> Responses | None:
        if not self._is_usual:
            return None
        values = [buffer[0] for buffer in self._buffers]
        if not math.isfinite(sum(values)):
            return None
        with np.errstate(all="ignore"):  # what overflows gives ROOT's infinities and NaN
            found = self._respond(
                Inputs(
                    np.array([values], dtype=np.float32), self._transformations, working_point=working_point
                )
            )
        return found if isinstance(found, Responses) else None
