"""Split expressions: the fold of an event, from its spectators."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tmva_py.data import VariableInfo
from tmva_py.errors import BookingError, did_you_mean
from tmva_py.expressions import Formula

Indices = npt.NDArray[np.int64]
_NAME = re.compile(r"\[([^\]]+)\]")
_NUMBER_OF_FOLDS = ("NumFolds", "numFolds")


def spectators_of(expression: str, spectators: Sequence[VariableInfo]) -> dict[str, int | None]:
    """Return the place of each spectator that an expression names in brackets; None for the number of folds.

    Raises
    ------
    BookingError
        It names something else.
    """
    return {
        name: None if name in _NUMBER_OF_FOLDS else _place_of(name, spectators)
        for name in dict.fromkeys(_NAME.findall(expression))
    }


def folds_of(
    expression: str,
    spectators: Sequence[VariableInfo],
    values: npt.NDArray[np.floating],
    n_folds: int,
) -> Indices:
    """Return the fold of each event, from 0 on.

    Parameters
    ----------
    expression : str
        As ``"int([eventID])%int([NumFolds])"``.
    spectators : sequence of VariableInfo
        What the columns of `values` are.
    values : ndarray, shape (N, n_spectators)
        The spectators' values.
    n_folds : int
        Number of folds.

    Raises
    ------
    BookingError
        It names what is no spectator, or gives other numbers.
    ExpressionError
        It cannot be parsed.
    """
    n_events = len(values)
    columns: dict[str, npt.NDArray[np.float64]] = {"parameter": np.zeros(n_events)}
    text = expression
    for name, place in spectators_of(expression, spectators).items():
        short = f"parameter{len(columns)}"
        column = np.full(n_events, float(n_folds)) if place is None else values[:, place].astype(np.float64)
        columns[short] = column
        text = text.replace(f"[{name}]", short)
    numbers = np.asarray(Formula(text)(columns), np.float64) if n_events else np.empty(0)
    fold = np.floor(numbers + 0.5).astype(np.int64)  # halves go up, as in ``std::lround``
    if n_events and not (numbers.min() >= 0 and fold.max() < n_folds):
        message = (
            f"the split expression {expression!r} gives folds from {numbers.min():g} to {numbers.max():g}; "
            f"expected numbers from 0 to {n_folds - 1}"
        )
        raise BookingError(message)
    return fold


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
