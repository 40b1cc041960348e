"""``TBranch`` and ``TLeaf``."""

from __future__ import annotations

from typing import Any

from tmva_py.pyroot.standin.objects import TList, TObject

_TYPE_NAMES = {
    **{"f4": "Float_t", "f8": "Double_t", "i4": "Int_t", "u4": "UInt_t", "i8": "Long64_t", "u8": "ULong64_t"},
    **{"i2": "Short_t", "u2": "UShort_t", "i1": "Char_t", "u1": "UChar_t", "b1": "Bool_t"},
}
_LETTERS = {
    **{"f4": "F", "f8": "D", "i4": "I", "u4": "I", "i8": "L", "u8": "L"},
    **{"i2": "S", "u2": "S", "i1": "B", "u1": "B", "b1": "O"},
}


def type_name(kind: Any) -> str:
    """Return ROOT's name of a type of numbers."""
    return _TYPE_NAMES.get(kind.newbyteorder("=").str[1:], str(kind))


class TBranch(TObject):
    """A branch of a tree."""

    def __init__(self, tree: Any, name: str, title: str = "") -> None:
        self._tree, self._name, self._title = tree, name, title

    def GetName(self) -> str:
        return self._name

    GetFullName = GetName

    def GetTitle(self) -> str:
        return self._title or self._name

    def GetTree(self) -> Any:
        return self._tree

    def GetEntries(self) -> int:
        return int(self._tree.GetEntries())

    def GetClassName(self) -> str:
        return ""

    def GetListOfBranches(self) -> TList:
        return TList()

    def GetListOfLeaves(self) -> TList:
        """Return the leaf of the branch, or those of its list of leaves."""
        leaves = self._tree._leaves_of(self._name)
        return TList(
            TLeaf(self, name, column, leaves.leaf_title(name)) for name, column in leaves.columns.items()
        )

    def GetNleaves(self) -> int:
        return len(self.GetListOfLeaves())

    def GetLeaf(self, name: object) -> Any:
        return self.GetListOfLeaves().FindObject(name)

    def SetAddress(self, buffer: Any) -> None:
        self._tree.SetBranchAddress(self._name, buffer)

    def SetStatus(self, status: Any = True) -> None:
        self._tree.SetBranchStatus(self._name, status)

    def GetEntry(self, entry: int) -> int:
        return int(self._tree.GetEntry(entry))

    def Fill(self) -> int:
        """Add a value to this branch alone."""
        return int(self._tree._filling.fill_one(self._name))


class TLeaf(TObject):
    """The values of a branch, or those of one name in a branch with several."""

    def __init__(self, branch: TBranch, name: str, column: str, title: str) -> None:
        self._branch, self._name, self._title = branch, name, title
        self._tree, self._column = branch.GetTree(), column

    def GetName(self) -> str:
        return self._name

    def GetTitle(self) -> str:
        return self._title

    def GetFullName(self) -> str:
        return f"{self._branch.GetName()}.{self._name}"

    def GetBranch(self) -> TBranch:
        return self._branch

    def GetTypeName(self) -> str:
        kind = self._type()
        return "char*" if kind is None else type_name(kind)

    def ClassName(self) -> str:
        kind = self._type()
        letter = "C" if kind is None else _LETTERS.get(kind.newbyteorder("=").str[1:], "")
        return f"TLeaf{letter}"

    def _type(self) -> Any:
        """Return the type of its numbers; None of a text."""
        source = self._tree.__tree_source__()
        try:
            return source.read([self._column], 0, 1)[self._column].content.dtype
        except Exception:  # noqa: BLE001 - whatever it holds, it is no number
            return None

    def GetValue(self, index: int = 0) -> float:
        value = self._tree._entries().value(self._column)
        return float(value[index] if hasattr(value, "__len__") else value)

    def GetLen(self) -> int:
        value = self._tree._entries().value(self._column)
        return len(value) if hasattr(value, "__len__") else 1

    GetNdata = GetLen
