"""The next row of what differs between training steps, fetched by the GPU itself."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.cuda.launch import THREADS, function
from tmva_py.kernels.steps import next_row

Array = Any


@next_row.override("cupy")
def _next_row_cupy(xp: Any, *, table: Array, place: Array, row: Array) -> None:
    # Whole numbers only: either precision of the source would do.
    function(xp, "steps", "next_row", "float64")((1,), (THREADS,), (table, place, row, row.size))
