"""Loops over entries: values of the current entry, written into the script's arrays."""

from __future__ import annotations

import ctypes
import itertools
from array import array
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from tmva_py.booking.event_loops import announce
from tmva_py.pyroot.standin.leaf_memory import parts_of
from tmva_py.pyroot.standin.row_tables import RowTable
from tmva_py.pyroot.standin.vectors import Vector
from tmva_py.trees import Column, Entries, TreeSource

# Entries whose values are Python's own at a time, and entries that are read at a time.
_PIECE = 2_000
_SPAN, _LARGEST_SPAN = 200_000, 2_000_000


class EntryLoop:
    """Reads a tree in long ranges of entries, and gives the values of one entry at a time.

    Parameters
    ----------
    source : TreeSource
        The tree.
    """

    def __init__(self, source: TreeSource) -> None:
        self.source = source
        self.n_entries = source.n_entries
        self.entry = -1
        self._buffers: dict[str, Any] = {}
        self._off: frozenset[str] = frozenset()
        self._with_leaves = {name for name, one in source.leaf_lists.items() if one.has_several}
        # What was read, by branch: from which entry on.
        self._columns: dict[str, tuple[int, Column]] = {}
        # Of the piece that is at hand: where it begins, how long it is, values by branch.
        self._first, self._rows = 0, 0
        self._values: dict[str, list[Any]] = {}
        self._numbers: list[tuple[Any, list[Any]]] = []
        self._others: list[tuple[Callable[[Any], None], list[Any]]] = []
        # All buffers at once, by compiled code where there is any.
        self._table: RowTable | None = None
        self._write: Callable[[int, int], bool] | None = None
        self._address = 0
        self._n_bytes = 1

    def names(self) -> tuple[str, ...]:
        """Return the branches."""
        return self.source.branch_names

    def has(self, name: str) -> bool:
        """Return whether there is a branch or leaf with a value; a branch with several leaves has none."""
        return name in self._values or (name not in self._with_leaves and self.source.has(name))

    def bind(self, name: str, buffer: Any) -> None:
        """Let values of a branch be written into a buffer."""
        leaves = self.source.leaf_lists.get(name)
        parts = {name: buffer} if leaves is None else parts_of(buffer, name, leaves)
        self._buffers |= parts
        self._forget_piece()

    def switch_off(self, names: Collection[str]) -> None:
        """Leave branches out."""
        lists = self.source.leaf_lists
        self._off = frozenset(
            column
            for name in names
            for column in (lists[name].columns.values() if name in lists else (name,))
        )
        self._forget_piece()

    def _forget_piece(self) -> None:
        self._rows, self._write = 0, None

    def go_to(self, entry: int) -> bool:
        """Make an entry the current one; its values are not written anywhere."""
        if not 0 <= entry < self.n_entries:
            return False
        if not 0 <= entry - self._first < self._rows:
            self._take_piece(entry)
        self.entry = entry
        return True

    def read(self, entry: int = 0, getall: int = 0) -> int:
        """Write the values of an entry into the buffers; return a number of bytes, 0 if there is no entry."""
        write = self._write
        if write is not None and write(self._address, entry):
            self.entry = entry
            return self._n_bytes
        return self._read(entry)

    def _read(self, entry: int) -> int:
        row = entry - self._first
        if not 0 <= row < self._rows:
            if not 0 <= entry < self.n_entries:
                return 0
            self._take_piece(entry)
            row = entry - self._first
        if not entry:
            announce(self)
        self.entry = entry
        for buffer, values in self._numbers:
            buffer[0] = values[row]
        for copy, values in self._others:
            copy(values[row])
        return self._n_bytes

    def value(self, name: str) -> Any:
        """Return the value of a branch in the current entry; of the first one before anything is read."""
        row = self.entry - self._first
        if not 0 <= row < self._rows:
            self.go_to(max(self.entry, 0))
            row = self.entry - self._first
        values = self._values.get(name)
        if values is None:
            values = self._values[name] = self._read_values(name)
        return values[row]

    def coming(self, names: Sequence[str], most: int) -> Entries:
        """Return columns of the current entry and those behind it, at most `most`, as far as at hand."""
        self._read_columns(names)
        found = {name: self._columns[name] for name in names}
        start = self.entry
        stop = min([start + most, *(begin + len(column) for begin, column in found.values())])
        columns = {name: column.range(start - begin, stop - begin) for name, (begin, column) in found.items()}
        return Entries(columns, stop - start, start, self.n_entries)

    def _take_piece(self, entry: int) -> None:
        announce(self)
        bound = [name for name in self._buffers if name not in self._off]
        self._first = entry // _PIECE * _PIECE
        self._rows = min(_PIECE, self.n_entries - self._first)
        names = {*bound, *self._values}
        # Together: a file is opened once for all.
        self._read_columns([name for name in names if self._is_numeric(name)])
        self._tabulate(bound)
        self._values = {name: self._read_values(name) for name in names}
        self._numbers, self._others = [], []
        for name in bound:
            self._connect(self._buffers[name], self._values[name])
        self._n_bytes = 4 * max(1, len(bound or self.source.branch_names))

    def _tabulate(self, names: Sequence[str]) -> None:
        """Let compiled code write all that was read of the branches, if it is there and can do so."""
        self._write = None
        columns = [self._columns.get(name) for name in names]
        compiled = RowTable.writer()
        if compiled is None or not names:
            return
        buffers = [self._buffers[name] for name in names]
        self._table = RowTable.of(buffers, columns)
        if self._table is not None:
            self._write, self._address = compiled, self._table.address

    def _connect(self, buffer: Any, values: list[Any]) -> None:
        is_number = bool(values) and not isinstance(values[0], Vector | str)
        if isinstance(buffer, Vector):
            self._others.append((lambda found: buffer.__setitem__(slice(None), _listed(found)), values))
        elif isinstance(buffer, ctypes._SimpleCData):
            self._others.append((lambda found: setattr(buffer, "value", found), values))
        elif is_number:
            if _holds_integers(buffer):
                values = [int(value) for value in values]
            if isinstance(buffer, np.ndarray) and buffer.ndim == 0:
                buffer = buffer.reshape(1)
            self._numbers.append((buffer, values))
        else:
            self._others.append((lambda found: _copy_into(buffer, found), values))

    def _read_values(self, name: str) -> list[Any]:
        stop = self._first + self._rows
        if not self._is_numeric(name):
            full = self.source.full_name(name)
            listed: list[Any] = self.source.arrays([full], self._first, stop)[full].tolist()
            return listed
        self._read_columns([name])
        begin, column = self._columns[name]
        return list_of(column.range(self._first - begin, stop - begin))

    def _is_numeric(self, name: str) -> bool:
        try:
            self.source.check_numbers(name)
        except ValueError:  # texts
            return False
        return True

    def _read_columns(self, names: Collection[str]) -> None:
        """Read the ranges of branches that the piece is part of; whole baskets, where these are long."""
        missing = [name for name in names if not self._has_piece(name)]
        if missing:
            basket = min(self.source.largest_basket(missing), _LARGEST_SPAN)
            span = -(-max(_SPAN, basket) // _PIECE) * _PIECE
            begin = self._first // span * span
            found = self.source.read(missing, begin, begin + span)
            self._columns |= {name: (begin, found[name]) for name in missing}

    def _has_piece(self, name: str) -> bool:
        if name not in self._columns:
            return False
        begin, column = self._columns[name]
        return begin <= self._first < begin + len(column)


def list_of(column: Any) -> list[Any]:
    """Return one item for each entry: a number, or a vector."""
    if not isinstance(column, Column):
        listed: list[Any] = np.asarray(column).tolist()
        return listed
    values: list[Any] = column.content.tolist()
    if not column.levels:
        return values
    if len(column.levels) > 1:
        return [_nested(one) for one in column.to_array().tolist()]
    level = column.levels[0]
    if isinstance(level, int):
        return [Vector(values[start : start + level]) for start in range(0, len(values), level or 1)]
    ends = level.tolist()
    return [Vector(values[start:stop]) for start, stop in itertools.pairwise(ends)]


def _nested(one: Any) -> Any:
    return Vector([_nested(part) for part in one]) if isinstance(one, list) else one


def _listed(found: Any) -> Any:
    return found if isinstance(found, list) else [found]


def _copy_into(buffer: Any, found: Any) -> None:
    if hasattr(buffer, "data") and isinstance(found, str):
        buffer.data = found
        return
    for index in range(min(len(buffer), len(found))):
        buffer[index] = found[index]


def _holds_integers(buffer: Any) -> bool:
    if isinstance(buffer, array):
        return buffer.typecode not in ("f", "d")
    return isinstance(buffer, np.ndarray) and buffer.dtype.kind in "iub"
