"""Picking the events of a batch on the GPU."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.cuda.launch import launch
from tmva_py.kernels.gather import gather

Array = Any


@gather.override("cupy")
def _gather_cupy(xp: Any, *, source: Array, index: Array, out: Array) -> Array:
    arrays = (source, index, out)
    if index.dtype != xp.int64 or not all(array.flags.c_contiguous for array in arrays):
        return gather(xp, source=source, index=index, out=out)
    rows = index.shape[0]
    width = out.size // rows if rows else 0
    launch(xp, "gather", "gather_rows", out.dtype, out.size, source, index, out, rows, width)
    return out
