"""From whatever a user calls a tree to a `TreeSource`."""

from __future__ import annotations

import glob
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from tmva_py.errors import DataError, DataFileNotFoundError
from tmva_py.trees.files import UprootTree, check_file, is_remote, split_location
from tmva_py.trees.joined import ChainTree, FriendTree
from tmva_py.trees.memory import (
    ColumnTree,
    columns_of_frame,
    columns_of_records,
    columns_of_structured,
    read_text_tree,
)
from tmva_py.trees.parquet import is_parquet, read_parquet
from tmva_py.trees.pyroot import (
    is_null,
    is_pyroot_ntuple,
    is_pyroot_tree,
    open_pyroot_ntuple,
    open_pyroot_tree,
)
from tmva_py.trees.source import TreeSource

_ACCEPTED = (
    "'file.root:tree', {'file.root': 'tree'}, a list of these, an uproot tree, a PyROOT TTree, TChain or "
    "RNTuple, a dict or frame of columns, a structured NumPy array or an awkward record array"
)


def open_tree(tree: Any, *, name_hint: str = "") -> TreeSource:
    """Return a tree, given in any form, as something that can be read.

    Parameters
    ----------
    tree : str, path, list, uproot tree, PyROOT tree, mapping, frame, structured array, awkward record array
        ``"file.root:folder/tree"``, with a cycle ``;2`` if need be; without ``:tree`` the only tree of the
        file; ``{"file.root": "tree"}``; with ``*`` and ``?`` in the file's name, or in a list, several one
        after the other; or a text file as ``TTree::ReadFile`` reads it; or a Parquet file, with pyarrow.
    name_hint : str, default ""
        The name of a tree that has none of its own.

    Raises
    ------
    DataFileNotFoundError
        The file does not exist.
    DataError
        The file or the tree cannot be read, columns differ in length, or `tree` is of no known form.

    Examples
    --------
    >>> open_tree({"x": [1.0, 2.0], "n": [3, 4]}).read(["n"])["n"].to_array()
    array([3, 4])
    """
    name = name_hint or "columns"
    if isinstance(tree, TreeSource):
        return tree
    if (own := getattr(type(tree), "__tree_source__", None)) is not None:
        source: TreeSource = own(tree)
        return source
    if tree is None or is_null(tree):
        message = f"the tree does not exist (None, an empty pointer); expected {_ACCEPTED}"
        raise DataError(message)
    if isinstance(tree, (str, os.PathLike)):
        return _chained(_open_paths(os.fspath(tree)))
    if is_pyroot_tree(tree):
        return open_pyroot_tree(tree)
    if is_pyroot_ntuple(tree):
        return open_pyroot_ntuple(tree)
    module = type(tree).__module__.partition(".")[0]
    if module == "uproot" and hasattr(tree, "num_entries"):
        return _with_friends(UprootTree.from_object(tree))
    if (
        isinstance(tree, (list, tuple))
        and tree
        and not any(np.isscalar(one) and not isinstance(one, str) for one in tree)
    ):
        return _chained([open_tree(one, name_hint=name) for one in tree])
    if isinstance(tree, Mapping) and tree and all(isinstance(one, str) for one in tree.values()):
        places = [(os.fspath(file), inside) for file, inside in tree.items()]
        return _chained([one for file, inside in places for one in _open_files(file, inside)])
    if isinstance(tree, Mapping) and module != "uproot":
        return ColumnTree(tree, name, "dict of columns")
    if isinstance(tree, np.ndarray) and tree.dtype.names:
        return ColumnTree(columns_of_structured(tree), name, "structured array")
    if module == "awkward" and getattr(tree, "fields", None):
        return ColumnTree(columns_of_records(tree), name, "awkward array")
    if hasattr(tree, "columns") and hasattr(tree, "__getitem__"):
        return ColumnTree(columns_of_frame(tree), name, f"{module} frame")
    kind = f"{module}.{type(tree).__name__}" if module != "builtins" else type(tree).__name__
    if isinstance(tree, np.ndarray) or module == "awkward":
        kind = f"{kind} without field names"
    message = f"expected a tree ({_ACCEPTED}), got {kind}"
    raise DataError(message)


def _open_paths(text: str) -> list[TreeSource]:
    return _open_files(*split_location(text))


def _open_files(path: str, tree: str) -> list[TreeSource]:
    """Return the tree in a file, or in all files that a pattern with ``*``, ``?`` or ``[]`` fits."""
    if is_remote(path) or os.path.exists(path) or not glob.has_magic(path):
        return [_open_file(path, tree)]
    found = sorted(glob.glob(path, recursive=True))
    if not found:
        message = f"no file is like {path!r}"
        raise DataFileNotFoundError(message)
    return [_open_file(one, tree) for one in found]


def _open_file(path: str, tree: str) -> TreeSource:
    check_file(path, tree)
    if not is_remote(path) and is_parquet(path):
        if tree:
            message = f"{path} is a Parquet file, which has no tree {tree!r}: give the file alone"
            raise DataError(message)
        return ColumnTree(read_parquet(path), os.path.basename(path).partition(".")[0], "Parquet file")
    if not tree and not is_remote(path) and _is_text(path):
        return ColumnTree(read_text_tree(path), os.path.basename(path).partition(".")[0], "text file")
    return _with_friends(UprootTree.from_file(path, tree))


def _with_friends(tree: UprootTree) -> TreeSource:
    return FriendTree(tree, tree.friends) if tree.friends else tree


def _chained(trees: list[TreeSource]) -> TreeSource:
    return trees[0] if len(trees) == 1 else ChainTree(trees)


def _is_text(path: str) -> bool:
    with open(path, "rb") as file:
        start = file.read(256)
    first_line = start.split(b"\n")[0]
    return not start.startswith(b"root") and b"\0" not in start and b":" in first_line
