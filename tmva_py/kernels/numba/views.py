"""Views of flat memory: where an array or a matrix begins, and the distances between its elements."""

from __future__ import annotations

from typing import Any, NamedTuple

Array = Any


class At(NamedTuple):
    """A flat array from one of its elements on."""

    array: Array
    start: int


class Rows(NamedTuple):
    """A matrix in a flat array, by its first element and the distance of rows; columns are side by side."""

    array: Array
    start: int
    row: int


class Strided(NamedTuple):
    """A matrix in a flat array with any distances: from row to row and from column to column."""

    array: Array
    start: int
    row: int
    column: int
