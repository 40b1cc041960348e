"""Trees in ROOT files and uproot's own trees."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError, DataFileNotFoundError, did_you_mean
from tmva_py.trees.baskets import check_pages, entry_size, read_part
from tmva_py.trees.columns import Column, as_column
from tmva_py.trees.fields import Field, branch_at, check_layout, fields_of, stored_friends
from tmva_py.trees.joined import Friend
from tmva_py.trees.source import TreeSource

_TREE_CLASSES = frozenset(
    ("TTree", "TNtuple", "TNtupleD", "TChain", "ROOT::RNTuple", "ROOT::Experimental::RNTuple")
)
# What pip installs for protocols that uproot reads through fsspec.
_PACKAGES = {
    "root": "fsspec-xrootd",
    "roots": "fsspec-xrootd",
    "xroot": "fsspec-xrootd",
    "http": "aiohttp requests",
    "https": "aiohttp requests",
    "s3": "s3fs",
    "gs": "gcsfs",
    "ssh": "paramiko",
    "sftp": "paramiko",
}
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
    if inside := next((str(parent) for parent in wanted.parents if parent.is_file()), None):
        rest = path[len(inside) :].strip("/")
        message = f"no file {path!r}{for_tree}: {inside!r} is a file; write {f'{inside}:{rest}'!r}"
        raise DataFileNotFoundError(message)
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
        # The metadata that uproot would leave out names the tree's friends.
        with uproot.open(
            path if is_remote(path) else Path(path), array_cache=None, minimal_ttree_metadata=False
        ) as file:
            file.file.hook_before_interpret_streamers = _refuse_to_recurse()
            yield file
    except DataError:
        raise
    except Exception as error:  # a damaged file can raise anything, from struct.error to zlib's own
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        if is_remote(path) and (isinstance(error, ImportError) or "Protocol not known" in reason):
            raise _lacks_package(path, reason) from error
        size = "" if is_remote(path) else f", {os.path.getsize(path)} bytes"
        with_magic = not is_remote(path) and _magic(path) == b"root"
        what = "damaged or truncated ROOT file" if with_magic or is_remote(path) else "not a ROOT file"
        message = f"cannot read {path!r}{size}: {what} ({reason})"
        raise DataError(message) from error


def _refuse_to_recurse() -> Callable[..., None]:
    """Return what uproot calls before it reads a file's list of classes: a list that needs itself fails.

    uproot would read it again within itself until Python's stack ends, a second or more later.
    """
    times = 0

    def refuse(**_: Any) -> None:
        nonlocal times
        times += 1
        if times > 1:
            message = "its list of classes has a class that the list itself would have to describe"
            raise ValueError(message)

    return refuse


def _lacks_package(path: str, reason: str) -> DataError:
    protocol = path.partition("://")[0]
    package = _PACKAGES.get(protocol)
    if package is None:
        message = f"cannot read {path!r}: unknown protocol {protocol!r}; known: {', '.join(_PACKAGES)}"
    else:
        message = (
            f"cannot read {path!r}: {protocol}:// needs a package that is not installed ({reason}); "
            f"pip install {package}, or copy the file here"
        )
    return DataError(message)


def _magic(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(4)


def trees_called(file: Any, name: str = "") -> list[str]:
    """Return the trees of a file with their cycles, or those of one name, the newest cycle first."""
    found = [
        key for key, kind in file.classnames(recursive=True, cycle=True).items() if kind in _TREE_CLASSES
    ]
    chosen = [key for key in found if not name or key.partition(";")[0] == name]
    return sorted(chosen, key=lambda key: -int(key.partition(";")[2] or 0))


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
        # What the working directory is at the time of reading does not matter.
        self._absolute = path if not path or is_remote(path) else os.path.abspath(path)
        self._object_path = object_path
        self._tree = tree if keep else None
        self._fields = fields_of(tree)
        self._checked: set[tuple[int | str, ...]] = set()
        try:
            check_pages(tree)
        except DataError as error:
            message = f"cannot read {path or tree.name!r}: {error}"
            raise DataError(message) from None
        clusters = getattr(tree, "cluster_summaries", None)  # of an RNTuple, whose fields have no baskets
        self._cluster = max((one.num_entries for one in clusters), default=0) if clusters else 0
        self._baskets = {
            name: _largest_basket(branch_at(tree, field.place))
            for name, field in self._fields.by_name.items()
        }
        self._whole = {
            name: _bytes_of_largest(branch_at(tree, field.place), field, self._baskets[name])
            for name, field in self._fields.by_name.items()
        }
        super().__init__(
            str(tree.name).rpartition("/")[2],
            int(tree.num_entries),
            self._fields.by_name,
            leaf_lists=self._fields.leaf_lists,
            inside=self._fields.inside,
            aliases=getattr(tree, "aliases", None),
            objects=self._fields.objects,
        )
        self.friends = [self._friend(*one) for one in stored_friends(tree)]

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
        if not is_remote(path) and not os.path.isfile(path):
            path = ""  # in memory, or no longer where it was opened
        object_path = str(getattr(tree, "object_path", tree.name)).strip("/")
        source = cls(tree, path, object_path, keep=True)
        if path and hasattr(tree, "branches") and not tree.has_member("fFriends"):  # left out when opened
            with opened(path) as file:
                source.friends = [source._friend(*one) for one in stored_friends(file[object_path])]
        return source

    def _friend(self, name: str, tree: str, file: str) -> Friend:
        folder = os.path.dirname(self._absolute)
        if file and not is_remote(file) and not os.path.isfile(file):
            file = os.path.join(folder, file)
        return Friend(
            tuple(dict.fromkeys((name, tree))), lambda: UprootTree.from_file(file or self._absolute, tree)
        )

    def largest_basket(self, branches: Iterable[str]) -> int:
        """Return the most entries that one basket of some branches holds: what one reading decompresses."""
        baskets = (self._baskets.get(self.full_name(branch), 0) for branch in branches)
        return max(baskets, default=0) or self._cluster

    def whole_baskets(self, branches: Iterable[str]) -> dict[str, int]:
        """Return the bytes of the largest basket of those branches whose baskets are read whole."""
        return {branch: self._whole.get(self.full_name(branch), 0) for branch in branches}

    @property
    def file_path(self) -> str:
        """The file on disk that the tree is read from; empty if it is not known."""
        return self._path

    def describe(self) -> str:
        """Return ``"file.root:tree"``."""
        return f"{self._path}:{self._object_path}" if self._path else f"tree {self.name!r}"

    def check_numbers(self, branch: str) -> None:
        """Raise DataError for a branch of texts, or of objects that cannot be taken apart."""
        full = self.full_name(branch)
        kind = self._fields.no_numbers.get(full)
        if kind is not None:
            what = "texts" if "string" in kind or "char" in kind else f"objects of type {kind}"
            message = (
                f"{self.describe()}, branch {full!r} of type {kind} holds {what}; numbers are expected, or "
                "lists of numbers: write what is needed of it into a branch of numbers, for example by "
                "RDataFrame's Define and Snapshot"
            )
            raise DataError(message)

    def _read(self, branches: Sequence[str], start: int, stop: int) -> dict[str, Column]:
        for branch in branches:
            self.check_numbers(branch)
        columns = {}
        for branch, values in self.arrays(branches, start, stop).items():
            column = as_column(values, f"{self.describe()}, branch {branch!r}")
            columns[branch] = replace(column, content=_own_memory(column.content))
        return columns

    def arrays(self, branches: Iterable[str], start: int, stop: int) -> dict[str, Any]:
        """Return some of `branch_names` as awkward arrays."""
        if self._tree is not None and not getattr(self._tree.file, "closed", False):
            return self._arrays_of(self._tree, branches, start, stop)
        if not self._path:
            message = f"{self.describe()} was closed, and its file is not known"
            raise DataError(message)
        check_file(self._absolute, self._object_path)
        with opened(self._absolute) as file:
            return self._arrays_of(file[self._object_path], branches, start, stop)

    def _arrays_of(self, tree: Any, branches: Iterable[str], start: int, stop: int) -> dict[str, Any]:
        arrays = {}
        records: dict[tuple[int | str, ...], Any] = {}  # of several members of one branch, which is read once
        expected = max(0, min(stop, self.n_entries) - start)
        for branch in branches:
            field = self._fields.by_name[branch]
            try:
                if field.place not in records:
                    found = branch_at(tree, field.place)
                    if field.members and field.place not in self._checked:
                        check_layout(found, field.interpretation, 0)
                        self._checked.add(field.place)
                    records[field.place] = _values_of(found, field.interpretation, start, stop)
                values = records[field.place]
                for member in field.members:
                    values = values[member]
            except Exception as error:  # uproot's own kinds, and whatever a damaged basket leads to
                reason = str(error).strip().split("\n")[0] or type(error).__name__
                message = f"cannot read branch {branch!r} of {self.describe()}: {reason}"
                raise DataError(message) from error
            if len(values) != expected:
                message = (
                    f"cannot read branch {branch!r} of {self.describe()}: it has {len(values)} of the "
                    f"{expected} entries from {start} on; the file is damaged"
                )
                raise DataError(message)
            arrays[branch] = values
            if not field.members:
                del records[field.place]
        return arrays


def _values_of(branch: Any, interpretation: Any, start: int, stop: int) -> Any:
    """Return the entries of a branch of a TTree, or of a field of an RNTuple."""
    how = interpretation or getattr(branch, "interpretation", None)
    part = read_part(branch, how, start, stop)
    if part is not None:
        return part
    given = () if interpretation is None else (interpretation,)
    return branch.array(*given, entry_start=start, entry_stop=stop, library="ak")


def _own_memory(content: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the values without the rest of their basket, where that is larger."""
    base = content
    while isinstance(base.base, np.ndarray):
        base = base.base
    return content.copy() if base.nbytes > 2 * content.nbytes else np.ascontiguousarray(content)


def _bytes_of_largest(branch: Any, field: Field, entries: int) -> int:
    """Return about how many bytes the largest basket of a branch has, if baskets are read whole; else 0."""
    if not entries or (not field.members and entry_size(field.interpretation or branch.interpretation)):
        return 0
    return int(branch.uncompressed_bytes * entries / max(1, int(branch.num_entries)))


def _largest_basket(branch: Any) -> int:
    offsets = getattr(branch, "entry_offsets", None)  # an RNTuple's fields have none
    return int(np.diff(offsets).max()) if offsets is not None and len(offsets) > 1 else 0
