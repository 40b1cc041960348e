"""A method tied to a Reader's buffers, for loops over events: what does not change is looked up once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tmva_py.booking.bound_buffers import BoundBuffers
from tmva_py.booking.reader_inputs import ReaderInput
from tmva_py.booking.responses_ahead import ResponsesAhead
from tmva_py.methods import Responses, TrainedMethod
from tmva_py.methods.inputs import Doubles, Floats, Inputs


class BoundMethod:
    """Responds to the event in the buffers of a Reader, in the usual case; other cases are the Reader's."""

    def __init__(
        self, method: TrainedMethod, variables: Sequence[ReaderInput], spectators: Sequence[ReaderInput]
    ) -> None:
        model = method.model
        buffers = [one.buffer for one in variables]
        self._event = BoundBuffers(buffers).event
        self._beside = (
            BoundBuffers([one.buffer for one in spectators]).event if model.uses_spectators else None
        )
        self.analysis_type = method.analysis_type
        self._is_classifier = method.analysis_type == "Classification"
        self._n_outputs = method.n_outputs
        self._is_usual = not any(buffer is None for buffer in buffers)
        self._respond = model.respond
        self._transformations = method.transformations
        self._n_variables = len(variables)
        self._ahead: ResponsesAhead | None = None
        if self._is_usual:
            inputs = [*variables, *spectators] if model.uses_spectators else variables
            self._ahead = ResponsesAhead(inputs, self._all)
        self.known_response: Callable[[], float | None] = _nothing
        """A classifier's response if it is known already, or None."""
        if self._ahead is not None and self._is_classifier:
            self.known_response = self._ahead.response

    def response(self, working_point: Any = None) -> Responses | None:
        """Return a classifier's response and its error, or None where the Reader has something to say."""
        if not self._is_classifier or not (working_point is None or isinstance(working_point, float)):
            return None
        found = self._found(working_point)
        return None if found is None or found.values.shape != (1,) else found

    def responses(self) -> list[float] | None:
        """Return the responses for several classes or targets, or None as `response` does."""
        if self._is_classifier:
            return None
        if self._ahead is not None and (known := self._ahead.response()) is not None:
            return list(known)
        found = self._found()
        if found is None or found.values.shape != (1, self._n_outputs):
            return None
        responses: list[float] = self._outputs(found)[0].tolist()
        return responses

    def _outputs(self, found: Responses) -> Doubles:
        values = found.values
        return self._transformations.inverse_targets(values) if self.analysis_type == "Regression" else values

    def _all(self, events: Floats) -> list[Any] | None:
        """Return the responses to many events, their spectators last; None if they have errors."""
        values, beside = np.split(events, [self._n_variables], axis=1)
        with np.errstate(all="ignore"):
            found = self._respond(Inputs(values, self._transformations, spectators=beside))
        if not isinstance(found, Responses) or (self._is_classifier and found.errors is not None):
            return None
        shape = (len(events),) if self._is_classifier else (len(events), self._n_outputs)
        listed: list[Any] = self._outputs(found).tolist()
        return listed if found.values.shape == shape else None

    def _found(self, working_point: float | None = None) -> Responses | None:
        if not self._is_usual:
            return None
        with np.errstate(all="ignore"):  # what overflows gives ROOT's infinities and NaN
            values = self._event()
            if values is None:
                return None
            beside = None
            if self._beside is not None and (beside := self._beside()) is None:
                return None
            found = self._respond(
                Inputs(values, self._transformations, spectators=beside, working_point=working_point)
            )
        return found if isinstance(found, Responses) else None


def _nothing() -> None:
    return None
