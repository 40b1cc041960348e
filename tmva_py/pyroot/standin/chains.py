"""``TChain``: trees of several files, one after the other."""

from __future__ import annotations

import glob
from typing import Any

import numpy as np

from tmva_py.errors import DataError
from tmva_py.pyroot.standin.objects import TList, TNamed
from tmva_py.pyroot.standin.trees import TTree
from tmva_py.trees import TreeSource
from tmva_py.trees.files import UprootTree, is_remote, split_location
from tmva_py.trees.joined import ChainTree


class TChain(TTree):
    """Trees of one name in several files; they are opened when they are first used."""

    def __init__(self, name: object = "", title: object = "", *more: Any) -> None:
        super().__init__(name, title)
        self.is_made_here = False
        self._filling = None
        self._places: list[tuple[str, str]] = []
        self._sources: list[TreeSource] = []

    def Add(self, path: Any, *more: Any) -> int:
        """Add a file, several by ``*``, one with its tree (``"file.root/tree"``), or another chain."""
        if isinstance(path, TChain):
            self._places += path._places
            return self._changed(len(path._places))
        text, name = str(path), self._name
        if ".root/" in text:
            front, _, name = text.partition(".root/")
            text = f"{front}.root"
        elif "?#" in text:
            text, _, name = text.partition("?#")
        else:
            text, inside = split_location(text)
            name = inside or name
        found = sorted(glob.glob(text)) if glob.has_magic(text) and not is_remote(text) else [text]
        self._places += [(one, name) for one in found]
        return self._changed(len(found))

    AddFile = Add

    def _changed(self, count: int) -> int:
        self._sources, self._file_source = [], None
        self._forget_loop()
        return count

    @property
    def _file_source(self) -> TreeSource | None:
        if self.__dict__.get("_chained") is None and self.__dict__.get("_places"):
            self._sources = [UprootTree.from_file(path, name) for path, name in self._places]
            self.__dict__["_chained"] = (
                self._sources[0] if len(self._sources) == 1 else ChainTree(self._sources)
            )
        found: TreeSource | None = self.__dict__.get("_chained")
        return found

    @_file_source.setter
    def _file_source(self, source: TreeSource | None) -> None:
        self.__dict__["_chained"] = source

    def __tree_source__(self) -> TreeSource:
        if not self._places:
            message = f"the chain {self._name!r} has no files; add them first: chain.Add('file.root')"
            raise DataError(message)
        return super().__tree_source__()

    def GetNtrees(self) -> int:
        return len(self._places)

    def GetTreeNumber(self) -> int:
        """Return the number of the file that the last entry is in; -1 before the first."""
        entry = self.GetReadEntry() if self._loop is not None else -1
        if entry < 0:
            return -1
        ends = np.cumsum([source.n_entries for source in self._sources])
        return int(np.searchsorted(ends, entry, side="right"))

    def GetListOfFiles(self) -> TList:
        return TList(TNamed(name, path) for path, name in self._places)
