"""From whatever a user calls a tree to a `TreeSource`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from tmva_py.errors import DataError
from tmva_py.trees.files import UprootTree, check_file, is_remote, split_location
from tmva_py.trees.memory import (
    ColumnTree,
    columns_of_frame,
    columns_of_records,
    columns_of_structured,
    read_text_tree,
)
from tmva_py.trees.pyroot import PyROOTTree, is_pyroot_tree
from tmva_py.trees.source import TreeSource

_ACCEPTED = (
    "'file.root:tree', an uproot tree, a PyROOT TTree or TChain, a dict or frame of columns, "
    "a structured NumPy array or an awkward record array"
)


def open_tree(tree: Any, *, name_hint: str = "") -> TreeSource:
    """Return a tree, given in any form, as something that can be read.

    Parameters
    ----------
    tree : str, path, uproot tree, PyROOT tree, mapping, frame, structured array, awkward record array
        ``"file.root:folder/tree"``, with a cycle ``;2`` if need be; without ``:tree`` the only tree of the
        file; or a text file as ``TTree::ReadFile`` reads it.
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
    if tree is None:
        message = f"the tree does not exist (None, an empty pointer); expected {_ACCEPTED}"
        raise DataError(message)
    if isinstance(tree, (str, os.PathLike)):
        return _open_path(os.fspath(tree))
    if is_pyroot_tree(tree):
        return PyROOTTree(tree)
    module = type(tree).__module__.partition(".")[0]
    if module == "uproot" and hasattr(tree, "num_entries"):
        return UprootTree.from_object(tree)
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


def _open_path(text: str) -> TreeSource:
    path, tree = split_location(text)
    check_file(path, tree)
    if not tree and not is_remote(path) and _is_text(path):
        return ColumnTree(read_text_tree(path), os.path.basename(path).partition(".")[0], "text file")
    return UprootTree.from_file(path, tree)


def _is_text(path: str) -> bool:
    with open(path, "rb") as file:
        start = file.read(256)
    first_line = start.split(b"\n")[0]
    return not start.startswith(b"root") and b"\0" not in start and b":" in first_line
