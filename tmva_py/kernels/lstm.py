r"""The long short-term memory: one cell and whole sequences, forward and backward.

With :math:`a_g = W_g x_t + U_g h_{t-1} + b_g` for the gates g,

.. math::
    i = \sigma(a_i),\; f = \sigma(a_f),\; o = \sigma(a_o),\; \tilde c = \tanh(a_c),\quad
    c_t = f c_{t-1} + i \tilde c,\; h_t = o \tanh c_t.

States are feature-major, (S, B), so that each gate is one contiguous block; the gates are stacked in the
order c, i, f, o: the three sigmoids are neighbours, and so are the three that share the cell's gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tmva_py.kernels.kernel import calling, kernel

Array = Any
GATES = ("c", "i", "f", "o")


class LSTMTrace(NamedTuple):
    """What the backward pass of a sequence needs.

    Attributes
    ----------
    h, c : Array
        States (T+1, S, B); index 0 is the initial state.
    gates : Array
        Activated gates (T, 4S, B) in the order c, i, f, o.
    tanh_c : Array
        tanh of the cell after each step, (T, S, B).
    """

    h: Array
    c: Array
    gates: Array
    tanh_c: Array


@kernel
def lstm_cell_forward(xp: Any, *, a: Array, c: Array) -> tuple[Array, Array, Array, Array]:
    """One step: pre-activations `a` (4S, B) and cell `c` (S, B) to state, cell, gates, tanh of the cell."""
    size = c.shape[0]
    candidate = xp.tanh(a[:size])
    sigmoids = 0.5 * xp.tanh(0.5 * a[size:]) + 0.5
    i, f, o = sigmoids[:size], sigmoids[size : 2 * size], sigmoids[2 * size :]
    c_next = f * c + i * candidate
    tanh_c = xp.tanh(c_next)
    return o * tanh_c, c_next, xp.concat([candidate, sigmoids]), tanh_c


@kernel
def lstm_cell_backward(
    xp: Any, *, d_h: Array, d_c: Array, c_before: Array, gates: Array, tanh_c: Array
) -> tuple[Array, Array]:
    """One step back: gradients of state and cell (S, B) to those of `a` (4S, B) and of the cell before."""
    size = d_h.shape[0]
    candidate, i, f, o = (gates[k * size : (k + 1) * size] for k in range(4))
    d_cell = d_c + d_h * o * (1 - tanh_c * tanh_c)
    d_a = xp.concat(
        [
            d_cell * i * (1 - candidate * candidate),
            d_cell * candidate * i * (1 - i),
            d_cell * c_before * f * (1 - f),
            d_h * tanh_c * o * (1 - o),
        ]
    )
    return d_a, d_cell * f


@calling(lstm_cell_forward)
def lstm_forward(
    cell: Callable[..., Any],
    xp: Any,
    *,
    x: Array,
    W: Array,
    U: Array,
    b: Array,
    h_0: Array,
    c_0: Array,
) -> LSTMTrace:
    """All steps: `x` (T, B, I), `W` (4S, I), `U` (4S, S), `b` (4S,), initial states (S, B)."""
    steps, batch, width = x.shape
    # One matrix product for the inputs of all time steps.
    inputs = (W @ x.reshape(steps * batch, width).T + b[:, None]).reshape(-1, steps, batch)
    h, c, gates, tanh_c = [h_0], [c_0], [], []
    for t in range(steps):
        h_t, c_t, gates_t, tanh_c_t = cell(xp, a=inputs[:, t] + U @ h[-1], c=c[-1])
        h.append(h_t)
        c.append(c_t)
        gates.append(gates_t)
        tanh_c.append(tanh_c_t)
    return LSTMTrace(xp.stack(h), xp.stack(c), xp.stack(gates), xp.stack(tanh_c))


@calling(lstm_cell_backward)
def lstm_backward(
    cell: Callable[..., Any],
    xp: Any,
    *,
    d_h: Array | None,
    d_h_last: Array | None,
    d_c_last: Array | None,
    x: Array,
    W: Array,
    U: Array,
    trace: LSTMTrace,
    d_W: Array,
    d_U: Array,
    d_b: Array,
    input_gradient: bool,
) -> tuple[Array | None, Array, Array]:
    """All steps back.

    `d_h` (T, S, B) is the gradient of every state that left the layer, `d_h_last` and `d_c_last` (S, B)
    that of the final state and cell on top; None stands for zero. Writes `d_W`, `d_U`, `d_b` and returns
    the gradients of `x` (T, B, I) (None unless `input_gradient`), of the initial state and cell (S, B).
    """
    steps, batch, width = x.shape
    carry_h = xp.zeros_like(trace.h[0]) if d_h_last is None else d_h_last
    carry_c = xp.zeros_like(trace.c[0]) if d_c_last is None else d_c_last
    d_a = [None] * steps
    for t in reversed(range(steps)):
        d_state = carry_h if d_h is None else carry_h + d_h[t]
        d_a[t], carry_c = cell(
            xp,
            d_h=d_state,
            d_c=carry_c,
            c_before=trace.c[t],
            gates=trace.gates[t],
            tanh_c=trace.tanh_c[t],
        )
        carry_h = U.T @ d_a[t]
    stacked = xp.stack(d_a).transpose(1, 0, 2).reshape(-1, steps * batch)
    flat_x = x.reshape(steps * batch, width)
    d_W[...] = stacked @ flat_x
    d_U[...] = stacked @ trace.h[:-1].transpose(0, 2, 1).reshape(steps * batch, -1)
    d_b[...] = stacked.sum(axis=1)
    d_x = (stacked.T @ W).reshape(steps, batch, width) if input_gradient else None
    return d_x, carry_h, carry_c
