"""A classifier tied to a Reader's buffers, for loops over events: what does not change is looked up once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tmva_py.booking.reader_inputs import ReaderInput
from tmva_py.methods import Responses, TrainedMethod
from tmva_py.methods.inputs import Inputs


class BoundMethod:
    """Responds to the event in the buffers of a Reader, in the usual case; other cases are the Reader's."""

    def __init__(self, method: TrainedMethod, variables: Sequence[ReaderInput]) -> None:
        model = method.model
        self._buffers = [one.buffer for one in variables]
        self._is_usual = (
            method.analysis_type == "Classification"
            and model.has_response
            and not model.uses_spectators
            and not any(buffer is None for buffer in self._buffers)
        )
        self._respond = model.respond
        self._transformations = method.transformations

    def response(self) -> float | None:
        """Return the response, or None if there is anything to say of it: gaps, errors, other shapes."""
        if not self._is_usual:
            return None
        values = [buffer[0] for buffer in self._buffers]
        if not math.isfinite(sum(values)):
            return None
        with np.errstate(all="ignore"):  # what overflows gives ROOT's infinities and NaN
            found = self._respond(Inputs(np.array([values], dtype=np.float32), self._transformations))
        if not isinstance(found, Responses) or found.errors is not None or found.values.shape != (1,):
            return None
        return float(found.values[0])
