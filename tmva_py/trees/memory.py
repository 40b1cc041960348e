"""Trees held in memory: a dict, a frame, a structured array or an awkward array of columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tmva_py.errors import DataError
from tmva_py.trees.columns import Column, as_column
from tmva_py.trees.leaf_lists import LeafList
from tmva_py.trees.source import TreeSource


class ColumnTree(TreeSource):
    """Columns in memory under their names."""

    def __init__(
        self,
        columns: Mapping[str, Any],
        name: str,
        kind: str,
        leaf_lists: Mapping[str, LeafList] | None = None,
    ) -> None:
        lengths = {str(key): _length(values, str(key), kind) for key, values in columns.items()}
        if not lengths:
            message = f"the {kind} for tree {name!r} has no columns"
            raise DataError(message)
        n_entries = next(iter(lengths.values()))
        different = {key: length for key, length in lengths.items() if length != n_entries}
        if different:
            first = next(iter(lengths))
            listed = ", ".join(f"{key!r} has {length}" for key, length in list(different.items())[:5])
            message = (
                f"the columns of the {kind} for tree {name!r} differ in length: "
                f"{first!r} has {n_entries}, {listed}"
            )
            raise DataError(message)
        super().__init__(name, n_entries, lengths, leaf_lists=leaf_lists)
        self._columns = {str(key): values for key, values in columns.items()}
        self._converted: dict[str, Column] = {}
        self._kind = kind

    def describe(self) -> str:
        """Return the kind of object and the tree's name."""
        return f"{self._kind} {self.name!r}"

    def _read(self, branches: Sequence[str], start: int, stop: int) -> dict[str, Column]:
        for branch in branches:
            if branch not in self._converted:
                where = f"{self.describe()}, column {branch!r}"
                self._converted[branch] = as_column(self._columns[branch], where)
        return {branch: self._converted[branch].range(start, stop) for branch in branches}


def _length(values: Any, key: str, kind: str) -> int:
    try:
        return len(values)
    except TypeError as error:
        message = f"column {key!r} of the {kind} is not an array: {type(values).__name__}"
        raise DataError(message) from error


def columns_of_frame(frame: Any) -> dict[str, Any]:
    """Return the columns of a pandas or polars frame; converted only when they are read."""
    return {str(column): frame[column] for column in frame.columns}


def columns_of_structured(array: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Return the fields of a structured array; a field of fields becomes ``field.sub``."""
    return dict(_walk(array, array.dtype.names or (), lambda value: value.dtype.names or ()))


def columns_of_records(array: Any) -> dict[str, Any]:
    """Return the fields of an awkward record array; records inside records become ``field.sub``."""
    import awkward as ak

    return dict(_walk(array, ak.fields(array), ak.fields))


def _walk(array: Any, fields: Sequence[str], fields_of: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for field in fields:
        value = array[field]
        inner = fields_of(value)
        if inner:
            yield from _walk(value, inner, fields_of, f"{prefix}{field}.")
        else:
            yield f"{prefix}{field}", value


def read_text_tree(path: str) -> dict[str, Any]:
    """Return the columns of a text file as ``TTree::ReadFile`` reads it.

    The first line names the branches, ``"var1/F:var2/D:n/I"``; a branch without a type has that of the
    branch before it, the first one F. Lines that begin with ``#`` do not count.
    """
    types = {"F": np.float32, "D": np.float64, "I": np.int32, "L": np.int64, "S": np.int16, "i": np.uint32}
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = [line.strip() for line in file]
    rows = [line for line in lines if line and not line.startswith("#")]
    names: list[str] = []
    kinds: list[Any] = []
    for item in rows[0].split(":") if rows else []:
        name, _, letter = item.strip().partition("/")
        names.append(name)
        kinds.append(types.get(letter) if letter else (kinds[-1] if kinds else np.float32))
    if not names or None in kinds or not all(name.isidentifier() for name in names):
        message = f"{path} is neither a ROOT file nor a text file whose first line reads like 'var1/F:var2/F'"
        raise DataError(message)
    try:
        table = np.array([[float(cell) for cell in row.replace(",", " ").split()] for row in rows[1:]])
        table = table.reshape(len(rows) - 1, len(names))
    except ValueError as error:
        message = f"{path}: expected {len(names)} numbers ({', '.join(names)}) in every line ({error})"
        raise DataError(message) from error
    return {name: table[:, i].astype(kinds[i]) for i, name in enumerate(names)}
