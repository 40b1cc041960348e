r"""The gated recurrent unit: one cell and whole sequences, with the reset gate before or after.

.. math::
    r = \sigma(W_r x + U_r h + b_r),\quad u = \sigma(W_u x + U_u h + b_u),\quad h' = u h + (1-u) c,

with :math:`c = \tanh(W_c x + U_c (r h) + b_c)` (reset before) or
:math:`c = \tanh(W_c x + r (U_c h) + b_c)` (reset after). States are feature-major, (S, B); the gates are
stacked in the order r, u, c.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tmva_py.kernels.kernel import calling, kernel
from tmva_py.kernels.sequence import Arriving, Gradients, Weights, all_inputs, all_steps

Array = Any
GATES = ("r", "u", "c")


class GRUTrace(NamedTuple):
    """What the backward pass of a sequence needs.

    States `h` (T+1, S, B), from the initial one on; activated `gates` (T, 3S, B) in the order r, u, c;
    `recurrent` (T, S, B): r h (reset before), or U_c h (reset after).
    """

    h: Array
    gates: Array
    recurrent: Array


@kernel
def gru_cell_forward(
    xp: Any, *, inputs: Array, h: Array, U: Array, reset_after: bool
) -> tuple[Array, Array, Array]:
    """One step: `inputs` = W x + b (3S, B), state `h` (S, B), `U` (3S, S) to state, gates, recurrent part."""
    size = h.shape[0]
    of_gates, of_candidate = slice(2 * size), slice(2 * size, None)
    gates = 0.5 * xp.tanh(0.5 * (inputs[of_gates, :] + U[of_gates, :] @ h)) + 0.5
    r, u = gates[:size, :], gates[size:, :]
    if reset_after:
        recurrent = U[of_candidate, :] @ h
        candidate = xp.tanh(inputs[of_candidate, :] + r * recurrent)
    else:
        recurrent = r * h
        candidate = xp.tanh(inputs[of_candidate, :] + U[of_candidate, :] @ recurrent)
    return u * h + (1 - u) * candidate, xp.concat((gates, candidate)), recurrent


@kernel
def gru_cell_backward(
    xp: Any, *, d_h: Array, h_before: Array, gates: Array, recurrent: Array, U: Array, reset_after: bool
) -> tuple[Array, Array, Array]:
    """One step back.

    Returns the gradients of `inputs` (3S, B), of the product that `U_c` takes part in (S, B), and of the
    state before (S, B).
    """
    size = d_h.shape[0]
    r, u, c = (gates[k * size : (k + 1) * size, :] for k in range(3))
    U_r, U_u, U_c = (U[k * size : (k + 1) * size, :] for k in range(3))
    d_c = d_h * (1 - u) * (1 - c * c)
    d_u = d_h * (h_before - c) * u * (1 - u)
    if reset_after:
        d_product = d_c * r
        d_r = d_c * recurrent * r * (1 - r)
        back = U_c.T @ d_product
    else:
        d_product = d_c
        d_reset_state = U_c.T @ d_c
        d_r = d_reset_state * h_before * r * (1 - r)
        back = d_reset_state * r
    d_before = d_h * u + back + U_r.T @ d_r + U_u.T @ d_u
    return xp.concat((d_r, d_u, d_c)), d_product, d_before


@calling(gru_cell_forward)
def gru_forward(
    cell: Callable[..., Any],
    xp: Any,
    *,
    x: Array,
    weights: Weights,
    initial: tuple[Array],
    reset_after: bool,
) -> GRUTrace:
    """All steps: `x` (T, B, I), initial state (S, B)."""
    inputs, (h,) = all_inputs(xp, x, weights), initial
    steps = []
    for t in range(x.shape[0]):
        h, gates, recurrent = cell(xp, inputs=inputs[:, t, :], h=h, U=weights.U, reset_after=reset_after)
        steps.append((h, gates, recurrent))
    all_h, all_gates, all_recurrent = zip(*steps, strict=True)
    return GRUTrace(xp.stack((*initial, *all_h)), xp.stack(all_gates), xp.stack(all_recurrent))


@calling(gru_cell_backward)
def gru_backward(
    cell: Callable[..., Any],
    xp: Any,
    *,
    x: Array,
    weights: Weights,
    arriving: Arriving,
    trace: GRUTrace,
    gradients: Gradients,
    input_gradient: bool,
    reset_after: bool,
) -> tuple[Array | None, tuple[Array]]:
    """All steps back; see `tmva_py.kernels.lstm.lstm_backward`."""
    steps, _, width = x.shape
    (d_h,) = (xp.zeros_like(trace.h[0, ...]) if last is None else last for last in arriving.last)
    d_steps, d_product_steps = [None] * steps, [None] * steps
    for t in reversed(range(steps)):
        if arriving.h is not None:
            d_h = d_h + arriving.h[t, ...]
        d_steps[t], d_product_steps[t], d_h = cell(
            xp,
            d_h=d_h,
            h_before=trace.h[t, ...],
            gates=trace.gates[t, ...],
            recurrent=trace.recurrent[t, ...],
            U=weights.U,
            reset_after=reset_after,
        )
    d_a, d_product = all_steps(xp, xp.stack(d_steps)), all_steps(xp, xp.stack(d_product_steps))
    h_before = all_steps(xp, trace.h[:-1, ...])
    seen_by_candidate = h_before if reset_after else all_steps(xp, trace.recurrent)
    both = 2 * trace.h.shape[1]
    gradients.W[...] = d_a @ xp.reshape(x, (-1, width))
    gradients.U[:both, :] = d_a[:both, :] @ h_before.T
    gradients.U[both:, :] = d_product @ seen_by_candidate.T
    gradients.b[...] = xp.sum(d_a, axis=1)
    return (xp.reshape(d_a.T @ weights.W, x.shape) if input_gradient else None), (d_h,)
