"""What the recurrent kernels share: order in memory, the start of the way back, products for all steps."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numpy import sequence as on_numpy
from tmva_py.kernels.sequence import by_feature, by_time

Array = Any

# The kernels of a step take arrays in order, which a copy makes.
by_time.override("cupy")(on_numpy.inputs_by_time)
by_feature.override("cupy")(on_numpy.gradients_by_feature)


def start_from(carry: Array, given: Array | None) -> None:
    """Write the gradient of the final state into `carry`; None stands for zero."""
    carry[...] = 0.0 if given is None else given


def one_row_per_state(states: Array, name: str, memory: Memory) -> Array:
    """Return states (T, S, B) as (S, T·B), so that one product serves all steps."""
    steps, size, batch = states.shape
    rows = memory.array(name, (size, steps * batch))
    rows.reshape(size, steps, batch)[...] = states.transpose(1, 0, 2)
    return rows


def gradients_of_weights(
    xp: Any,
    *,
    d_inputs: Array,
    x: Array,
    W: Array,
    h_before: Array,
    d_W: Array,
    d_U: Array | None,
    d_b: Array,
    memory: Memory,
    input_gradient: bool,
) -> Array | None:
    """Write the gradients of all steps from those of the pre-activations, (rows, T·B).

    `h_before` (T, S, B) is what ``U`` was multiplied with. Returns the gradient of `x` (T, B, I), or None.
    """
    steps, batch, width = x.shape
    xp.matmul(d_inputs, x.reshape(steps * batch, width), out=d_W)
    if d_U is not None:
        xp.matmul(d_inputs, one_row_per_state(h_before, "h_before", memory).T, out=d_U)
    xp.sum(d_inputs, axis=1, out=d_b)
    if not input_gradient:
        return None
    d_x = memory.array("d_x", (steps * batch, width))
    xp.matmul(d_inputs.T, W, out=d_x)
    return d_x.reshape(steps, batch, width)
