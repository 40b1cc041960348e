"""Columns: the values of branches as flat numbers with a shape, whatever array library they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError

if TYPE_CHECKING:
    import awkward as ak

Integers: TypeAlias = npt.NDArray[np.int64]
Level: TypeAlias = int | Integers


@dataclass(frozen=True)
class Column:
    """One branch's values.

    Parameters
    ----------
    content : ndarray, one dimension
        All values in their own numeric type.
    levels : tuple
        One item per array dimension within an entry: its fixed size (int), or the offsets of its lists in
        the next level (int64 array, from 0).
    n_entries : int
        Number of entries.
    """

    content: npt.NDArray[Any]
    levels: tuple[Level, ...]
    n_entries: int

    def __len__(self) -> int:
        return self.n_entries

    @property
    def has_lists(self) -> bool:
        """Whether entries may differ in their number of values."""
        return not all(isinstance(level, int) for level in self.levels)

    def sizes(self, level: int, positions: Integers) -> Integers:
        """Return the lengths of a level's lists at some positions."""
        size = self.levels[level]
        if isinstance(size, int):
            return np.full(len(positions), size, dtype=np.int64)
        if len(size) == 1:  # no list at all; the positions are placeholders
            return np.zeros(len(positions), dtype=np.int64)
        return size[positions + 1] - size[positions]

    def range(self, start: int, stop: int) -> Column:
        """Return the entries from `start` to before `stop`, sharing memory."""
        first, last = start, stop
        levels: list[Level] = []
        for level in self.levels:
            if isinstance(level, int):
                levels.append(level)
                first, last = first * level, last * level
            else:
                offsets = level[first : last + 1]
                levels.append(offsets - offsets[0])
                first, last = int(offsets[0]), int(offsets[-1])
        return Column(self.content[first:last], tuple(levels), stop - start)

    def select(self, entries: Integers) -> Column:
        """Return the entries at some places."""
        positions = entries
        levels: list[Level] = []
        for number, level in enumerate(self.levels):
            sizes = self.sizes(number, positions)
            starts = positions * level if isinstance(level, int) else level[positions]
            offsets = _offsets(sizes)
            levels.append(level if isinstance(level, int) else offsets)
            positions = np.repeat(starts - offsets[:-1], sizes) + np.arange(offsets[-1])
        return Column(self.content[positions], tuple(levels), len(entries))

    def to_array(self) -> npt.NDArray[Any] | ak.Array:
        """Return a NumPy array, (n,) or (n, k, …), or an awkward array if there are lists."""
        if not self.has_lists:
            shape = [level for level in self.levels if isinstance(level, int)]
            return self.content.reshape(self.n_entries, *shape)
        import awkward as ak

        counts = self._counts()
        layout: Any = ak.contents.NumpyArray(self.content)
        for level, count in zip(reversed(self.levels), reversed(counts), strict=True):
            if isinstance(level, int):
                layout = ak.contents.RegularArray(layout, level, zeros_length=count)
            else:
                layout = ak.contents.ListOffsetArray(ak.index.Index64(level), layout)
        return ak.Array(layout)

    def _counts(self) -> list[int]:
        """Return how many lists each level has."""
        counts = [self.n_entries]
        for level in self.levels:
            counts.append(counts[-1] * level if isinstance(level, int) else int(level[-1]))
        return counts[:-1]

    @classmethod
    def concatenate(cls, columns: Sequence[Column]) -> Column:
        """Return the entries of columns of the same depth, one column after the other."""
        levels: list[Level] = []
        for number, same in enumerate(zip(*(column.levels for column in columns), strict=True)):
            first = same[0]
            if isinstance(first, int) and all(isinstance(level, int) and level == first for level in same):
                levels.append(first)
            else:
                sizes = [column.sizes(number, np.arange(column._counts()[number])) for column in columns]
                levels.append(_offsets(np.concatenate(sizes)))
        content = np.concatenate([column.content for column in columns])
        return cls(content, tuple(levels), sum(column.n_entries for column in columns))


@dataclass(frozen=True)
class Entries:
    """What was read of a range of a tree's entries.

    Parameters
    ----------
    columns : mapping of str to Column
        By the names that were requested.
    n_entries : int
        Number of entries.
    first : int
        Number of the first one in the tree (``Entry$``).
    total : int
        Number of entries of the whole tree (``Entries$``).
    """

    columns: Mapping[str, Column]
    n_entries: int
    first: int
    total: int

    def __len__(self) -> int:
        return self.n_entries

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def select(self, entries: Integers, first: int) -> Entries:
        """Return the entries at some places, counted from `first` on."""
        columns = {name: column.select(entries) for name, column in self.columns.items()}
        return Entries(columns, len(entries), first, self.total)


def as_column(values: Any, where: str) -> Column:
    """Return what a user or a library gave as one column.

    Parameters
    ----------
    values : array_like
        Anything with one item per entry: an array, a list, a pandas or polars series, an awkward array,
        a list of lists of unequal lengths.
    where : str
        The column, for messages.

    Raises
    ------
    DataError
        Values are missing, or the items are neither numbers nor lists of numbers.
    """
    if type(values).__module__.partition(".")[0] == "awkward":
        return _from_awkward(values, where)
    parts = (
        [values]
        if isinstance(values, np.ma.MaskedArray)
        else values
        if isinstance(values, list | tuple)
        else ()
    )
    n_masked = sum(
        int(np.ma.getmaskarray(part).sum()) for part in parts if isinstance(part, np.ma.MaskedArray)
    )
    if n_masked:
        message = f"{where}: {n_masked} values are masked; fill them or leave them out"
        raise DataError(message)
    if not isinstance(values, np.ndarray) and hasattr(values, "to_numpy"):
        values = _from_series(values)
    try:
        array = np.asarray(values)
    except ValueError:  # items of unequal lengths
        array = np.empty(0, object)
    if array.dtype == object:
        import awkward as ak

        try:
            return _from_awkward(ak.from_iter(values), where)
        except DataError:
            raise
        except (TypeError, ValueError, RuntimeError) as error:  # the last of integers beyond 64 bits
            if array.ndim and array.size and all(isinstance(one, Real | Decimal) for one in array.flat):
                return as_column(array.astype(np.float64), where)
            reason = str(error).partition("\n")[0]
            raise _not_numeric(where, f"items that are neither ({reason})") from error
    if array.dtype.kind not in "biuf" or array.ndim == 0:
        raise _not_numeric(where, f"{array.dtype} of shape {array.shape}")
    return Column(array.reshape(-1), tuple(map(int, array.shape[1:])), len(array))


def _offsets(sizes: Integers) -> Integers:
    offsets = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return offsets


def _not_numeric(where: str, found: str) -> DataError:
    return DataError(f"{where}: numbers or lists of numbers are expected, found {found}")


def _from_series(series: Any) -> Any:
    """Return a frame's column as an array; missing values of nullable numbers become NaN."""
    array = series.to_numpy()
    nullable = str(series.dtype).startswith(("Int", "UInt", "Float", "boolean"))
    if array.dtype == object and nullable:
        return series.to_numpy(dtype="float64", na_value=np.nan)
    return array


def _from_awkward(array: Any, where: str) -> Column:
    import awkward as ak

    if "?" in str(array.type) or "option[" in str(array.type):
        n_missing = int(ak.sum(ak.is_none(array, axis=-1), axis=None)) + int(ak.sum(ak.is_none(array)))
        if n_missing:
            message = (
                f"{where}: values are missing (None); fill them, for example with NaN, or leave them out"
            )
            raise DataError(message)
        array = ak.fill_none(array, np.nan, axis=None)
    layout = ak.to_layout(ak.to_packed(array))
    n_entries = len(layout)
    levels: list[Level] = []
    while not isinstance(layout, (ak.contents.NumpyArray, ak.contents.EmptyArray)):
        is_text = layout.parameter("__array__") in ("string", "bytestring")
        if isinstance(layout, ak.contents.RegularArray) and not is_text:
            levels.append(int(layout.size))
        elif isinstance(layout, ak.contents.ListOffsetArray) and not is_text:
            levels.append(np.asarray(layout.offsets.data, dtype=np.int64))
        else:
            raise _not_numeric(where, f"an awkward array of type {array.type}")
        layout = layout.content
    content = np.asarray(layout.data) if isinstance(layout, ak.contents.NumpyArray) else np.zeros(0)
    if content.dtype.kind not in "biuf":
        raise _not_numeric(where, f"an awkward array of type {array.type}")
    return Column(content.reshape(-1), (*levels, *map(int, content.shape[1:])), n_entries)
