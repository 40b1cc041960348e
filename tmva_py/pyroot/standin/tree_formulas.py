"""``TTreeFormula``: an expression of a tree's branches in the current entry."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tmva_py.expressions import Formula
from tmva_py.pyroot.standin.objects import TNamed

# Entries whose values are worked out together.
_PIECE = 20_000


class TTreeFormula(TNamed):
    """``TTreeFormula(name, expression, tree)``; the current entry is that of ``LoadTree`` or ``GetEntry``."""

    def __init__(self, name: object, formula: object, tree: Any) -> None:
        super().__init__(str(name), str(formula))
        self.SetTree(tree)

    def SetTree(self, tree: Any) -> None:
        self._tree = tree
        source = tree.__tree_source__()
        self._formula = Formula(self.title).on(source)
        self._first, self._ends, self._values = 0, [0], [0.0]
        self._n_read = 0

    def GetTree(self) -> Any:
        return self._tree

    def UpdateFormulaLeaves(self, *arguments: Any) -> None:
        """Do nothing: chains are read as one tree."""

    Notify = SetQuickLoad = ResetLoading = UpdateFormulaLeaves

    def GetNdim(self) -> int:
        return 1

    def GetExpFormula(self, option: object = "") -> str:
        return "".join(self.title.split())

    def _row(self) -> int:
        entry = max(self._tree.GetReadEntry(), 0)
        row: int = entry - self._first
        if not 0 <= row < len(self._ends) - 1 or self._n_read != self._tree.GetEntries():
            self._take_piece(entry // _PIECE * _PIECE)
            row = entry - self._first
        return row

    def _take_piece(self, first: int) -> None:
        source = self._tree.__tree_source__()
        self._n_read = source.n_entries
        found = source.read(self._formula.branches, first, min(first + _PIECE, source.n_entries))
        instances = self._formula.instances(found)
        counts = np.ones(len(found), np.int64) if instances.counts is None else instances.counts
        self._first = first
        self._ends = [0, *np.cumsum(counts).tolist()]
        self._values = instances.values.tolist()

    def GetNdata(self) -> int:
        row = self._row()
        return self._ends[row + 1] - self._ends[row]

    def EvalInstance(self, number: int = 0, *more: Any) -> float:
        row = self._row()
        begin, end = self._ends[row], self._ends[row + 1]
        return self._values[begin + number] if begin + number < end else math.nan

    EvalInstance64 = EvalInstanceLD = EvalInstance
