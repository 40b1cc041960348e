"""What the kernels of whole sequences are given, and the order of its axes.

Outside a layer a batch is (B, T, I), event by event; inside, inputs are (T, B, I) and states (T, S, B). What
belongs to all gates, g of them, is stacked.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any


class Weights(NamedTuple):
    """Parameters of all gates: ``W`` (gS, I) of the inputs, ``U`` (gS, S) of the states, ``b`` (gS,)."""

    W: Array
    U: Array
    b: Array


class Gradients(NamedTuple):
    """Where the gradients of `Weights` are written."""

    W: Array
    U: Array
    b: Array


class Arriving(NamedTuple):
    """Gradients that arrive from outside: of every state ``h`` (T, S, B), of each final state on top (S, B).

    None means zero.
    """

    h: Array | None
    last: tuple[Array | None, ...]


@kernel(memory=True)
def by_time(xp: Any, *, x: Array) -> Array:
    """Inputs (B, T, I) as (T, B, I), which may be a view."""
    return xp.permute_dims(x, (1, 0, 2))


@kernel(memory=True)
def by_event(xp: Any, *, h: Array) -> Array:
    """States (T, S, B) as (B, T, S), which may be a view."""
    return xp.permute_dims(h, (2, 0, 1))


@kernel(memory=True)
def by_feature(xp: Any, *, d_out: Array) -> Array:
    """Gradients of states (B, T, S) as (T, S, B), which may be a view."""
    return xp.permute_dims(d_out, (1, 2, 0))


def all_inputs(xp: Any, x: Array, weights: Weights) -> Array:
    """Return W x + b of all steps, (gS, T, B), by one matrix product."""
    steps, batch, width = x.shape
    flat = xp.reshape(x, (steps * batch, width))
    return xp.reshape(weights.W @ flat.T + weights.b[:, None], (weights.b.shape[0], steps, batch))


def all_steps(xp: Any, values: Array) -> Array:
    """Return values (T, R, B) as (R, T·B), so that one matrix product serves all steps."""
    steps, rows, batch = values.shape
    return xp.reshape(xp.permute_dims(values, (1, 0, 2)), (rows, steps * batch))
