"""Trees of PyROOT, known by what they can do: nothing here imports ROOT."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tmva_py.errors import DataError
from tmva_py.trees.columns import Column, as_column
from tmva_py.trees.files import UprootTree
from tmva_py.trees.source import TreeSource


def is_pyroot_tree(tree: Any) -> bool:
    """Return whether an object has the methods of a TTree that are used here."""
    return all(
        callable(getattr(tree, name, None)) for name in ("GetEntries", "GetListOfBranches", "GetEntry")
    )


class PyROOTTree(TreeSource):
    """A TTree or TChain of PyROOT.

    What lies in finished files is read from there through uproot; what is only in memory, or not yet
    written, is read by a loop over ``GetEntry``. The loop fills the buffers to which the tree's branches
    are connected, as any reading of the tree in ROOT does.
    """

    def __init__(self, tree: Any) -> None:
        try:
            name, n_entries = str(tree.GetName()), int(tree.GetEntries())
        except ReferenceError as error:
            message = "the tree does not exist (empty pointer); is it in the file under this name?"
            raise DataError(message) from error
        super().__init__(name, n_entries, _branch_names(tree))
        self._tree = tree
        self._parts = _parts_in_files(tree, n_entries)

    def describe(self) -> str:
        """Return the files, or that the tree is in memory."""
        if self._parts:
            return self._parts[0].describe() + (f" and {len(self._parts) - 1} more" * (len(self._parts) > 1))
        return f"tree {self.name!r} in memory"

    def _read(self, branches: Sequence[str], start: int, stop: int) -> dict[str, Column]:
        if not self._parts:
            return self._read_by_entries(branches, start, stop)
        pieces: dict[str, list[Column]] = {branch: [] for branch in branches}
        first = 0
        for part in self._parts:
            low, high = max(start - first, 0), min(stop - first, part.n_entries)
            first += part.n_entries
            if low < high or (part is self._parts[-1] and start == stop):
                for branch, column in part.read(branches, low, high).columns.items():
                    pieces[branch].append(column)
        return {branch: Column.concatenate(columns) for branch, columns in pieces.items()}

    def _read_by_entries(self, branches: Sequence[str], start: int, stop: int) -> dict[str, Column]:
        values: dict[str, list[Any]] = {branch: [] for branch in branches}
        for entry in range(start, stop):
            self._tree.GetEntry(entry)
            for branch in branches:
                values[branch].append(_current_value(self._tree, branch))
        return {
            branch: as_column(items, f"{self.describe()}, branch {branch!r}")
            for branch, items in values.items()
        }


def _current_value(tree: Any, branch: str) -> Any:
    """Return a copy of the branch's value in the current entry: ROOT reuses the memory for the next one."""
    try:
        value = getattr(tree, branch)
    except AttributeError:
        leaf = tree.GetLeaf(branch)
        values = [leaf.GetValue(i) for i in range(leaf.GetLen())]
        return values[0] if len(values) == 1 else values
    if isinstance(value, (str, bytes)) or not hasattr(value, "__len__"):
        return value
    return [item if np.isscalar(item) else list(item) for item in value]


def _branch_names(tree: Any) -> list[str]:
    return list(dict.fromkeys(_walk(tree.GetListOfBranches(), "")))


def _walk(branches: Any, prefix: str) -> Iterator[str]:
    for branch in branches:
        name = str(branch.GetName()).rstrip(".")
        # ROOT repeats the mother's name in that of a daughter only if the mother's name ends in a dot.
        full = name if not prefix or name.startswith(f"{prefix}.") else f"{prefix}.{name}"
        inner = branch.GetListOfBranches() if hasattr(branch, "GetListOfBranches") else None
        if inner:
            yield from _walk(inner, full)
        else:
            yield full


def _parts_in_files(tree: Any, n_entries: int) -> list[UprootTree]:
    """Return the trees in files that make up the tree, or nothing if they do not hold all its entries."""
    places = []
    if hasattr(tree, "GetListOfFiles"):
        places = [(str(item.GetTitle()), str(item.GetName())) for item in tree.GetListOfFiles()]
    else:
        file = tree.GetCurrentFile() if hasattr(tree, "GetCurrentFile") else None
        if file:
            places = [(str(file.GetName()), f"{_folder(tree)}{tree.GetName()}")]
    if not places or not all(os.path.isfile(path) for path, _ in places):
        return []
    try:
        parts = [UprootTree.from_file(path, name) for path, name in places]
    except DataError:  # not written yet: the entries are in memory
        return []
    return parts if sum(part.n_entries for part in parts) == n_entries else []


def _folder(tree: Any) -> str:
    """Return the folder of a tree in its file, with a slash at its end, from a path ``file.root:/folder``."""
    directory = tree.GetDirectory() if hasattr(tree, "GetDirectory") else None
    folder = str(directory.GetPath()).rpartition(":/")[2].strip("/") if directory else ""
    return f"{folder}/" if folder else ""
