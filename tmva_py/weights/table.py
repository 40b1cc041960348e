"""The rows that elements became, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import WeightFileError

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Table:
    """The rows of all elements with one tag.

    Attributes
    ----------
    tag : str
        The tag.
    columns : dict of str to ndarray, shape (n_rows,)
        By attribute; ``table["Cut"]`` is ``table.columns["Cut"]``.
    lines : ndarray of int32, shape (n_rows,)
        Where each row begins in the file; 0 where that is not known.
    parents : ndarray of int32, shape (n_rows,)
        For rows inside one another: the row around each, or −1.
    depths : ndarray of int16, shape (n_rows,)
        For rows inside one another: how many rows are around each.
    starts : dict of str to ndarray of int64, shape (n_rows + 1,)
        By the tag of rows inside these: row i has those from ``starts[tag][i]`` to ``starts[tag][i + 1]``.
    numbers, number_starts : ndarray, ndarray of int64 of shape (n_rows + 1,)
        The numbers of all texts, and where each row's begin.
    series, series_starts : dict of str to ndarray
        Numbered attributes, and where each row's begin.
    """

    tag: str
    columns: dict[str, Array]
    lines: Array
    parents: Array
    depths: Array
    starts: dict[str, Array]
    numbers: Array
    number_starts: Array
    series: dict[str, Array]
    series_starts: dict[str, Array]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.lines)

    def __getitem__(self, name: str) -> Array:
        """Return a column."""
        return self.columns[name]

    def where(self, row: int) -> str:
        """Return ``<tag> (line n)`` of a row, for messages."""
        return place_of(self.tag, int(self.lines[row]))

    def matrix(self, width: int) -> Array:
        """Return the numbers of all texts, shape (n_rows, width).

        Raises
        ------
        WeightFileError
            A text has more or fewer numbers.
        """
        counts = np.diff(self.number_starts)
        if (counts != width).any():
            row = int(np.argmax(counts != width))
            message = f"{self.where(row)}: expected {width} numbers, found {counts[row]}"
            raise WeightFileError(message)
        return self.numbers.reshape(len(self), width)

    def children(self, column: str, value: int) -> npt.NDArray[np.int32]:
        """Return for each row the row inside it whose `column` is `value`, or −1.

        Raises
        ------
        WeightFileError
            A row has two of them.
        """
        children = np.full(len(self), -1, np.int32)
        rows = np.flatnonzero((self.columns[column] == value) & (self.parents >= 0))
        parents = self.parents[rows]
        children[parents] = rows
        twice = rows[children[parents] != rows]
        if len(twice):
            row = int(self.parents[twice[0]])
            lines = f"lines {self.lines[twice[0]]} and {self.lines[children[row]]}"
            message = f"{self.where(row)}: <{self.tag}> in {lines} have the same {column}"
            raise WeightFileError(message)
        return children


def place_of(tag: str, line: int) -> str:
    """Return ``<tag> (line n)``; without the line where it is 0."""
    return f"<{tag}> (line {line})" if line else f"<{tag}>"
