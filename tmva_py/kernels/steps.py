"""What differs from one training step to the next, where the device repeats a step by itself."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel
def next_row(xp: Any, *, table: Array, place: Array, row: Array) -> None:
    """Copy the row `place` (1,) of `table` into `row` and move `place` on by one."""
    row[...] = xp.take(table, place, axis=0)[0]
    place += 1
