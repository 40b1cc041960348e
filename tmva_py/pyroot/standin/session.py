"""What ROOT keeps for a process: the current directory and pad, objects by name, whether windows open."""

from __future__ import annotations

import functools
from typing import Any


class Folder:
    """Objects by their names, in memory."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.objects: dict[str, Any] = {}

    def __bool__(self) -> bool:
        return True

    def GetName(self) -> str:
        return self.name

    def GetPath(self) -> str:
        return f"{self.name}:/"

    def GetFile(self) -> Any:
        return None

    def IsWritable(self) -> bool:
        return False

    def Append(self, one: Any, replace: bool = False) -> None:
        self.objects[str(one.GetName())] = one

    Add = Append

    def remove(self, one: Any) -> None:
        """Forget an object."""
        for name, other in list(self.objects.items()):
            if other is one:
                del self.objects[name]

    def cd(self, path: object = "") -> bool:
        """Make it the current directory."""
        session().directory = self
        return True

    def Get(self, name: object) -> Any:
        """Return the object of a name, or None."""
        return self.objects.get(str(name))

    FindObject = Get

    def WriteTObject(self, one: Any, name: object = "", *more: Any) -> int:
        """Write an object: into memory there is nothing to write."""
        return 0


class Session:
    """The state of the stand-in."""

    def __init__(self) -> None:
        self.top: Any = Folder("PyROOT")
        self.directory: Any = self.top
        self.pad: Any = None
        self.canvases: list[Any] = []
        self.files: list[Any] = []
        # Pictures of several pages that are still open, by their paths.
        self.pages: dict[str, list[Any]] = {}
        self.is_batch = True
        self.n_threads = 0
        self.adds_histograms = True
        self.sums_squares = False
        self.ignored_below = 0

    def find(self, name: str) -> Any:
        """Return the object in memory that has a name, or None: of the current directory first."""
        for directory in (self.directory, self.top, *self.files):
            found = directory.objects.get(name)
            if found is not None:
                return found
        return next((one for one in self.canvases if one.GetName() == name), None)


@functools.cache
def session() -> Session:
    """Return the process's state, the same object every time."""
    return Session()
