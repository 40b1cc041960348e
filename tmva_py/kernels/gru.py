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

Array = Any
GATES = ("r", "u", "c")


class GRUTrace(NamedTuple):
    """What the backward pass of a sequence needs.

    Attributes
    ----------
    h : Array
        States (T+1, S, B); index 0 is the initial state.
    gates : Array
        Activated gates (T, 3S, B) in the order r, u, c.
    recurrent : Array
        Per step (T, S, B): r h (reset before), or U_c h (reset after).
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
    gates = 0.5 * xp.tanh(0.5 * (inputs[: 2 * size] + U[: 2 * size] @ h)) + 0.5
    r, u = gates[:size], gates[size:]
    if reset_after:
        recurrent = U[2 * size :] @ h
        candidate = xp.tanh(inputs[2 * size :] + r * recurrent)
    else:
        recurrent = r * h
        candidate = xp.tanh(inputs[2 * size :] + U[2 * size :] @ recurrent)
    return u * h + (1 - u) * candidate, xp.concat([gates, candidate]), recurrent


@kernel
def gru_cell_backward(
    xp: Any, *, d_h: Array, h_before: Array, gates: Array, recurrent: Array, U: Array, reset_after: bool
) -> tuple[Array, Array, Array]:
    """One step back.

    Returns the gradients of `inputs` (3S, B), of the product that `U_c` takes part in (S, B), and of the
    state before (S, B).
    """
    size = d_h.shape[0]
    r, u, c = (gates[k * size : (k + 1) * size] for k in range(3))
    d_c = d_h * (1 - u) * (1 - c * c)
    d_u = d_h * (h_before - c) * u * (1 - u)
    if reset_after:
        d_product = d_c * r
        d_r = d_c * recurrent * r * (1 - r)
        back = U[2 * size :].T @ d_product
    else:
        d_product = d_c
        d_reset_state = U[2 * size :].T @ d_c
        d_r = d_reset_state * h_before * r * (1 - r)
        back = d_reset_state * r
    d_before = d_h * u + back + U[:size].T @ d_r + U[size : 2 * size].T @ d_u
    return xp.concat([d_r, d_u, d_c]), d_product, d_before


@calling(gru_cell_forward)
def gru_forward(
    cell: Callable[..., Any],
    xp: Any,
    *,
    x: Array,
    W: Array,
    U: Array,
    b: Array,
    h_0: Array,
    reset_after: bool,
) -> GRUTrace:
    """All steps: `x` (T, B, I), `W` (3S, I), `U` (3S, S), `b` (3S,), initial state (S, B)."""
    steps, batch, width = x.shape
    inputs = (W @ x.reshape(steps * batch, width).T + b[:, None]).reshape(-1, steps, batch)
    h, gates, recurrent = [h_0], [], []
    for t in range(steps):
        h_t, gates_t, recurrent_t = cell(xp, inputs=inputs[:, t], h=h[-1], U=U, reset_after=reset_after)
        h.append(h_t)
        gates.append(gates_t)
        recurrent.append(recurrent_t)
    return GRUTrace(xp.stack(h), xp.stack(gates), xp.stack(recurrent))


@calling(gru_cell_backward)
def gru_backward(
    cell: Callable[..., Any],
    xp: Any,
    *,
    d_h: Array | None,
    d_h_last: Array | None,
    x: Array,
    W: Array,
    U: Array,
    trace: GRUTrace,
    d_W: Array,
    d_U: Array,
    d_b: Array,
    input_gradient: bool,
    reset_after: bool,
) -> tuple[Array | None, Array]:
    """All steps back; arguments and results as in `tmva_py.kernels.lstm.lstm_backward`."""
    steps, batch, width = x.shape
    size = U.shape[1]
    carry = xp.zeros_like(trace.h[0]) if d_h_last is None else d_h_last
    d_inputs, d_products = [None] * steps, [None] * steps
    for t in reversed(range(steps)):
        d_inputs[t], d_products[t], carry = cell(
            xp,
            d_h=carry if d_h is None else carry + d_h[t],
            h_before=trace.h[t],
            gates=trace.gates[t],
            recurrent=trace.recurrent[t],
            U=U,
            reset_after=reset_after,
        )
    stacked = xp.stack(d_inputs).transpose(1, 0, 2).reshape(-1, steps * batch)
    products = xp.stack(d_products).transpose(1, 0, 2).reshape(-1, steps * batch)
    h_before = trace.h[:-1].transpose(0, 2, 1).reshape(steps * batch, -1)
    seen = h_before if reset_after else trace.recurrent.transpose(0, 2, 1).reshape(steps * batch, -1)
    d_W[...] = stacked @ x.reshape(steps * batch, width)
    d_U[: 2 * size] = stacked[: 2 * size] @ h_before
    d_U[2 * size :] = products @ seen
    d_b[...] = stacked.sum(axis=1)
    d_x = (stacked.T @ W).reshape(steps, batch, width) if input_gradient else None
    return d_x, carry
