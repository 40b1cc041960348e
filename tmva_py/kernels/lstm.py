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
from tmva_py.kernels.sequence import Arriving, Gradients, Weights, all_inputs, all_steps

Array = Any
GATES = ("c", "i", "f", "o")


class LSTMTrace(NamedTuple):
    """What the backward pass of a sequence needs.

    States `h` and cells `c` (T+1, S, B), from the initial ones on; activated `gates` (T, 4S, B) in the order
    c, i, f, o; `tanh_c` (T, S, B) of the cell after each step.
    """

    h: Array
    c: Array
    gates: Array
    tanh_c: Array


@kernel
def lstm_cell_forward(xp: Any, *, a: Array, c: Array) -> tuple[Array, Array, Array, Array]:
    """One step: pre-activations `a` (4S, B) and cell `c` (S, B) to state, cell, gates, tanh of the cell."""
    size = c.shape[0]
    candidate = xp.tanh(a[:size, :])
    sigmoids = 0.5 * xp.tanh(0.5 * a[size:, :]) + 0.5
    i, f, o = (sigmoids[k * size : (k + 1) * size, :] for k in range(3))
    c_next = f * c + i * candidate
    tanh_c = xp.tanh(c_next)
    return o * tanh_c, c_next, xp.concat((candidate, sigmoids)), tanh_c


@kernel
def lstm_cell_backward(
    xp: Any, *, d_h: Array, d_c: Array, c_before: Array, gates: Array, tanh_c: Array
) -> tuple[Array, Array]:
    """One step back: gradients of state and cell (S, B) to those of `a` (4S, B) and of the cell before."""
    size = d_h.shape[0]
    candidate, i, f, o = (gates[k * size : (k + 1) * size, :] for k in range(4))
    d_cell = d_c + d_h * o * (1 - tanh_c * tanh_c)
    d_a = (
        d_cell * i * (1 - candidate * candidate),
        d_cell * candidate * i * (1 - i),
        d_cell * c_before * f * (1 - f),
        d_h * tanh_c * o * (1 - o),
    )
    return xp.concat(d_a), d_cell * f


@calling(lstm_cell_forward)
def lstm_forward(
    cell: Callable[..., Any], xp: Any, *, x: Array, weights: Weights, initial: tuple[Array, Array]
) -> LSTMTrace:
    """All steps: `x` (T, B, I), initial state and cell (S, B)."""
    inputs, (h, c) = all_inputs(xp, x, weights), initial
    steps = []
    for t in range(x.shape[0]):
        h, c, gates, tanh_c = cell(xp, a=inputs[:, t, :] + weights.U @ h, c=c)
        steps.append((h, c, gates, tanh_c))
    all_h, all_c, all_gates, all_tanh_c = zip(*steps, strict=True)
    h_0, c_0 = initial
    return LSTMTrace(
        xp.stack((h_0, *all_h)), xp.stack((c_0, *all_c)), xp.stack(all_gates), xp.stack(all_tanh_c)
    )


@calling(lstm_cell_backward)
def lstm_backward(
    cell: Callable[..., Any],
    xp: Any,
    *,
    x: Array,
    weights: Weights,
    arriving: Arriving,
    trace: LSTMTrace,
    gradients: Gradients,
    input_gradient: bool,
) -> tuple[Array | None, tuple[Array, Array]]:
    """All steps back.

    Writes the weights' gradients and returns those of `x` (T, B, I) (None unless `input_gradient`), and of
    initial state and cell (S, B).
    """
    steps, _, width = x.shape
    d_h, d_c = (xp.zeros_like(trace.h[0, ...]) if last is None else last for last in arriving.last)
    d_steps = [None] * steps
    for t in reversed(range(steps)):
        if arriving.h is not None:
            d_h = d_h + arriving.h[t, ...]
        d_steps[t], d_c = cell(
            xp,
            d_h=d_h,
            d_c=d_c,
            c_before=trace.c[t, ...],
            gates=trace.gates[t, ...],
            tanh_c=trace.tanh_c[t, ...],
        )
        d_h = weights.U.T @ d_steps[t]
    d_a = all_steps(xp, xp.stack(d_steps))
    gradients.W[...] = d_a @ xp.reshape(x, (-1, width))
    gradients.U[...] = d_a @ all_steps(xp, trace.h[:-1, ...]).T
    gradients.b[...] = xp.sum(d_a, axis=1)
    return (xp.reshape(d_a.T @ weights.W, x.shape) if input_gradient else None), (d_h, d_c)
