"""The memory of a script's arrays as the leaves of a branch with several: ``"px/F:py/F"``."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np

from tmva_py.errors import DataError
from tmva_py.pyroot.standin.branches import type_name
from tmva_py.trees.leaf_lists import LeafList


def wrong_type(buffer: Any, leaves: LeafList) -> str:
    """Return what is wrong with a buffer's type: that of the first of several leaves is needed."""
    layout = leaves.layout
    is_array = isinstance(buffer, array | np.ndarray)
    own = np.asarray(buffer).dtype if is_array else None
    if own is None or own.names or layout is None or not layout.names:
        return ""
    needed = layout[layout.names[0]].base
    if own == needed:
        return ""
    given, wanted = type_name(own), type_name(needed)
    return f'The pointer type given "{given}" does not correspond to the type needed "{wanted}"'


def type_of(buffer: Any) -> np.dtype[Any] | None:
    """Return the type of an array's numbers; None of bytes, records and whatever is no array."""
    own: np.dtype[Any] | None = np.asarray(buffer).dtype if isinstance(buffer, array | np.ndarray) else None
    return None if own is None or own.names or own.itemsize == 1 else own


def bytes_of(buffer: Any, branch: str, layout: np.dtype[Any]) -> memoryview:
    """Return the memory that a branch's leaves have in a buffer."""
    try:
        memory = memoryview(buffer).cast("B")
    except (TypeError, ValueError) as error:
        message = (
            f"branch {branch!r} has the leaves {_listed(layout)} one after the other in memory: expected an "
            f"array, such as array('f', [0, 0]), got {type(buffer).__name__}"
        )
        raise DataError(message) from error
    if memory.nbytes < layout.itemsize:
        message = (
            f"branch {branch!r} has the leaves {_listed(layout)}, {layout.itemsize} bytes; the array has "
            f"{memory.nbytes}: make it longer"
        )
        raise DataError(message)
    return memory[: layout.itemsize]


def parts_of(buffer: Any, branch: str, leaves: LeafList) -> dict[str, Any]:
    """Return the part of a buffer for each column of a branch; all of it for a single one."""
    layout = leaves.layout
    if layout is None:
        return {branch: buffer}
    one = np.frombuffer(bytes_of(buffer, branch, layout), layout)
    return {
        column: one[leaf] if layout[leaf].shape == () else one[leaf][0]
        for leaf, column in leaves.columns.items()
    }


def _listed(layout: np.dtype[Any]) -> str:
    return ", ".join(f"{name} ({layout[name].base})" for name in layout.names or ())
