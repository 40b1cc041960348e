"""Responses to the events that a loop over a tree comes to next, computed together.

A script reads an entry, copies values into the Reader's buffers, asks for the response, and goes on to the
next entry. What it will copy can be told from the tree: the variables' expressions. So the responses to some
entries are computed at once, and each is given when the buffers hold that very event, bit for bit; else it is
computed from the buffers.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
Respond = Callable[[Floats, float | None], list[Any] | None]

# Events of the first piece and of the largest one: a piece of which half was used doubles the next.
_FIRST, _LARGEST = 32, 4096
# One of so many predictions must be right, or the loop is left alone: of the events, after so many pieces;
# of what was requested, after so many requests.
_ONE_OF, _PIECES, _REQUESTS = 8, 3, 8


@dataclass(slots=True)
class _Piece:
    """Events of a loop from an entry on, as bytes, with the responses to them: None where there is none."""

    loop: EventLoop
    first: int
    events: list[bytes]
    responses: list[Any]
    working_point: float | None
    n_right: int = 0
    n_wrong: int = 0

    def has_entry(self, loop: EventLoop) -> bool:
        return loop is self.loop and 0 <= loop.entry - self.first < len(self.events)


class ResponsesAhead:
    """Looks ahead in the loop that a thread is in.

    Parameters
    ----------
    variables : sequence of ReaderInput
        What is read from buffers.
    respond : callable
        Gives the responses to events (N, n_variables) at a working point, or None where it cannot.
    """

    def __init__(self, variables: Sequence[ReaderInput], respond: Respond) -> None:
        self._buffers = [one.buffer for one in variables]
        self._infos = [one.info for one in variables]
        self._respond = respond
        self._are_floats = all(is_one_float(buffer) for buffer in self._buffers)
        self._piece: _Piece | None = None
        # Of the loop that is looked at: the variables' formulas, None if it is left alone.
        self._loop: EventLoop | None = None
        self._formulas: list[TreeFormula] | None = None
        self._size, self._n_unused = _FIRST, 0

    def response(self, working_point: float | None = None) -> Any:
        """Return the response to the event in the buffers, or None if it is not known."""
        piece = self._piece
        if piece is not None:
            row = piece.loop.entry - piece.first
            if 0 <= row < len(piece.events) and piece.working_point == working_point:
                event = b"".join(self._buffers) if self._are_floats else self._event()
                if event == piece.events[row]:
                    piece.n_right += 1
                    return piece.responses[row]
        loop = current_loop()
        return None if loop is None else self._look(loop, working_point)

    def _event(self) -> bytes:
        return array("f", [buffer[0] for buffer in self._buffers]).tobytes()

    def _look(self, loop: EventLoop, working_point: float | None) -> Any:
        """Compute the piece that begins with the current entry, unless the loop is left alone."""
        if loop is not self._loop:
            self._begin(loop)
        if self._formulas is None:
            return None
        piece = self._piece
        if piece is not None and piece.has_entry(loop) and piece.working_point == working_point:
            self._count_wrong(piece)
            return None
        if piece is not None:
            self._judge(piece)
        self._piece = piece = self._next(loop, working_point)
        if piece is None:
            self._leave_alone()
            return None
        if self._event() == piece.events[0]:
            piece.n_right += 1
            return piece.responses[0]
        self._count_wrong(piece)
        return None

    def _begin(self, loop: EventLoop) -> None:
        self._loop, self._piece = loop, None
        self._size, self._n_unused = _FIRST, 0
        try:
            self._formulas = [Formula(one.expression).on(loop.source) for one in self._infos]
        except TMVAError:  # the script computes what it copies in its own way
            self._formulas = None

    def _leave_alone(self) -> None:
        self._formulas = self._piece = None

    def _count_wrong(self, piece: _Piece) -> None:
        piece.n_wrong += 1
        if piece.n_wrong >= _REQUESTS and piece.n_right * _ONE_OF < piece.n_wrong:
            self._leave_alone()

    def _judge(self, piece: _Piece) -> None:
        """Let the next piece be longer after one that was used."""
        if 2 * piece.n_right >= len(piece.events):
            self._size = min(2 * self._size, _LARGEST)
        self._n_unused = self._n_unused + 1 if piece.n_right * _ONE_OF < len(piece.events) else 0

    def _next(self, loop: EventLoop, working_point: float | None) -> _Piece | None:
        formulas = self._formulas
        if formulas is None or self._n_unused >= _PIECES:
            return None
        names = list(dict.fromkeys(branch for one in formulas for branch in one.branches))
        try:
            events = _events(formulas, loop.coming(names, self._size))
        except TMVAError:
            return None
        usable = np.all(np.isfinite(events), axis=1)
        found = self._respond(events if usable.all() else events[usable], working_point)
        if found is None:
            return None
        if usable.all():
            responses = found
        else:
            given = iter(found)
            responses = [next(given) if one else None for one in usable.tolist()]
        rows = events.view(f"V{events.itemsize * events.shape[1]}").ravel().tolist()
        return _Piece(loop, loop.entry, rows, responses, working_point)


def _events(formulas: Sequence[TreeFormula], entries: Entries) -> Floats:
    events = np.empty((len(entries), len(formulas)), np.float32)
    with np.errstate(all="ignore"):
        for number, formula in enumerate(formulas):
            events[:, number] = formula.first_instance(entries)
    return events
