"""Parquet files, by pyarrow where it is installed."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.errors import DataError
from tmva_py.trees.memory import columns_of_records

_MAGIC = b"PAR1"


def is_parquet(path: str) -> bool:
    """Return whether a file begins as Parquet files do."""
    with open(path, "rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def read_parquet(path: str) -> dict[str, Any]:
    """Return the columns of a Parquet file, lists included; a record's fields become ``record.field``.

    Raises
    ------
    DataError
        pyarrow is not installed, or the file is damaged.
    """
    try:
        import pyarrow.parquet
    except ImportError as error:
        message = f"cannot read {path!r}: Parquet files need pyarrow ({error}); pip install pyarrow"
        raise DataError(message) from error
    import awkward as ak

    try:
        table = pyarrow.parquet.read_table(path)
        columns = columns_of_records(ak.from_arrow(table))
        return {name: _without_gaps(column) for name, column in columns.items()}
    except Exception as error:  # pyarrow's own kinds, and what a damaged file leads to
        reason = str(error).strip().split("\n")[0] or type(error).__name__
        message = f"cannot read {path!r}: {reason}"
        raise DataError(message) from error


def _without_gaps(column: Any) -> Any:
    """Return a column with NaN in place of missing numbers, as in frames."""
    import awkward as ak

    is_missing = ak.is_none(column)
    if column.ndim != 1 or not ak.any(is_missing) or ak.all(is_missing):
        return column
    return ak.fill_none(column, np.nan) if np.isscalar(column[~is_missing][0]) else column
