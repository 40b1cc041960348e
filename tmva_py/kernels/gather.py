"""Picking the events of a batch."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel
def gather(xp: Any, *, source: Array, index: Array, out: Array) -> Array:
    """Write the rows `index` of `source` into `out`."""
    return xp.take(source, index, axis=0, out=out)


@gather.override("numpy")
def _gather_numpy(xp: Any, *, source: Array, index: Array, out: Array) -> Array:
    # Any mode but "raise" lets NumPy write into `out` without a copy between; the indices are ours. It is the
    # method because xp.take takes as long again before it begins.
    return source.take(index, axis=0, out=out, mode="clip")
