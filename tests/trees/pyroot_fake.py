"""A small stand-in for PyROOT's trees: the methods, and the way memory is reused, of the real ones."""

from __future__ import annotations

import io
from types import SimpleNamespace
from typing import Any

import awkward as ak
import numpy as np
import uproot


class FakeBranch:
    def __init__(self, name: str, daughters: list[FakeBranch] | None = None) -> None:
        self._name, self._daughters = name, daughters or []

    def GetName(self) -> str:
        return self._name

    def GetListOfBranches(self) -> list[FakeBranch]:
        return self._daughters


class FakeVector:
    """A ``std::vector`` that the tree fills anew at each ``GetEntry``."""

    def __init__(self) -> None:
        self.items: list[float] = []

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self):
        return iter(self.items)


class FakeFile:
    def __init__(self, path: str) -> None:
        self._path = path

    def GetName(self) -> str:
        return self._path


class FakeDirectory:
    def __init__(self, path: str) -> None:
        self._path = path

    def GetPath(self) -> str:
        return self._path


class FakeTree:
    """``TTree``: columns of numbers or of lists; attributes show the entry that was read last."""

    def __init__(
        self, name: str, columns: dict[str, list[Any]], file: FakeFile | None = None, folder: str = ""
    ) -> None:
        self._name, self._columns, self._file, self._folder = name, columns, file, folder
        self._entry = -1
        self._vectors = {key: FakeVector() for key, items in columns.items() if isinstance(items[0], list)}

    def GetName(self) -> str:
        return self._name

    def GetEntries(self) -> int:
        return len(next(iter(self._columns.values())))

    def GetListOfBranches(self) -> list[FakeBranch]:
        return [FakeBranch(name) for name in self._columns]

    def GetEntry(self, entry: int) -> int:
        self._entry = entry
        for name, vector in self._vectors.items():
            vector.items = self._columns[name][entry]
        return 1

    def GetTotBytes(self) -> int:
        return 1000

    def GetBranchStatus(self, name: str) -> bool:
        return True

    def SetBranchStatus(self, name: str, on: bool) -> None:
        pass

    def CloneTree(self, n_entries: int, option: str) -> None:
        assert n_entries == -1
        assert option == "fast"
        FakeMemoryFile.current.WriteTObject(self, self._name)

    def GetCurrentFile(self) -> FakeFile | None:
        return self._file

    def GetDirectory(self) -> FakeDirectory | None:
        return FakeDirectory(f"{self._file.GetName()}:/{self._folder}") if self._file else None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._columns:
            message = f"'TTree' object has no attribute {name!r}"
            raise AttributeError(message)
        return self._vectors[name] if name in self._vectors else self._columns[name][self._entry]


class FakeChainElement:
    def __init__(self, path: str, tree: str) -> None:
        self._path, self._tree = path, tree

    def GetName(self) -> str:
        return self._tree

    def GetTitle(self) -> str:
        return self._path


class FakeChain(FakeTree):
    """``TChain``: trees of one name in several files."""

    def __init__(self, name: str, columns: dict[str, list[Any]], paths: list[str]) -> None:
        super().__init__(name, columns)
        self._paths = paths

    def GetListOfFiles(self) -> list[FakeChainElement]:
        return [FakeChainElement(path, self._name) for path in self._paths]


class FakeMemoryFile:
    """``TMemFile``, which uproot fills."""

    current: FakeMemoryFile

    def __init__(self, *_: Any) -> None:
        self._buffer = io.BytesIO()
        self._file = uproot.recreate(self._buffer)
        self.cd()

    def cd(self) -> None:
        FakeMemoryFile.current = self

    def WriteTObject(self, tree: FakeTree, name: str) -> None:
        columns = {key: _array(items) for key, items in tree._columns.items()}
        types = {
            key: (items.dtype, items.shape[1:]) if isinstance(items, np.ndarray) else items.type.content
            for key, items in columns.items()
        }
        self._file.mktree(name, types)
        self._file[name].extend(columns)

    def Write(self) -> None:
        self._content = self._buffer.getvalue()

    def GetSize(self) -> int:
        return len(self._content)

    def CopyTo(self, target: bytearray, size: int) -> None:
        target[:] = self._content[:size]

    def Close(self) -> None:
        self._file.close()


def _array(items: list[Any]) -> Any:
    values = ak.Array(items)
    try:
        return ak.to_numpy(values)
    except ValueError:
        return values


#: What ``import ROOT`` gives.
ROOT = SimpleNamespace(
    TMemFile=FakeMemoryFile,
    gErrorIgnoreLevel=0,
    kWarning=2000,
    TDirectory=SimpleNamespace(TContext=lambda: SimpleNamespace(__destruct__=lambda: None)),
)


class NullTree:
    """A null pointer of PyROOT: every call is an error."""

    def _null(self, *_: Any) -> Any:
        message = "attempt to access a null-pointer"
        raise ReferenceError(message)

    GetName = GetEntries = GetListOfBranches = GetEntry = _null
