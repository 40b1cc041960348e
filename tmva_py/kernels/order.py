"""The order of values in memory."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel(memory=True)
def in_rows(xp: Any, *, x: Array, shape: tuple[int, ...], name: str) -> Array:
    """Return the values of `x`, in C order, in another shape: a view, or a copy in the work space `name`."""
    return xp.reshape(x, shape)
