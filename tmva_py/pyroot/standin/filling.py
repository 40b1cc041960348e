"""Branches that a script fills."""

from __future__ import annotations

import ctypes
import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tmva_py.errors import DataError
from tmva_py.pyroot.standin.branches import TBranch
from tmva_py.pyroot.standin.leaf_memory import bytes_of, type_of
from tmva_py.pyroot.standin.missing import needs_root
from tmva_py.pyroot.standin.vectors import Vector, number_type
from tmva_py.trees import TreeSource
from tmva_py.trees.leaf_lists import LeafList

_LETTERS: dict[str, Any] = {
    **{"F": np.float32, "D": np.float64, "I": np.int32, "i": np.uint32, "L": np.int64, "l": np.uint64},
    **{"S": np.int16, "s": np.uint16, "B": np.int8, "b": np.uint8, "O": np.bool_, "G": np.int64},
}
_LEAF = re.compile(r"(?P<name>[^\[\]/]+)(?P<sizes>(?:\[\w+\])*)(?:/(?P<letter>\w))?")
_CountOf = Callable[[str, str], Callable[[], int]]
_VECTOR = re.compile(r"(?:std::)?vector<\s*([\w ]+?)\s*>\s*&?\*?")


class _Filled:
    """The values of a branch so far, and how the next one is taken from its buffer."""

    def __init__(self, kind: Any, take: Callable[[Any], Any]) -> None:
        self.kind, self.take = kind, take
        self.buffer: Any = None
        self.values: list[Any] = []
        self.leaves = LeafList()
        # The branch that says how many values there are.
        self.counter = ""

    def array(self) -> Any:
        """Return the values: an array, or a list of lists of several lengths."""
        if self.leaves.layout is not None:
            return np.frombuffer(b"".join(self.values), self.kind)
        if self.values and isinstance(self.values[0], list):
            lengths = {len(one) for one in self.values}
            if len(lengths) > 1 or not next(iter(lengths)):
                import awkward as ak

                flat = np.array([value for one in self.values for value in one], self.kind)
                return ak.unflatten(flat, [len(one) for one in self.values])
        return np.array(self.values, self.kind)


@dataclass
class Lists:
    """Columns of which some are lists, and the branches that have lists' lengths."""

    columns: dict[str, Any]
    counters: dict[str, str]


class Filling:
    """What is filled into a tree.

    Parameters
    ----------
    n_before : int
        How many entries the tree has from its file, to which branches are added.
    parent : TTree, optional
        The tree whose current entry is copied at each filling.
    """

    def __init__(self, n_before: int = 0, parent: Any = None) -> None:
        self.branches: dict[str, TBranch] = {}
        self._filled: dict[str, _Filled] = {}
        self._n_before = n_before
        self._parent = parent
        self._picked: list[int] = []
        self.n_entries = 0
        if parent is not None:
            off = parent._off
            for branch in parent.GetListOfBranches():
                if branch.GetName() not in off:
                    self.branches[branch.GetName()] = branch
            for name, buffer in parent._addresses.items():
                if name in self.branches:
                    self.connect(name, buffer)

    @property
    def leaf_lists(self) -> dict[str, LeafList]:
        """The leaves of the branches."""
        parents = {} if self._parent is None else self._parent.__tree_source__().leaf_lists
        found = {name: parents[name] for name in self.branches if name in parents}
        return found | {name: one.leaves for name, one in self._filled.items() if one.leaves.columns}

    @property
    def counters(self) -> dict[str, str]:
        """Names of the branches with the lengths of others, by these."""
        return {name: one.counter for name, one in self._filled.items() if one.counter}

    @property
    def buffers(self) -> dict[str, Any]:
        """The buffers of the branches, in which entries that are read again are found."""
        return {name: one.buffer for name, one in self._filled.items()}

    def _count(self, name: str, branch: str) -> Callable[[], int]:
        """Return what gives the length of a branch's list, which another branch has."""
        counter = self._filled.get(name)
        if counter is None:
            message = f"Branch({branch!r}): there is no branch {name!r} before it that has its length"
            raise DataError(message)
        return lambda: int(counter.take(counter.buffer))

    def add(self, tree: Any, name: str, arguments: tuple[Any, ...]) -> TBranch:
        """Add a branch."""
        name = name.rstrip(".")
        filled = _branch(name, arguments, self._count)
        self._filled[name] = filled
        title = str(arguments[1]) if len(arguments) > 1 and isinstance(arguments[1], str) else name
        self.branches[name] = TBranch(tree, name, title)
        if self.n_entries:  # a branch that comes later
            zero = np.zeros(1, filled.kind)
            filled.values = [zero.tobytes() if filled.leaves.has_several else zero[0]] * self.n_entries
        return self.branches[name]

    def connect(self, name: str, buffer: Any) -> None:
        """Take a branch's values from another buffer."""
        made = self._filled.get(name)
        leaves = self.leaf_lists.get(name, LeafList())
        if leaves.layout is not None:
            fresh = _leaf_list_branch(name, buffer, leaves)
        else:
            fresh = _branch(name, (buffer,), self._count)
            fresh.leaves = leaves
        if made is not None and made.counter:
            made.buffer = fresh.buffer
            return
        if made is not None:
            fresh.kind, fresh.values = made.kind, made.values
        elif self._parent is not None and not leaves.has_several:
            column = self._parent.__tree_source__().read([name], 0, 1)[name]
            fresh.kind = column.content.dtype.newbyteorder("=")
        self._filled[name] = fresh

    def fill(self) -> int:
        """Add an entry."""
        for one in self._filled.values():
            one.values.append(one.take(one.buffer))
        if self._parent is not None:
            self._picked.append(self._parent.GetReadEntry())
        self.n_entries += 1
        return 4 * len(self.branches)

    def fill_one(self, name: str) -> int:
        """Add a value to one branch, of a tree whose others have theirs."""
        one = self._filled[name]
        one.values.append(one.take(one.buffer))
        self.n_entries = max(self.n_entries, len(one.values))
        return 4

    def clear(self) -> None:
        """Forget all entries."""
        for one in self._filled.values():
            one.values.clear()
        self._picked.clear()
        self.n_entries = 0

    def columns(self, source: TreeSource | None) -> dict[str, Any]:
        """Return what was filled, with what the tree had before or copies from its parent."""
        found: dict[str, Any] = {}
        if self._parent is not None:
            whole = self._parent.__tree_source__()
            lists = whole.leaf_lists
            names = [
                column
                for name in self.branches
                if name not in self._filled
                for column in (lists[name].columns.values() if name in lists else (name,))
            ]
            arrays = whole.arrays(names, 0, whole.n_entries) if names else {}
            found = {name: values[self._picked] for name, values in arrays.items()}
        elif source is not None:
            found = source.arrays(source.branch_names, 0, source.n_entries)
        for name, one in self._filled.items():
            values = one.array()
            if source is not None and len(values) != source.n_entries:
                message = (
                    f"branch {name!r} was filled {len(values)} times, and the tree has "
                    f"{source.n_entries} entries"
                )
                raise DataError(message)
            if one.leaves.has_several:
                found |= {column: values[leaf] for leaf, column in one.leaves.columns.items()}
            else:
                found[name] = values
        if source is not None:
            return found  # what is added comes last
        lists = self.leaf_lists
        order = dict.fromkeys(
            column
            for name in self.branches
            for column in (lists[name].columns.values() if name in lists else (name,))
        )
        return {name: found[name] for name in [*order, *(one for one in found if one not in order)]}


def _branch(name: str, arguments: tuple[Any, ...], count_of: _CountOf) -> _Filled:
    """Return a branch for the arguments of ``TTree.Branch`` after its name."""
    if arguments and isinstance(arguments[0], str) and len(arguments) > 1:
        match = _VECTOR.fullmatch(arguments[0].strip())
        if match is None:
            call = f"a branch {name!r} of class {arguments[0]}"
            raise needs_root(call)
        return _list_branch(arguments[1], number_type(match[1]) or np.float64)
    if not arguments:
        message = f"Branch({name!r}): expected a buffer after the name"
        raise DataError(message)
    buffer = arguments[0]
    text = str(arguments[1]) if len(arguments) > 1 and not isinstance(arguments[1], int) else ""
    if isinstance(buffer, Vector):
        return _list_branch(buffer, number_type(buffer.value_type) or np.float64)
    if isinstance(buffer, ctypes._SimpleCData):
        kind = _kind_of(text.rpartition("/")[2], np.dtype(type(buffer)))
        return _connected(_Filled(kind, lambda given: given.value), buffer)
    leaves = _leaves_of(name, text)
    if len(leaves) > 1:
        layout = _layout_of(name, text, leaves)
        return _leaf_list_branch(name, buffer, LeafList.of_layout(name, text, layout))
    kind = _kind_of(leaves[0]["letter"] if leaves else "", _own_kind(buffer))
    filled = _single_branch(name, text, buffer, kind, _sizes_of(leaves[0]) if leaves else [], count_of)
    if leaves:
        filled.leaves = LeafList({leaves[0]["name"]: name}, text)
    return filled


def _single_branch(
    name: str, text: str, buffer: Any, kind: Any, sizes: list[str], count_of: _CountOf
) -> _Filled:
    """Return a branch of numbers, or of arrays of some sizes."""
    if not sizes:
        return _connected(_Filled(kind, lambda given: given[0]), buffer)
    if all(size.isdigit() for size in sizes):
        shape = tuple(int(size) for size in sizes)
        count = int(np.prod(shape))
        take = (
            (lambda given: list(given[:count]))
            if len(shape) == 1
            else (lambda given: np.array(given[:count]).reshape(shape).tolist())
        )
        return _connected(_Filled(kind, take), buffer)
    if len(sizes) > 1:
        call = f"a branch {name!r} of lists of lists ({text!r})"
        raise needs_root(call)
    length = count_of(sizes[0], name)
    filled = _Filled(kind, lambda given: list(given[: length()]))
    filled.counter = sizes[0]
    return _connected(filled, buffer)


def _leaves_of(name: str, text: str) -> list[re.Match[str]]:
    """Return the parts of a leaf list."""
    matches = [_LEAF.fullmatch(part.strip()) for part in text.split(":")] if text else []
    leaves = [match for match in matches if match is not None]
    if len(leaves) < len(matches):
        message = f"Branch({name!r}): cannot read the leaf list {text!r}; expected a text such as 'x/F'"
        raise DataError(message)
    return leaves


def _sizes_of(leaf: re.Match[str]) -> list[str]:
    return re.findall(r"\[(\w+)\]", leaf["sizes"])


def _layout_of(name: str, text: str, leaves: list[re.Match[str]]) -> np.dtype[Any]:
    """Return how leaves follow one another in memory; one without a type has that of the one before it."""
    fields, letter = [], "F"
    for leaf in leaves:
        letter = leaf["letter"] or letter
        sizes = _sizes_of(leaf)
        if letter not in _LETTERS or not all(size.isdigit() for size in sizes):
            call = f"a branch {name!r} of {text!r}, a leaf list with texts or lists"
            raise needs_root(call)
        fields.append((leaf["name"], _LETTERS[letter], tuple(int(size) for size in sizes)))
    return np.dtype(fields)


def _leaf_list_branch(name: str, buffer: Any, leaves: LeafList) -> _Filled:
    layout = leaves.layout
    assert layout is not None
    own = type_of(buffer)
    if own is not None and not any(own == layout[leaf].base for leaf in layout.names or ()):
        message = (
            f"Branch({name!r}): the array's numbers are {own}, and its leaves {leaves.title!r} are others: "
            "ROOT would take its memory for them"
        )
        raise DataError(message)
    bytes_of(buffer, name, layout)
    filled = _Filled(layout, lambda given: bytes(bytes_of(given, name, layout)))
    filled.leaves = leaves
    return _connected(filled, buffer)


def _list_branch(vector: Any, kind: Any) -> _Filled:
    return _connected(_Filled(kind, list), vector)


def _connected(filled: _Filled, buffer: Any) -> _Filled:
    if isinstance(buffer, np.ndarray) and buffer.ndim == 0:
        buffer = buffer.reshape(1)
    filled.buffer = buffer
    return filled


def _own_kind(buffer: Any) -> Any:
    if isinstance(buffer, np.ndarray):
        return buffer.dtype
    return np.dtype(buffer.typecode) if isinstance(buffer, array) else np.dtype(np.float32)


def _kind_of(letter: str | None, own: Any) -> Any:
    return _LETTERS.get(letter or "", own)
