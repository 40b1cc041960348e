"""``TDirectory``: objects by name, in memory; ``gDirectory``."""

from __future__ import annotations

from typing import Any

from tmva_py.pyroot.standin.messages import show
from tmva_py.pyroot.standin.objects import NullPointer, TList, TObject
from tmva_py.pyroot.standin.session import Folder, session


class TDirectory(Folder, TObject):
    """A folder that holds the objects which a script makes."""

    def __init__(self, name: object = "", title: object = "", *more: Any) -> None:
        super().__init__(str(name))
        self.title = str(title)

    def GetTitle(self) -> str:
        return self.title

    def pwd(self) -> None:
        show(self.GetPath())

    def Get(self, name: object) -> Any:
        """Return the object of a name; a null pointer if there is none."""
        found = self.objects.get(str(name))
        return NullPointer(f"there is no {str(name)!r} in {self.GetPath()}") if found is None else found

    FindObject = GetObject = Get

    def FindObjectAny(self, name: object) -> Any:
        return session().find(str(name))

    def GetList(self) -> TList:
        return TList(self.objects.values())


class CurrentDirectory:
    """``gDirectory``: whatever directory is the current one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(session().directory, name)

    def __eq__(self, other: object) -> bool:
        return other is self or other is session().directory

    def __hash__(self) -> int:
        return id(self)


gDirectory = CurrentDirectory()
