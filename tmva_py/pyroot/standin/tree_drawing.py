"""``TTree.Draw`` and its kin: expressions and cuts over all entries."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.pyroot.standin.loops import list_of
from tmva_py.pyroot.standin.messages import show
from tmva_py.pyroot.standin.objects import NullPointer, TObject
from tmva_py.pyroot.standin.selecting import Selection, draw
from tmva_py.trees import TreeSource


class DrawnTree(TObject):
    """What a tree computes of expressions."""

    _selection: Selection | None = None

    def __tree_source__(self) -> TreeSource:
        """Return the tree as it is read by its columns."""
        raise NotImplementedError

    def Draw(self, expression: object, cut: object = "", option: object = "", *more: Any) -> int:
        """Fill a histogram with an expression, and draw it; return how many values passed."""
        first, n_entries = (int(more[1]) if len(more) > 1 else 0), (int(more[0]) if more else None)
        self._selection = draw(self, str(expression), text_of_cut(cut), str(option), n_entries, first)
        return len(self._selection.weights)

    def Project(self, name: object, expression: object, cut: object = "", *more: Any) -> int:
        """Fill a histogram that exists with an expression."""
        text = name.GetName() if hasattr(name, "GetName") else str(name)
        return self.Draw(f"{expression}>>{text}", cut, "goff", *more[1:])

    def _selected(self, number: int) -> Any:
        if self._selection is None or number >= len(self._selection.values):
            return list_of(np.empty(0))
        return self._selection.values[number]

    def GetHistogram(self) -> Any:
        """Return the histogram that was filled last."""
        if self._selection is None or self._selection.histogram is None:
            return NullPointer(f"the tree {self.GetName()!r} has drawn no histogram")
        return self._selection.histogram

    def GetV1(self) -> Any:
        return self._selected(0)

    def GetV2(self) -> Any:
        return self._selected(1)

    def GetV3(self) -> Any:
        return self._selected(2)

    def GetVal(self, number: int) -> Any:
        return self._selected(number)

    def GetW(self) -> Any:
        return np.empty(0) if self._selection is None else self._selection.weights

    def GetSelectedRows(self) -> int:
        return 0 if self._selection is None else len(self._selection.weights)

    def GetMaximum(self, branch: object) -> float:
        return float(np.max(self._flat(branch)))

    def GetMinimum(self, branch: object) -> float:
        return float(np.min(self._flat(branch)))

    def _flat(self, branch: object) -> Any:
        name = str(branch)
        return self.__tree_source__().read([name])[name].content

    def Scan(self, expression: object = "", cut: object = "", *more: Any) -> int:
        """Print the values of expressions, separated by colons."""
        names = str(expression).split(":") if str(expression) else list(self.__tree_source__().branch_names)
        found = draw(self, ":".join(names), text_of_cut(cut), "goff", None, 0, keeps=True)
        show("*    Row   *" + "".join(f" {name:>9} *" for name in names))
        for row, values in enumerate(zip(*found.values, strict=True)):
            show(f"* {row:>8} *" + "".join(f" {value:>9.6g} *" for value in values))
        return len(found.weights)


def text_of_cut(cut: object) -> str:
    """Return the text of a TCut, or of a text."""
    return str(cut.GetTitle()).strip() if hasattr(cut, "GetTitle") else str(cut or "").strip()
