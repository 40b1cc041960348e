"""From whatever a user calls events to the array that a method evaluates."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.array_input import real_numbers
from tmva_py.data import VariableInfo
from tmva_py.errors import DataError, ExpressionError, ShapeError, warn
from tmva_py.expressions import Formula, TreeFormula
from tmva_py.methods.trained_method import TrainedMethod
from tmva_py.trees import Entries, TreeSource, open_tree
from tmva_py.trees.memory import ColumnTree

Floats = npt.NDArray[np.float32]

# Values held at a time: branches as doubles, expressions, and the float32 result.
VALUES_PER_CHUNK = 4_000_000


class VariableReader:
    """Evaluates the variables of a weight file on a tree.

    A variable is the branch that is called like its expression; or its expression is computed from branches;
    or, where that cannot be, it is the branch that is called like its label or internal name, as in the trees
    that TMVA writes. Columns in memory go by label and internal name before anything is computed. An element
    of an array is taken from the values of the array's expression.

    Raises
    ------
    DataError
        The tree lacks a branch that a variable needs; the message names the variable.
    ExpressionError
        An expression cannot be parsed.
    """

    def __init__(self, variables: Sequence[VariableInfo], tree: TreeSource) -> None:
        self._tree = tree
        # Equal texts are evaluated once: the elements of an array share one.
        self._columns: dict[str, list[tuple[int, int | None]]] = {}
        self._formulas: dict[str, TreeFormula] = {}
        for number, variable in enumerate(variables):
            text, index = self._source_of(variable)
            if text not in self._formulas:
                self._formulas[text] = self._bound(text, number, variable)
            self._columns.setdefault(text, []).append((number, index))
        self._n_variables = len(variables)
        self._warned: set[tuple[str, int]] = set()

    @property
    def branches(self) -> list[str]:
        """What must be read of the tree."""
        return list(dict.fromkeys(branch for one in self._formulas.values() for branch in one.branches))

    def values(self, entries: Entries) -> Floats:
        """Return the variables of entries of which `branches` were read, shape (n_entries, n_variables)."""
        result = np.empty((len(entries), self._n_variables), np.float32)
        rows = np.arange(len(entries))
        with np.errstate(all="ignore"):  # infinite and undefined values are ROOT's too
            for text, places in self._columns.items():
                formula = self._formulas[text]
                if [index for _, index in places] == [None]:
                    result[:, places[0][0]] = formula.first_instance(entries)
                    continue
                found = formula.instances(entries)
                for number, index in places:
                    values, missing = found.take(rows, np.full(len(rows), index or 0))
                    if missing.any():
                        self._warn_of_missing(text, index or 0, entries.first + int(np.argmax(missing)))
                    result[:, number] = np.where(missing, 0, values)
        return result

    def chunks(self, n_values: int = VALUES_PER_CHUNK) -> Iterator[tuple[int, Floats]]:
        """Yield the number of the first entry and the variables of all entries, some at a time."""
        size = max(1, n_values // max(1, self._n_variables + len(self.branches)))
        for start in range(0, self._tree.n_entries, size):
            yield start, self.values(self._tree.read(self.branches, start, start + size))

    def _source_of(self, variable: VariableInfo) -> tuple[str, int | None]:
        known = self._tree.branch_names
        expression, index = variable.expression, variable.array_index
        if expression in known and index is None:
            return expression, None
        others = (variable.internal_name,) if index is not None else (variable.label, variable.internal_name)
        named = next((name for name in others if name in known), None)
        if named is None:
            return expression, index
        computable = self._can_compute(expression)
        if not computable:
            return named, None
        if not isinstance(self._tree, ColumnTree):
            return expression, index
        if named in Formula(expression).on(self._tree).branches:
            warn(
                f"column {named!r} is taken for the variable '{variable.label} := {expression}' itself, not "
                f"for a branch of its expression; call the column {expression!r} to be clear"
            )
        return named, None

    def _can_compute(self, expression: str) -> bool:
        try:
            Formula(expression).on(self._tree)
        except (DataError, ExpressionError):
            return False
        return True

    def _bound(self, text: str, number: int, variable: VariableInfo) -> TreeFormula:
        try:
            return Formula(text).on(self._tree)
        except (DataError, ExpressionError) as error:
            label = "" if variable.label == variable.expression else f" (label {variable.label!r})"
            message = f"variable {number}, {variable.expression!r}{label}: {error}"
            raise type(error)(message) from error

    def _warn_of_missing(self, text: str, index: int, entry: int) -> None:
        if (text, index) in self._warned:
            return
        self._warned.add((text, index))
        warn(
            f"{self._tree.describe()}: {text!r} has no element {index} in entry {entry}; "
            "0 is used, as in TMVA"
        )


def events_array(events: Any, variables: Sequence[VariableInfo]) -> Floats:
    """Return events in any form as an array (N, n_variables): rows of numbers, named columns, or a tree.

    Raises
    ------
    ShapeError
        An array has another number of columns.
    DataError, ExpressionError
        A column or branch is missing, or `events` is of no known form.
    """
    if is_table(events):
        tree = open_tree(events, name_hint="events")
        parts = [np.empty((0, len(variables)), np.float32)]
        parts += [values for _, values in VariableReader(variables, tree).chunks()]
        return np.concatenate(parts)
    values = numbers(events)
    if values.ndim != 2 or values.shape[1] != len(variables):
        names = ", ".join(variable.label for variable in variables[:8])
        message = (
            f"expected events of shape (N, {len(variables)}), a column for each of {names}"
            f"{', …' if len(variables) > 8 else ''}; got shape {values.shape}"
        )
        if values.ndim == 1:
            message += "; one event is events[None, :], one variable events[:, None]"
        raise ShapeError(message)
    return values


def spectators_array(events: Any, given: npt.ArrayLike | None, method: TrainedMethod) -> npt.ArrayLike | None:
    """Return the spectators of events: those given, or columns of a table if responses depend on them."""
    if given is not None or not method.model.uses_spectators or not is_table(events):
        return given
    return events_array(events, method.spectators)


def is_table(events: Any) -> bool:
    """Return whether `events` has named columns."""
    if (
        isinstance(events, (list, tuple))
        and events
        and all(isinstance(one, (str, PurePath)) for one in events)
    ):
        return all(".root" in str(one) for one in events)  # several trees
    if isinstance(events, (np.ndarray, list, tuple, array)):
        return isinstance(events, np.ndarray) and events.dtype.names is not None
    if isinstance(events, (str, Mapping, TreeSource)) or hasattr(events, "__fspath__"):
        return True
    if hasattr(events, "num_entries") or hasattr(events, "GetListOfBranches"):
        return True  # trees of uproot and PyROOT
    columns = getattr(events, "columns", None)
    is_frame = columns is not None and not callable(columns)
    return is_frame or bool(getattr(events, "fields", None))


def numbers(values: Any) -> Floats:
    """Return numbers as a float32 array.

    Raises
    ------
    DataError
        They are not numbers, or rows differ in length.
    """
    try:
        array = real_numbers("events", values)
    except ShapeError as error:
        message = f"expected numbers, one row for each event, got {type(values).__name__}: {error}"
        raise DataError(message) from error
    with np.errstate(over="ignore"):  # beyond float32 is infinite, as in TMVA
        return np.asarray(array, dtype=np.float32)
