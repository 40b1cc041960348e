"""Trees in ROOT files and uproot's own trees."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError, DataFileNotFoundError, did_you_mean
from tmva_py.trees.columns import Column, as_column
from tmva_py.trees.source import TreeSource

_TREE_CLASSES = frozenset(
    ("TTree", "TNtuple", "TNtupleD", "TChain", "ROOT::RNTuple", "ROOT::Experimental::RNTuple")
)
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
# The tree's part cannot hold a colon; that of the file can (a protocol, a drive letter).
_FILE_AND_TREE = re.compile(r"(?P<file>.+\.root(?:\?[^:]*)?):(?P<tree>.*)", re.IGNORECASE | re.DOTALL)


def split_location(text: str) -> tuple[str, str]:
    """Split ``"file.root:folder/tree"`` into the file and the tree; the tree is empty if none is given.

    Examples
    --------
    >>> split_location("root://host//data/f.root:dir/t;2")
    ('root://host//data/f.root', 'dir/t;2')
    >>> split_location("C:/data/f.root")
    ('C:/data/f.root', '')
    """
    match = _FILE_AND_TREE.fullmatch(text)
    if match:
        return match["file"], match["tree"].strip("/")
    file, colon, tree = text.rpartition(":")
    if colon and not os.path.exists(text) and not tree.startswith(("//", "\\")) and len(file) > 1:
        return file, tree.strip("/")
    return text, ""


def is_remote(path: str) -> bool:
    """Return whether a path names a protocol, such as ``root://`` or ``https://``."""
    return _REMOTE.match(path) is not None


def check_file(path: str, tree: str) -> None:
    """Raise `DataFileNotFoundError` if a local file does not exist; the message names its neighbours."""
    if is_remote(path) or os.path.isfile(path):
        return
    wanted = Path(path)
    for_tree = f" (for tree {tree!r})" if tree else ""
    if wanted.is_dir():
        message = f"{path} is a folder, not a ROOT file{for_tree}"
        raise DataError(message)
    folder = wanted.parent
    if not folder.is_dir():
        message = f"no file {path!r}{for_tree}: there is no folder {str(folder)!r}"
        raise DataFileNotFoundError(message)
    neighbours = sorted(item.name for item in folder.iterdir() if item.is_file())
    root_files = [name for name in neighbours if name.endswith(".root")]
    shown = f"; ROOT files in {str(folder)!r}: {', '.join(root_files[:10]) or 'none'}"
    message = f"no file {path!r}{for_tree}{did_you_mean(wanted.name, neighbours)}{shown}"
    raise DataFileNotFoundError(message)


@contextmanager
def opened(path: str) -> Iterator[Any]:
    """Open a ROOT file; anything that uproot raises meanwhile becomes a `DataError` with the path."""
    import uproot

    try:
        # Strings with a colon would be split by uproot itself; a mapping or a Path would not.
        # Every range of entries is read once: a cache of arrays would only hold memory.
        with uproot.open(path if is_remote(path) else Path(path), array_cache=None) as file:
            yield file
    except DataError:
        raise
    except Exception as error:  # a damaged file can raise anything, from struct.error to zlib's own
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        size = "" if is_remote(path) else f", {os.path.getsize(path)} bytes"
        with_magic = not is_remote(path) and _magic(path) == b"root"
        what = "damaged or truncated ROOT file" if with_magic or is_remote(path) else "not a ROOT file"
        message = f"cannot read {path!r}{size}: {what} ({reason})"
        raise DataError(message) from error


def _magic(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(4)


def find_tree(file: Any, path: str, tree: str) -> str:
    """Return the name under which uproot finds the tree; an empty `tree` means the only one in the file."""
    names = [
        key
        for key, name in file.classnames(recursive=True, cycle=False).items()
        if name in _TREE_CLASSES
    ]  # fmt: skip
    names = list(dict.fromkeys(names))
    listed = f"trees in the file: {', '.join(names) or 'none'}"
    if not tree:
        if len(names) == 1:
            return str(names[0])
        example = f"{Path(path).name}:{names[0] if names else 'tree'}"
        message = f"{path!r} holds {len(names)} trees; say which one, as in {example!r}; {listed}"
        raise DataError(message)
    base = tree.partition(";")[0]
    if base not in names:
        message = f"{path!r} has no tree {tree!r}{did_you_mean(base, names)}; {listed}"
        raise DataError(message)
    if tree != base and tree not in file.keys(recursive=True, cycle=True):
        cycles = [key for key in file.keys(recursive=True, cycle=True) if key.partition(";")[0] == base]
        message = f"{path!r} has no cycle {tree!r}; cycles: {', '.join(cycles)}"
        raise DataError(message)
    return tree


class UprootTree(TreeSource):
    """A tree in a file, which is opened for each reading, or, with `keep`, one that uproot has opened.

    That one is read as long as its file is open; then the file is opened again.
    """

    def __init__(self, tree: Any, path: str, object_path: str, *, keep: bool) -> None:
        self._path = path
        self._object_path = object_path
        self._tree = tree if keep else None
        self._keys = _branch_keys(tree)
        clusters = getattr(tree, "cluster_summaries", None)  # of an RNTuple, whose fields have no baskets
        self._cluster = max((one.num_entries for one in clusters), default=0) if clusters else 0
        self._baskets = {name: _largest_basket(tree[key]) for name, (key, _) in self._keys.items()}
        super().__init__(str(tree.name).rpartition("/")[2], int(tree.num_entries), self._keys)

    @classmethod
    def from_file(cls, path: str, tree: str) -> UprootTree:
        """Return the tree called `tree` in a file, or the file's only tree if `tree` is empty."""
        check_file(path, tree)
        with opened(path) as file:
            object_path = find_tree(file, path, tree)
            return cls(file[object_path], path, object_path, keep=False)

    @classmethod
    def from_object(cls, tree: Any) -> UprootTree:
        """Wrap a tree that the user opened with uproot."""
        path = str(getattr(getattr(tree, "file", None), "file_path", "") or "")
        object_path = str(getattr(tree, "object_path", tree.name)).strip("/")
        return cls(tree, path, object_path, keep=True)

    def largest_basket(self, branches: Iterable[str]) -> int:
        """Return the most entries that one basket of some branches holds: what one reading decompresses."""
        baskets = (self._baskets.get(self.full_name(branch), 0) for branch in branches)
        return max(baskets, default=0) or self._cluster

    @property
    def file_path(self) -> str:
        """The file on disk that the tree is read from; empty if it is not known."""
        return self._path

    def describe(self) -> str:
        """Return ``"file.root:tree"``."""
        return f"{self._path}:{self._object_path}" if self._path else f"tree {self.name!r}"

    def _read(self, branches: Sequence[str], start: int, stop: int) -> dict[str, Column]:
        columns = {}
        for branch, values in self.arrays(branches, start, stop).items():
            column = as_column(values, f"{self.describe()}, branch {branch!r}")
            columns[branch] = replace(column, content=_own_memory(column.content))
        return columns

    def arrays(self, branches: Iterable[str], start: int, stop: int) -> dict[str, Any]:
        """Return some of `branch_names` as awkward arrays."""
        if self._tree is not None and not getattr(self._tree.file, "closed", False):
            return self._arrays_of(self._tree, branches, start, stop)
        check_file(self._path, self._object_path)
        with opened(self._path) as file:
            return self._arrays_of(file[self._object_path], branches, start, stop)

    def _arrays_of(self, tree: Any, branches: Iterable[str], start: int, stop: int) -> dict[str, Any]:
        arrays = {}
        for branch in branches:
            key, leaf = self._keys[branch]
            try:
                values = tree[key].array(entry_start=start, entry_stop=stop, library="ak")
            except Exception as error:  # uproot's own kinds, and whatever a damaged basket leads to
                reason = str(error).strip().split("\n")[0] or type(error).__name__
                message = f"cannot read branch {branch!r} of {self.describe()}: {reason}"
                raise DataError(message) from error
            arrays[branch] = values if leaf is None else values[leaf]
        return arrays


def _own_memory(content: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the values without the rest of their basket, where that is larger."""
    base = content
    while isinstance(base.base, np.ndarray):
        base = base.base
    return content.copy() if base.nbytes > 2 * content.nbytes else np.ascontiguousarray(content)


def _largest_basket(branch: Any) -> int:
    offsets = getattr(branch, "entry_offsets", None)  # an RNTuple's fields have none
    return int(np.diff(offsets).max()) if offsets is not None and len(offsets) > 1 else 0


def _branch_keys(tree: Any) -> dict[str, tuple[str, str | None]]:
    """Map branch names, sub-branches with dots, to uproot's key and, for a leaf list, the leaf."""
    keys: dict[str, tuple[str, str | None]] = {}
    for key in tree.keys():  # noqa: SIM118 - not a dict
        name = key.replace("/", ".").rstrip(".")
        branch = tree[key]
        leaves = getattr(branch, "leaves", None) or ()
        if len(leaves) > 1:
            for leaf in leaves:
                leaf_name = leaf.member("fName")
                keys[f"{name}.{leaf_name}"] = (key, leaf_name)
        else:
            keys.setdefault(name, (key, None))
    return keys
