"""What the recurrent kernels on NumPy and the GPU share: order in memory, products for all steps at once."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.memory import Memory
from tmva_py.kernels.sequence import Gradients, Weights, by_feature, by_time

Array = Any


@by_time.override("numpy")
def inputs_by_time(xp: Any, *, x: Array, memory: Memory) -> Array:
    """Copy inputs (B, T, I) to (T, B, I)."""
    batch, steps, width = x.shape
    out = memory.array("x_by_time", (steps, batch, width))
    out[...] = x.transpose(1, 0, 2)
    return out


@by_feature.override("numpy")
def gradients_by_feature(xp: Any, *, d_out: Array, memory: Memory) -> Array:
    """Copy gradients (B, T, S) to (T, S, B)."""
    batch, steps, size = d_out.shape
    d_h = memory.array("d_h", (steps, size, batch))
    d_h[...] = d_out.transpose(1, 2, 0)
    return d_h


def start_from(carry: Array, given: Array | None) -> None:
    """Write the gradient of a final state into `carry`; None means zero."""
    carry[...] = 0.0 if given is None else given


def one_row_per_state(states: Array, name: str, memory: Memory) -> Array:
    """Copy values (T, R, B) to (R, T·B), so that one product serves all steps."""
    steps, size, batch = states.shape
    rows = memory.array(name, (size, steps * batch))
    rows.reshape(size, steps, batch)[...] = states.transpose(1, 0, 2)
    return rows


def gradients_of_weights(
    xp: Any,
    d_a: Array,
    x: Array,
    h_before: Array | None,
    weights: Weights,
    gradients: Gradients,
    memory: Memory,
    input_gradient: bool,
) -> Array | None:
    """Write the gradients from those of all pre-activations, (gS, T·B), and return that of `x` (T, B, I).

    `h_before` (T, S, B) is what ``U`` was multiplied with; without it the gradient of ``U`` is not written.
    """
    steps, batch, width = x.shape
    xp.matmul(d_a, x.reshape(steps * batch, width), out=gradients.W)
    if h_before is not None:
        xp.matmul(d_a, one_row_per_state(h_before, "h_before", memory).T, out=gradients.U)
    xp.sum(d_a, axis=1, out=gradients.b)
    if not input_gradient:
        return None
    d_x = memory.array("d_x", (steps * batch, width))
    xp.matmul(d_a.T, weights.W, out=d_x)
    return d_x.reshape(steps, batch, width)
