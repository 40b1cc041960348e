"""What an expression is evaluated for: entries, or the instances of array-valued entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tmva_py.expressions.numbers import Mask, Values, to_int32
from tmva_py.trees import Column, Entries

Integers = npt.NDArray[np.int64]


class Leaf(Protocol):
    """What a block asks of a branch with its brackets; `nodes.Branch` is the one class."""

    name: str

    def index(self, level: int) -> int | Loop | None:
        """Return the index of a dimension, None if it is looped over."""

    def looped_levels(self, columns: Mapping[str, Column]) -> tuple[int, ...]:
        """Return the dimensions that are looped over."""

    def fixed_depth(self, columns: Mapping[str, Column]) -> int:
        """Return how many leading dimensions have a number as index."""


class Loop(Protocol):
    """What a block asks of an expression or an index in brackets; `nodes.Loop` is the one class."""

    @property
    def leaves(self) -> Sequence[Leaf]:
        """The branches whose dimensions are looped over."""

    def loops(self, columns: Mapping[str, Column]) -> bool:
        """Return whether an entry may have more than one instance."""

    def evaluate(self, block: Block, rows: Rows) -> Values:
        """Return one float64 per row."""


@dataclass(frozen=True)
class Rows:
    """The rows that a loop is evaluated for."""

    entries: Integers | None  # of each row, from the block's first; None: one row per entry, in order
    coordinates: tuple[Integers, ...]  # in each looped dimension; empty for instance 0
    instances: Integers | None  # number of the instance in its entry (Iteration$); None for 0
    loop: Loop  # whose instances these are (Length$)


class Block:
    """A range of what was read of a tree, with all that is computed once for it."""

    def __init__(self, entries: Entries, start: int, stop: int) -> None:
        self.columns = entries.columns
        self.start, self.stop = start, stop
        self.first_entry = entries.first + start
        self.total_entries = entries.total
        self._scalars: dict[str, Values] = {}
        self._instances: dict[int, tuple[Rows, Integers]] = {}
        self._results: dict[int, Values] = {}

    @property
    def n_entries(self) -> int:
        """Number of entries in the range."""
        return self.stop - self.start

    def entries_of(self, rows: Rows) -> Integers:
        """Return the entry of each row, counted from the block's first."""
        return np.arange(self.n_entries, dtype=np.int64) if rows.entries is None else rows.entries

    def size_of(self, rows: Rows) -> int:
        """Return the number of rows."""
        return self.n_entries if rows.entries is None else len(rows.entries)

    def read(self, branch: Leaf, rows: Rows) -> tuple[Values, Mask | None]:
        """Return a branch's values as float64, and a mask of the rows whose index is out of range."""
        column = self.columns[branch.name]
        if not column.levels:
            values = self._scalars.get(branch.name)
            if values is None:
                values = column.content[self.start : self.stop].astype(np.float64, copy=False)
                values.setflags(write=False)
                self._scalars[branch.name] = values
            return (values if rows.entries is None else values[rows.entries]), None
        positions, inside = self.locate(branch, rows, len(column.levels))
        if column.content.size == 0:
            return np.zeros(len(positions)), np.ones(len(positions), dtype=np.bool_)
        values = column.content[positions].astype(np.float64)
        return (values, None) if inside is None else (np.where(inside, values, 0.0), ~inside)

    def locate(self, branch: Leaf, rows: Rows, depth: int) -> tuple[Integers, Mask | None]:
        """Return where a branch's values (or lists, for a smaller depth) lie, and which rows are inside.

        Rows outside get position 0, which may not exist.
        """
        column = self.columns[branch.name]
        entries = self.entries_of(rows)
        positions = entries + self.start
        inside: Mask | None = None
        looped = 0
        for level in range(depth):
            size = column.levels[level]
            index = branch.index(level)
            coordinate: Any
            if isinstance(index, int):
                coordinate = index
            else:
                coordinate = rows.coordinates[looped] if looped < len(rows.coordinates) else 0
                if index is not None:
                    looped_index = index.loops(self.columns)
                    coordinate = self._index_values(index, rows, coordinate, looped_index)
                looped += index is None or looped_index
            lengths: Any = size if isinstance(size, int) else column.sizes(level, positions)
            if level and index is not None and not isinstance(index, int) and isinstance(size, int):
                # ROOT takes the last item for an inner index that is out of range.
                coordinate = np.where((coordinate < 0) | (coordinate >= size), size - 1, coordinate)
            fits = (coordinate >= 0) & (coordinate < lengths)
            starts = positions * size if isinstance(size, int) else size[positions]
            if np.all(fits):
                positions = starts + coordinate
            else:
                positions = np.where(fits, starts + coordinate, 0)
                inside = np.broadcast_to(fits if inside is None else inside & fits, positions.shape)
        return np.broadcast_to(positions, entries.shape), inside

    def _index_values(self, index: Loop, rows: Rows, coordinate: Any, looped: bool) -> Integers:
        """Return the values of an index loop as integers."""
        if not looped:
            instances = np.broadcast_to(np.asarray(coordinate, dtype=np.int64), (self.size_of(rows),))
            values = index.evaluate(self, Rows(rows.entries, (), instances, index))
        else:
            values, found = self.instance_values(index, rows.entries, coordinate)
            values = np.where(found, values, 0.0)
        whole: Integers = to_int32(values)
        return whole

    def instances(self, loop: Loop) -> tuple[Rows, Integers]:
        """Return a loop's instances in all entries of the block, and their number in each entry."""
        key = id(loop)
        if key not in self._instances:
            self._instances[key] = self._find_instances(loop)
        return self._instances[key]

    def _find_instances(self, loop: Loop) -> tuple[Rows, Integers]:
        entries = np.arange(self.n_entries, dtype=np.int64)
        leaves = [(leaf, leaf.looped_levels(self.columns)) for leaf in loop.leaves]
        for leaf, _ in leaves:
            depth = leaf.fixed_depth(self.columns)
            if depth:
                # An entry has no instance when a fixed index is out of its range.
                _, inside = self.locate(leaf, Rows(entries, (), None, loop), depth)
                if inside is not None:
                    entries = entries[inside]
        coordinates: tuple[Integers, ...] = ()
        for dimension in range(max((len(levels) for _, levels in leaves), default=0)):
            sizes = self._dimension_sizes(leaves, dimension, entries, coordinates, loop)
            repeats = np.repeat(np.arange(len(sizes)), sizes)
            starts = np.cumsum(sizes) - sizes
            inner = np.arange(len(repeats), dtype=np.int64) - starts[repeats]
            coordinates = (*(each[repeats] for each in coordinates), inner)
            entries = entries[repeats]
        counts = np.bincount(entries, minlength=self.n_entries).astype(np.int64)
        first = np.cumsum(counts) - counts
        numbers = np.arange(len(entries), dtype=np.int64) - first[entries]
        return Rows(entries, coordinates, numbers, loop), counts

    def _dimension_sizes(
        self,
        leaves: list[tuple[Leaf, tuple[int, ...]]],
        dimension: int,
        entries: Integers,
        coordinates: tuple[Integers, ...],
        loop: Loop,
    ) -> Integers:
        """Return the common length of a looped dimension: the shortest, where a first 1 does not count.

        TTreeFormulaManager takes fixed sizes first, then those of each entry, and replaces a length of 1 by
        whatever comes next.
        """
        fixed: list[Integers] = []
        variable: list[Integers] = []
        for leaf, levels in leaves:
            if dimension >= len(levels):
                continue
            level = levels[dimension]
            column = self.columns[leaf.name]
            index = leaf.index(level)
            if index is not None and not isinstance(index, int):
                variable.append(self.instances(index)[1][entries])
                continue
            size = column.levels[level]
            if isinstance(size, int):
                fixed.append(np.full(len(entries), size, dtype=np.int64))
                continue
            positions, inside = self.locate(leaf, Rows(entries, coordinates, None, loop), level)
            lengths = column.sizes(level, positions)
            variable.append(lengths if inside is None else np.where(inside, lengths, 0))
        common = np.ones(len(entries), dtype=np.int64)
        for lengths in (*fixed, *variable):
            common = np.where((common == 1) | (lengths < common), lengths, common)
        return common

    def instance_values(self, loop: Loop, entries: Integers | None, instance: Any) -> tuple[Values, Mask]:
        """Return a loop's value at one instance of each entry, and which entries have that instance."""
        rows, counts = self.instances(loop)
        values = self._cached(loop, lambda: loop.evaluate(self, rows))
        first = np.cumsum(counts) - counts
        if entries is not None:
            counts, first = counts[entries], first[entries]
        found = (instance < counts) & (instance >= 0)
        if not len(values):
            return np.zeros(len(counts)), np.zeros(len(counts), dtype=np.bool_)
        return values[np.where(found, first + instance, 0)], found

    def per_entry(self, key: object, compute: Callable[[], Values], rows: Rows) -> Values:
        """Return a value per entry that is computed once, for the entries of `rows`."""
        values = self._cached(key, compute)
        return values if rows.entries is None else values[rows.entries]

    def _cached(self, key: object, compute: Callable[[], Values]) -> Values:
        number = id(key)
        if number not in self._results:
            self._results[number] = compute()
        return self._results[number]
