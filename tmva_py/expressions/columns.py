"""Columns of a tree as flat numbers with a shape, whatever array library they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import ExpressionError


@dataclass(frozen=True)
class Column:
    """One branch's values.

    Attributes
    ----------
    name : str
        The branch.
    content : ndarray
        All values, one dimension, in any numeric dtype.
    levels : tuple
        One item per array dimension below the entries: its fixed size (int), or the offsets of its
        variable-length lists (int64 array).
    n_entries : int
        Number of entries.
    """

    name: str
    content: npt.NDArray[Any]
    levels: tuple[int | npt.NDArray[np.int64], ...]
    n_entries: int

    def sizes(self, level: int, positions: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the lengths of the lists of a level at the given positions."""
        size = self.levels[level]
        if isinstance(size, int):
            return np.full(len(positions), size, dtype=np.int64)
        if len(size) == 1:  # no list at all; the positions are placeholders
            return np.zeros(len(positions), dtype=np.int64)
        return size[positions + 1] - size[positions]


def as_column(name: str, data: Any) -> Column:
    """Return a column of NumPy, awkward or list-like data.

    Raises
    ------
    ExpressionError
        The data are texts, records, or have missing values.
    """
    if not isinstance(data, np.ndarray):
        if _is_awkward(data):
            return _from_awkward(name, data)
        data = np.asarray(data)
    if data.dtype.kind == "O" and data.ndim == 1:
        return _from_objects(name, data)
    if data.dtype.kind not in "biuf" or data.ndim == 0:
        raise _not_numeric(name, f"{data.dtype} of shape {data.shape}")
    return Column(name, data.reshape(-1), tuple(int(length) for length in data.shape[1:]), len(data))


def _not_numeric(name: str, found: str) -> ExpressionError:
    return ExpressionError(f"branch {name!r}: numbers or arrays of numbers are expected, found {found}")


def _is_awkward(data: Any) -> bool:
    # Asked by name so that awkward is not imported for callers who do not use it.
    return type(data).__module__.split(".")[0] == "awkward"


def _from_objects(name: str, data: npt.NDArray[Any]) -> Column:
    """Return a column of an object array whose items are lists or arrays (uproot's ``library="np"``)."""
    items = [np.asarray(item) for item in data]
    if any(item.dtype.kind not in "biuf" and item.size for item in items):
        raise _not_numeric(name, "objects")
    dimensions = {item.ndim for item in items}
    if dimensions == {0}:
        return Column(name, np.array([item[()] for item in items]), (), len(items))
    if dimensions - {1}:
        raise _not_numeric(name, "lists of lists as objects; give them as an awkward array")
    offsets = np.zeros(len(items) + 1, dtype=np.int64)
    np.cumsum([len(item) for item in items], out=offsets[1:])
    content = np.concatenate(items) if items else np.zeros(0)
    return Column(name, content.astype(np.float64, copy=False), (offsets,), len(items))


def _from_awkward(name: str, data: Any) -> Column:
    import awkward

    layout = awkward.to_layout(awkward.to_packed(data))
    n_entries = len(layout)
    levels: list[int | npt.NDArray[np.int64]] = []
    while True:
        kind = type(layout).__name__
        if layout.parameter("__array__") in ("string", "bytestring"):
            raise _not_numeric(name, "texts")
        if kind == "EmptyArray":
            content: npt.NDArray[Any] = np.zeros(0)
            break
        if kind == "NumpyArray":
            content = np.asarray(layout.data)
            levels.extend(int(each) for each in content.shape[1:])
            content = content.reshape(-1)
            break
        if kind == "RegularArray":
            levels.append(int(layout.size))
        elif kind == "ListOffsetArray":
            offsets = np.asarray(layout.offsets.data, dtype=np.int64)
            levels.append(offsets)
        else:
            raise _not_numeric(name, f"an awkward array of type {awkward.type(data)}")
        layout = layout.content
    if content.dtype.kind not in "biuf":
        raise _not_numeric(name, f"an awkward array of {content.dtype}")
    return Column(name, content, tuple(levels), n_entries)
