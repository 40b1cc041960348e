"""Split expressions: the fold of an event, from its spectators."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tmva_py.data import VariableInfo
from tmva_py.errors import BookingError, did_you_mean
from tmva_py.expressions import Formula
from tmva_py.trees import Entries
from tmva_py.trees.columns import as_column
from tmva_py.trees.memory import ColumnTree

Indices = npt.NDArray[np.int64]
_NAME = re.compile(r"\[([^\]]+)\]")
_NUMBER_OF_FOLDS = ("NumFolds", "numFolds")


class SplitExpression:
    """A formula for the fold of an event, from 0 on, such as ``int([eventID])%int([NumFolds])``.

    Parameters
    ----------
    text : str
        The formula, with names of spectators in brackets; ``[NumFolds]`` is the number of folds.
    spectators : sequence of VariableInfo
        What may be named.
    n_folds : int
        Number of folds.

    Raises
    ------
    BookingError
        It names what is no spectator.
    ExpressionError
        It cannot be parsed.
    """

    def __init__(self, text: str, spectators: Sequence[VariableInfo], n_folds: int) -> None:
        self._text, self._n_folds = text, n_folds
        # Of each parameter the place of its spectator; None is the number of folds.
        self._places: dict[str, int | None] = {}
        for name in dict.fromkeys(_NAME.findall(text)):
            short = f"parameter{len(self._places)}"
            self._places[short] = None if name in _NUMBER_OF_FOLDS else _place_of(name, spectators)
            text = text.replace(f"[{name}]", short)
        one_event = self._columns(np.zeros((1, len(spectators))))
        self._formula = Formula(text).on(ColumnTree(one_event, "events", "spectators"))

    def folds(self, values: npt.NDArray[np.floating]) -> Indices:
        """Return the fold of each event from its spectators, shape (N, n_spectators).

        Raises
        ------
        BookingError
            A number is that of no fold.
        """
        n_events = len(values)
        if not n_events:
            return np.empty(0, np.int64)
        columns = {name: as_column(one, name) for name, one in self._columns(values).items()}
        numbers = self._formula.first_instance(Entries(columns, n_events, 0, n_events))
        fold = np.floor(numbers + 0.5).astype(np.int64)  # halves go up, as in ``std::lround``
        if not (numbers.min() >= 0 and fold.max() < self._n_folds):
            message = (
                f"the split expression {self._text!r} gives folds from {numbers.min():g} to "
                f"{numbers.max():g}; expected numbers from 0 to {self._n_folds - 1}"
            )
            raise BookingError(message)
        return fold

    def _columns(self, values: npt.NDArray[np.floating]) -> dict[str, npt.NDArray[np.float64]]:
        columns = {
            name: np.full(len(values), float(self._n_folds))
            if place is None
            else values[:, place].astype(np.float64)
            for name, place in self._places.items()
        }
        # A formula of numbers alone needs a column too.
        return columns or {"parameter": np.zeros(len(values))}


def _place_of(name: str, spectators: Sequence[VariableInfo]) -> int:
    for place, one in enumerate(spectators):
        if name in (one.internal_name, one.label, one.expression):
            return place
    labels = [one.label for one in spectators]
    message = (
        f"the split expression names {name!r}, which is no spectator{did_you_mean(name, labels)}; "
        f"spectators: {', '.join(labels) or 'none'}"
    )
    raise BookingError(message)
