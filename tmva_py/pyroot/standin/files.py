"""``TFile``: read and written by uproot."""

from __future__ import annotations

import os
import shutil
import weakref
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from tmva_py.booking.output.root_objects import Objects, write_object
from tmva_py.errors import BookingError, DataError
from tmva_py.files import replaced_when_done
from tmva_py.pyroot.standin.directories import TDirectory
from tmva_py.pyroot.standin.objects import NullPointer, TList, TObject
from tmva_py.pyroot.standin.session import session
from tmva_py.trees.files import check_file, is_remote, opened

_MODES = {
    "": "READ",
    "READ": "READ",
    "RECREATE": "RECREATE",
    "UPDATE": "UPDATE",
    "NEW": "NEW",
    "CREATE": "NEW",
}


class _Folder(TDirectory):
    """A folder in a file; the file itself is one."""

    def __init__(self, file: TFile | None, path: str, name: str, title: str = "") -> None:
        super().__init__(name, title)
        self._file: Any = self if file is None else file
        self._path = path

    def __getattr__(self, name: str) -> Any:
        # file.tree is the object of this name, as in PyROOT.
        if not name.startswith("_") and name.isidentifier() and self._has(name):
            return self.Get(name)
        return super().__getattr__(name)

    __getitem__ = TDirectory.Get

    def GetPath(self) -> str:
        return f"{self._file.GetName()}:/{self._path}"

    def GetFile(self) -> Any:
        return self._file

    def IsWritable(self) -> bool:
        return bool(self._file.is_open and self._file.mode != "READ")

    def _inside(self, name: object) -> str:
        text = str(name).partition(";")[0] if str(name).endswith(";1") else str(name)
        text = text.rpartition(":")[2] if ":/" in text else text
        if text.startswith("/"):
            return text.strip("/")
        return "/".join(part for part in (self._path, text) if part)

    def _has(self, name: str) -> bool:
        return name in self.objects or bool(self._file.is_open and self._file.class_of(self._inside(name)))

    def Get(self, name: object) -> Any:
        """Return an object of the file, or one that was made while it was the current directory."""
        text = str(name)
        if text in self.objects:
            return self.objects[text]
        place = self._inside(text)
        kind = self._file.class_of(place)
        if kind.startswith("TDirectory"):
            return self.GetDirectory(text)
        if not kind:
            names = ", ".join(self._file.keys(self._path)[:20]) or "nothing"
            what = f"there is no {text!r} in {self.GetPath()}, which has {names}"
            return NullPointer(what)
        found = self._file.read(place)
        if found is not None:
            self.objects[text] = found
        return found

    FindObject = Get

    def GetDirectory(self, name: object) -> Any:
        place = self._inside(name)
        if not place:
            return self._file
        if self._file.folders.get(place) is None:
            if not self._file.class_of(place).startswith("TDirectory"):
                return NullPointer(f"there is no folder {str(name)!r} in {self.GetPath()}")
            self._file.folders[place] = _Folder(self._file, place, place.rpartition("/")[2])
        return self._file.folders[place]

    def mkdir(self, name: object, title: object = "", *more: Any) -> Any:
        """Make a folder."""
        place = self._inside(name)
        self._file.writable().mkdir(place)
        self._file.forget()
        self._file.folders[place] = _Folder(self._file, place, place.rpartition("/")[2], str(title))
        return self._file.folders[place]

    def cd(self, path: object = "") -> bool:
        text = str(path or "")
        folder = self.GetDirectory(text) if text else self
        if not folder:
            return False
        session().directory = folder
        return True

    def GetListOfKeys(self) -> TList:
        return TList(TKey(self, name) for name in self._file.keys(self._path))

    GetNkeys = TDirectory.GetList

    def GetKey(self, name: object) -> Any:
        return self.GetListOfKeys().FindObject(name)

    def ls(self, option: object = "") -> None:
        from tmva_py.pyroot.standin.messages import show

        show(f"TFile**\t\t{self.GetPath()}")
        for key in self.GetListOfKeys():
            show(f"  KEY: {key.GetClassName()}\t{key.GetName()};1\t{key.GetTitle()}")

    Print = ls

    def WriteTObject(self, one: Any, name: object = "", *more: Any) -> int:
        """Write an object."""
        if not self.IsWritable():
            message = f"{self.GetPath()} is not open for writing: {one.GetName()!r} is not written"
            raise BookingError(message)
        from tmva_py.pyroot.standin.stored import write

        place = self._inside(str(name) or one.GetName())
        write(self._file, place, one)
        return 1

    WriteObject = WriteTObject

    def Write(self, name: object = "", option: int = 0, size: int = 0) -> int:
        """Write all objects that were made while it was the current directory."""
        if not self.IsWritable():
            return 0
        made = [one for one in self.objects.values() if getattr(one, "is_made_here", False)]
        for one in made:
            self.WriteTObject(one)
        for folder in [one for one in self._file.folders.values() if self is self._file]:
            folder.Write()
        return len(made)

    def Delete(self, name: object = "") -> None:
        """Delete the object of a name, ``"tree;*"``, or of all."""
        wanted = str(name).partition(";")[0]
        for key in self._file.keys(self._path):
            if wanted in ("*", "T*", key):
                self._file.delete(self._inside(key))
                self.objects.pop(key, None)

    def __output_target__(self) -> _OutputTarget:
        """Return where a factory writes."""
        if not self.IsWritable():
            state = "is open for reading" if self._file.is_open else "is closed"
            message = f"output file {self._file.path!r} {state}; open it with RECREATE or UPDATE"
            raise BookingError(message)
        return _OutputTarget(self)


class _OutputTarget:
    """A file or a folder as output of a factory."""

    def __init__(self, folder: Any) -> None:
        self._folder = folder

    def replaces(self, path: str) -> bool:
        """Return False: nothing is taken away."""
        del path
        return False

    def write(self, objects: Objects) -> None:
        """Write objects by their paths."""
        if not self._folder.IsWritable():
            name = self._folder.GetFile().GetName()
            message = (
                f"output file {name!r} was closed before the factory was done: close it after "
                "EvaluateAllMethods"
            )
            raise BookingError(message)
        for name, one in objects.items():
            self._folder.GetFile().put(self._folder._inside(name), one)


class TFile(_Folder):
    """A ROOT file."""

    def __init__(self, path: object, mode: object = "", title: object = "", compression: int = 0) -> None:
        self.path = os.fspath(path) if isinstance(path, os.PathLike) else str(path)
        wanted = str(mode).upper()
        if wanted not in _MODES:
            known = ", ".join(filter(None, _MODES))
            message = f"TFile({self.path!r}): expected a mode of {known}, got {str(mode)!r}"
            raise DataError(message)
        super().__init__(None, "", self.path, str(title))
        self.mode = _MODES[wanted]
        self.folders: dict[str, Any] = {}
        self._kinds: dict[str, str] | None = None
        self._writer: Any = None
        self.is_open = True
        if self.mode == "UPDATE" and not os.path.exists(self.path):
            self.mode = "NEW"
        if self.mode == "NEW" and os.path.exists(self.path):
            message = f"TFile({self.path!r}, 'NEW'): the file exists"
            raise DataError(message)
        if self.mode in ("RECREATE", "NEW"):
            self._create()
        elif not is_remote(self.path):
            check_file(self.path, "")
            with opened(self.path):
                pass
        session().files.append(self)
        session().directory = self

    @staticmethod
    def Open(path: object, mode: object = "", title: object = "", compression: int = 0) -> TFile:
        """Open a file; one that is not there is an error."""
        return TFile(path, mode, title, compression)

    def _create(self) -> None:
        import uproot

        folder = Path(self.path).parent
        if not folder.is_dir():
            message = f"TFile({self.path!r}): there is no folder {str(folder)!r}"
            raise DataError(message)
        # What other files are open under this name keep what they read.
        with replaced_when_done(Path(self.path)) as temporary, uproot.recreate(temporary):
            pass

    def __enter__(self) -> TFile:
        return self

    def __exit__(self, *error: object) -> None:
        self.Close()

    def GetName(self) -> str:
        return self.path

    def GetOption(self) -> str:
        return {"NEW": "CREATE", "RECREATE": "CREATE"}.get(self.mode, self.mode)

    def IsOpen(self) -> bool:
        return self.is_open

    def GetSize(self) -> int:
        return os.path.getsize(self.path)

    def Close(self, option: object = "") -> None:
        """Close the file."""
        if not self.is_open:
            return
        if self._writer is not None:
            self._writer.close()
        self._writer, self.is_open = None, False
        state = session()
        state.files = [one for one in state.files if one is not self]
        if state.directory is self or getattr(state.directory, "_file", None) is self:
            state.directory = state.top

    def SaveSelf(self, force: bool = False) -> int:
        return 0

    Flush = SaveSelf

    def writable(self) -> Any:
        """Return the file as uproot has it open for writing."""
        import uproot

        if self._writer is None:
            self._writer = uproot.update(Path(self.path))
        return self._writer

    def put(self, place: str, one: Any) -> None:
        """Write an object of our own, or one that uproot writes, under a path."""
        write_object(self.writable(), place, one)
        self.forget()

    def forget(self) -> None:
        """Forget what is in the file: it has changed."""
        self._kinds = None

    def delete(self, place: str) -> None:
        """Delete an object."""
        folder, _, name = place.rpartition("/")
        writer = self.writable()
        if folder:
            writer = writer[folder]
        del writer[name]
        self.forget()

    def _classes(self) -> dict[str, str]:
        if self._kinds is None:
            with opened(self.path) as content:
                self._kinds = {
                    key.partition(";")[0]: kind for key, kind in content.classnames(recursive=True).items()
                }
        return self._kinds

    def class_of(self, place: str) -> str:
        """Return the class of an object; empty if there is none."""
        return self._classes().get(place.partition(";")[0], "") if self.is_open else ""

    def keys(self, folder: str) -> list[str]:
        """Return the names of what is in a folder."""
        front = f"{folder}/" if folder else ""
        return [
            key.removeprefix(front)
            for key in self._classes()
            if key.startswith(front) and "/" not in key.removeprefix(front)
        ]

    def read(self, place: str) -> Any:
        """Return an object of the file as the stand-in's."""
        from tmva_py.pyroot.standin.stored import read

        return read(self, place)


class TMemFile(TFile):
    """A file that goes away with the object: here it lies in a folder of its own for as long."""

    def __init__(self, name: object, mode: object = "", title: object = "", compression: int = 0) -> None:
        folder = mkdtemp(prefix="tmva_py-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self._called = str(name)
        super().__init__(Path(folder) / Path(self._called).name, mode, title, compression)

    def GetName(self) -> str:
        return self._called


class TKey(TObject):
    """The entry of an object in a file."""

    def __init__(self, folder: Any, name: str) -> None:
        self._folder, self._name = folder, name

    def GetName(self) -> str:
        return self._name

    def GetClassName(self) -> str:
        file = self._folder.GetFile()
        kind = str(file.class_of(self._folder._inside(self._name)))
        return "TDirectoryFile" if kind == "TDirectory" else kind

    def GetCycle(self) -> int:
        return 1

    def ReadObj(self) -> Any:
        return self._folder.Get(self._name)
