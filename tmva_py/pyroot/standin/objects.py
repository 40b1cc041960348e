"""``TObject``, ``TNamed`` and lists of them."""

from __future__ import annotations

import copy
from typing import Any

from tmva_py.booking.graphs.attributes import Attributes
from tmva_py.pyroot.standin.missing import needs_root


class TObject:
    """What all objects of ROOT have."""

    kOverwrite = 4
    kWriteDelete = 5
    kSingleKey = 1
    kCanDelete = 8
    kMustCleanup = 8

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        call = f"{type(self).__name__}.{name}"
        raise needs_root(call, [one for one in dir(type(self)) if not one.startswith("_")])

    def __str__(self) -> str:
        return f"Name: {self.GetName()} Title: {self.GetTitle()}"

    def ClassName(self) -> str:
        return type(self).__name__

    def GetName(self) -> str:
        return self.ClassName()

    def GetTitle(self) -> str:
        return ""

    def InheritsFrom(self, name: object) -> bool:
        wanted = name.__name__ if isinstance(name, type) else str(name)
        return any(one.__name__ == wanted for one in type(self).__mro__)

    def IsA(self) -> type:
        return type(self)

    def IsZombie(self) -> bool:
        return False

    def SetBit(self, *bits: Any) -> None:
        """Do nothing: bits say who deletes an object."""

    ResetBit = SetBit

    def TestBit(self, bit: Any) -> bool:
        return False

    def Delete(self, *arguments: Any) -> None:
        """Do nothing: Python deletes objects."""

    def _print(self, *arguments: Any) -> None:
        from tmva_py.pyroot.standin.messages import show

        show(f"OBJ: {self.ClassName()}\t{self.GetName()}\t{self.GetTitle()}")

    # Classes have it with arguments of their own.
    Print: Any = _print
    ls: Any = _print

    def Write(self, name: object = "", option: int = 0, size: int = 0) -> int:
        """Write the object into the current directory."""
        from tmva_py.pyroot.standin.session import session

        written: int = session().directory.WriteTObject(self, name)
        return written

    def Clone(self, name: object = "") -> Any:
        other = copy.deepcopy(self)
        if str(name) and hasattr(other, "SetName"):
            other.SetName(name)
        return other


class TNamed(Attributes, TObject):
    """An object with a name, a title, and attributes that are kept for drawing."""

    def __getattr__(self, name: str) -> Any:
        try:
            return Attributes.__getattr__(self, name)
        except AttributeError:
            return TObject.__getattr__(self, name)

    def ClassName(self) -> str:
        return type(self).__name__


class TList(list[Any]):
    """A list of objects, with what scripts ask of TList, TObjArray and TIter."""

    def GetEntries(self) -> int:
        return len(self)

    GetEntriesFast = GetSize = GetLast = GetEntries

    def At(self, index: int) -> Any:
        return self[index] if 0 <= index < len(self) else None

    def First(self) -> Any:
        return self.At(0)

    def Last(self) -> Any:
        return self.At(len(self) - 1)

    def Add(self, one: Any) -> None:
        self.append(one)

    def FindObject(self, name: object) -> Any:
        return next((one for one in self if one.GetName() == str(name)), None)

    def Contains(self, name: object) -> bool:
        return self.FindObject(name) is not None

    def Clear(self, option: object = "") -> None:
        self.clear()


TObjArray = TList


class NullPointer:
    """What was looked for and is not there: false, and an error that says so where it is used."""

    def __init__(self, what: str) -> None:
        self._what = what

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return other is None or isinstance(other, NullPointer)

    def __hash__(self) -> int:
        return hash(None)

    def __repr__(self) -> str:
        return f"<null pointer: {self._what}>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise self._error()

    def _error(self) -> Exception:
        from tmva_py.errors import DataError

        return DataError(self._what)

    def __tree_source__(self) -> Any:
        raise self._error()
