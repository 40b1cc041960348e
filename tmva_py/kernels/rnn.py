r"""The simple recurrent layer, :math:`h_t = \tanh(W x_t + U h_{t-1} + b)`, one cell and whole sequences.

States are feature-major, (S, B), as in `tmva_py.kernels.lstm`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tmva_py.kernels.kernel import calling, kernel

Array = Any


@kernel
def rnn_cell_forward(xp: Any, *, a: Array) -> Array:
    """One step: pre-activations `a` (S, B) to the state."""
    return xp.tanh(a)


@kernel
def rnn_cell_backward(xp: Any, *, d_h: Array, h: Array) -> Array:
    """One step back: gradient of the state (S, B) to that of `a`."""
    return xp.multiply(d_h, 1 - h * h)


@calling(rnn_cell_forward)
def rnn_forward(
    cell: Callable[..., Any], xp: Any, *, x: Array, W: Array, U: Array, b: Array, h_0: Array
) -> Array:
    """All steps: `x` (T, B, I), `W` (S, I), `U` (S, S), `b` (S,), `h_0` (S, B) to states (T+1, S, B)."""
    steps, batch, width = x.shape
    inputs = (W @ x.reshape(steps * batch, width).T + b[:, None]).reshape(-1, steps, batch)
    h = [h_0]
    for t in range(steps):
        h.append(cell(xp, a=inputs[:, t] + U @ h[-1]))
    return xp.stack(h)


@calling(rnn_cell_backward)
def rnn_backward(
    cell: Callable[..., Any],
    xp: Any,
    *,
    d_h: Array | None,
    d_h_last: Array | None,
    x: Array,
    W: Array,
    U: Array,
    h: Array,
    d_W: Array,
    d_U: Array,
    d_b: Array,
    input_gradient: bool,
) -> tuple[Array | None, Array]:
    """All steps back; arguments and results as in `tmva_py.kernels.lstm.lstm_backward`, `h` (T+1, S, B)."""
    steps, batch, width = x.shape
    carry = xp.zeros_like(h[0]) if d_h_last is None else d_h_last
    d_a = [None] * steps
    for t in reversed(range(steps)):
        d_state = carry if d_h is None else carry + d_h[t]
        d_a[t] = cell(xp, d_h=d_state, h=h[t + 1])
        carry = U.T @ d_a[t]
    stacked = xp.stack(d_a).transpose(1, 0, 2).reshape(-1, steps * batch)
    d_W[...] = stacked @ x.reshape(steps * batch, width)
    d_U[...] = stacked @ h[:-1].transpose(0, 2, 1).reshape(steps * batch, -1)
    d_b[...] = stacked.sum(axis=1)
    d_x = (stacked.T @ W).reshape(steps, batch, width) if input_gradient else None
    return d_x, carry
