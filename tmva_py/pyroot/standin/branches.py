"""``TBranch`` and ``TLeaf``."""

from __future__ import annotations

from typing import Any

from tmva_py.pyroot.standin.objects import TList, TObject

_TYPE_NAMES = {
    **{"f4": "Float_t", "f8": "Double_t", "i4": "Int_t", "u4": "UInt_t", "i8": "Long64_t", "u8": "ULong64_t"},
    **{"i2": "Short_t", "u2": "UShort_t", "i1": "Char_t", "u1": "UChar_t", "b1": "Bool_t"},
}


class TBranch(TObject):
    """A branch of a tree."""

    def __init__(self, tree: Any, name: str, title: str = "") -> None:
        self._tree, self._name, self._title = tree, name, title

    def GetName(self) -> str:
        return self._name

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
        names = self._tree.__tree_source__().branch_names
        inside = [name for name in names if name.startswith(f"{self._name}.")]
        found = [self._name] if self._name in names or not inside else inside
        return TList(TLeaf(self._tree, name, self._name) for name in found)

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
    """The values of a branch."""

    def __init__(self, tree: Any, name: str, branch: str = "") -> None:
        self._tree, self._name, self._branch = tree, name, branch or name

    def GetName(self) -> str:
        return self._name.removeprefix(f"{self._branch}.")

    GetTitle = GetName

    def GetBranch(self) -> TBranch:
        return TBranch(self._tree, self._branch)

    def GetTypeName(self) -> str:
        source = self._tree.__tree_source__()
        try:
            kind = source.read([self._name], 0, 1)[self._name].content.dtype
        except Exception:  # noqa: BLE001 - whatever it holds, it is no number
            return "char*"
        return _TYPE_NAMES.get(kind.newbyteorder("=").str[1:], str(kind))

    def GetValue(self, index: int = 0) -> float:
        value = self._tree._entries().value(self._name)
        return float(value[index] if hasattr(value, "__len__") else value)

    def GetLen(self) -> int:
        value = self._tree._entries().value(self._name)
        return len(value) if hasattr(value, "__len__") else 1

    GetNdata = GetLen
