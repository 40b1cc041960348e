"""Responses to the events that a loop over a tree comes to next, computed together.

A script reads an entry, copies values into the Reader's buffers, asks for the response, and goes on to the
next entry. What it will copy can be told from the tree: the variables' expressions. So the responses to some
entries are computed at once, and each is given when the buffers hold that very event, bit for bit; else it is
computed from the buffers.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.booking.bound_buffers import is_one_float
from tmva_py.booking.event_loops import EventLoop, current_loop
from tmva_py.booking.reader_inputs import ReaderInput
from tmva_py.errors import TMVAError
from tmva_py.expressions import Formula, TreeFormula
from tmva_py.trees import Entries

Floats = npt.NDArray[np.float32]
Respond = Callable[[Floats], list[Any] | None]

# Events of the first piece and of the largest one: a piece of which half was used doubles the next.
_FIRST, _LARGEST = 32, 8192
# One of so many predictions must be right, or the loop is left alone: of the events, after so many pieces;
# of what was requested, after so many requests.
_ONE_OF, _PIECES, _REQUESTS = 8, 3, 8


class ResponsesAhead:
    """Looks ahead in the loop that a thread is in.

    Parameters
    ----------
    variables : sequence of ReaderInput
        What is read from buffers.
    respond : callable
        Gives the responses to events (N, n_variables), or None where it cannot.
    """

    def __init__(self, variables: Sequence[ReaderInput], respond: Respond) -> None:
        self._buffers = [one.buffer for one in variables]
        self._infos = [one.info for one in variables]
        self._respond = respond
        are_floats = all(is_one_float(buffer) for buffer in self._buffers)
        self._event: Callable[[list[Any]], bytes] = b"".join if are_floats else _rounded
        # The events of some entries from the first one on, and the responses to them, None where there is
        # none; one object: threads may share a Reader.
        self._piece: tuple[int, list[bytes], list[Any]] = (0, [], [])
        # How often what was requested was among them.
        self._n_right, self._n_wrong = 0, 0
        # Of the loop that is looked at: the variables' formulas, None if it is left alone.
        self._loop: EventLoop | None = None
        self._formulas: list[TreeFormula] | None = None
        self._size, self._n_unused = _FIRST, 0

    def response(self) -> Any:
        """Return the response to the event in the buffers, or None if it is not known."""
        loop = self._loop
        if loop is not None:
            first, events, responses = self._piece
            row = loop.entry - first
            if 0 <= row < len(events) and self._event(self._buffers) == events[row]:
                self._n_right += 1
                return responses[row]
        loop = current_loop()
        return None if loop is None else self._look(loop)

    def _look(self, loop: EventLoop) -> Any:
        """Compute the piece that begins with the current entry, unless the loop is left alone."""
        if loop is not self._loop:
            self._begin(loop)
        if self._formulas is None:
            return None
        first, events, _ = self._piece
        if 0 <= loop.entry - first < len(events):
            self._n_wrong += 1
            if self._n_wrong >= _REQUESTS and self._n_right * _ONE_OF < self._n_wrong:
                self._leave_alone()
            return None
        # The next piece is longer after one that was used.
        if 2 * self._n_right >= len(events) > 0:
            self._size = min(2 * self._size, _LARGEST)
        self._n_unused = self._n_unused + 1 if self._n_right * _ONE_OF < len(events) else 0
        if self._n_unused >= _PIECES or not self._take(loop):
            self._leave_alone()
            return None
        _, events, responses = self._piece
        if self._event(self._buffers) != events[0]:
            self._n_wrong += 1
            return None
        self._n_right += 1
        return responses[0]

    def _begin(self, loop: EventLoop) -> None:
        self._loop = loop
        self._leave_alone()
        self._size, self._n_unused = _FIRST, 0
        # Without them the script computes what it copies in its own way.
        with suppress(TMVAError):
            self._formulas = [Formula(one.expression).on(loop.source) for one in self._infos]

    def _leave_alone(self) -> None:
        self._formulas, self._piece = None, (0, [], [])

    def _take(self, loop: EventLoop) -> bool:
        """Compute a piece; return whether that could be done."""
        formulas = self._formulas or []
        names = list(dict.fromkeys(branch for one in formulas for branch in one.branches))
        try:
            events = _events(formulas, loop.coming(names, self._size))
            usable = np.all(np.isfinite(events), axis=1)
            responses = self._respond(events if usable.all() else events[usable])
        except TMVAError:  # what is wrong is told when the event itself is evaluated
            return False
        if responses is None:
            return False
        if not usable.all():
            found = iter(responses)
            responses = [next(found) if one else None for one in usable.tolist()]
        rows: list[bytes] = events.view(f"V{events.itemsize * events.shape[1]}").ravel().tolist()
        self._piece = (loop.entry, rows, responses)
        self._n_right, self._n_wrong = 0, 0
        return True


def _events(formulas: Sequence[TreeFormula], entries: Entries) -> Floats:
    events = np.empty((len(entries), len(formulas)), np.float32)
    with np.errstate(all="ignore"):
        for number, formula in enumerate(formulas):
            events[:, number] = formula.first_instance(entries)
    return events


def _rounded(buffers: Sequence[Any]) -> bytes:
    return array("f", [buffer[0] for buffer in buffers]).tobytes()
