"""Between the order of events and the order in which recurrent layers compute.

Outside a layer a batch is (B, T, I), event by event; inside, inputs are (T, B, I) and states (T, S, B). What
these kernels return may be a view.
"""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel(memory=True)
def by_time(xp: Any, *, x: Array) -> Array:
    """Inputs (B, T, I) as (T, B, I)."""
    return xp.permute_dims(x, (1, 0, 2))


@kernel(memory=True)
def by_event(xp: Any, *, h: Array) -> Array:
    """States (T, S, B) as (B, T, S)."""
    return xp.permute_dims(h, (2, 0, 1))


@kernel(memory=True)
def by_feature(xp: Any, *, d_out: Array) -> Array:
    """Gradients of states (B, T, S) as (T, S, B)."""
    return xp.permute_dims(d_out, (1, 2, 0))
