"""Picking the events of a batch."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel
def gather(xp: Any, *, source: Array, index: Array, out: Array) -> Array:
    """Write the rows `index` of `source` into `out`."""
    out[...] = xp.take(source, index, axis=0)
    return out
