"""Regions: cuts on the variables and spectators of a data set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from tmva_py.data import VariableInfo
from tmva_py.expressions import Formula, TreeFormula, first_instances
from tmva_py.trees import Column, Entries
from tmva_py.trees.memory import ColumnTree

Floats = npt.NDArray[np.floating]

_KIND = "variables and spectators"


class Regions:
    """Which events pass each of several cuts.

    A name in a cut is the expression of a variable or spectator, or else its label or internal name.

    Raises
    ------
    ExpressionError
        A cut cannot be parsed.
    MissingBranchError
        A cut has a name that is neither a variable nor a spectator.
    """

    def __init__(self, cuts: Iterable[str], inputs: Sequence[VariableInfo]) -> None:
        self._columns: dict[str, list[int]] = {}
        for names in (
            [one.expression for one in inputs],
            [one.label for one in inputs],
            [one.internal_name for one in inputs],
        ):
            known = set(self._columns)
            for position, (name, one) in enumerate(zip(names, inputs, strict=True)):
                if name not in known and (one.is_from_array or name not in self._columns):
                    self._columns.setdefault(name, []).append(position)
        self._is_array = {
            name: inputs[positions[0]].is_from_array for name, positions in self._columns.items()
        }
        tree = ColumnTree(self._taken(self._columns, np.zeros((1, len(inputs)))), "events", _KIND)
        self._formulas: list[TreeFormula] = [Formula(cut).on(tree) for cut in cuts]
        self._names = tuple(dict.fromkeys(name for formula in self._formulas for name in formula.branches))
        self.used = frozenset(position for name in self._names for position in self._columns[name])
        """Places of the variables and spectators that occur in a cut."""

    def passed(self, values: Floats) -> npt.NDArray[np.bool_]:
        """Return which events pass which cut, shape (n_cuts, N), from all variables and spectators."""
        n_events = len(values)
        columns = {
            name: Column(one.reshape(-1), one.shape[1:], n_events)
            for name, one in self._taken(self._names, values).items()
        }
        return first_instances(self._formulas, Entries(columns, n_events, 0, n_events)) > 0.5

    def _taken(self, names: Iterable[str], values: Floats) -> dict[str, Floats]:
        return {
            name: values[:, self._columns[name]]
            if self._is_array[name]
            else values[:, self._columns[name][0]]
            for name in names
        }
