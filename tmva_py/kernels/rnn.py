r"""The simple recurrent layer, :math:`h_t = \tanh(W x_t + U h_{t-1} + b)`, one cell and whole sequences.

States are feature-major, (S, B), as in `tmva_py.kernels.lstm`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tmva_py.kernels.kernel import calling, kernel
from tmva_py.kernels.memory import Memory

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
    cell: Callable[..., Any], xp: Any, *, x: Array, W: Array, U: Array, b: Array, h_0: Array, memory: Memory
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
    memory: Memory,
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


class _ForwardPlan:
    """Arrays of a forward pass on NumPy and the views of each step."""

    def __init__(self, steps: int, batch: int, size: int, memory: Memory) -> None:
        self.h = memory.array("h", (steps + 1, size, batch))
        self.inputs = memory.array("inputs", (size, steps * batch))
        inputs = self.inputs.reshape(size, steps, batch)
        self.steps = [(inputs[:, t], self.h[t], self.h[t + 1]) for t in range(steps)]


@rnn_forward.override("numpy")
def _rnn_forward_numpy(
    xp: Any, *, x: Array, W: Array, U: Array, b: Array, h_0: Array, memory: Memory
) -> Array:
    steps, batch, width = x.shape
    size = U.shape[1]
    plan = memory.once("forward", (steps, batch, size), lambda: _ForwardPlan(steps, batch, size, memory))
    xp.matmul(W, x.reshape(steps * batch, width).T, plan.inputs)
    xp.add(plan.inputs, b[:, None], plan.inputs)
    plan.h[0] = h_0
    # The method: a call of xp.matmul takes twice as long for small states.
    times_recurrent, add, tanh = U.dot, xp.add, xp.tanh
    for inputs, h, h_next in plan.steps:
        times_recurrent(h, h_next)
        add(h_next, inputs, h_next)
        tanh(h_next, h_next)
    return plan.h


class _BackwardPlan:
    """Arrays of a backward pass on NumPy and the views of each step."""

    def __init__(self, steps: int, batch: int, size: int, width: int, memory: Memory) -> None:
        self.d_a = memory.array("d_a", (steps, size, batch))
        self.stacked = memory.array("d_a_stacked", (size, steps * batch))
        self.h_before = memory.array("h_before", (size, steps * batch))
        self.d_x = memory.array("d_x", (steps * batch, width))
        self.carry = memory.array("carry", (size, batch))
        self.steps = [(t, self.d_a[t]) for t in reversed(range(steps))]


@rnn_backward.override("numpy")
def _rnn_backward_numpy(
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
    memory: Memory,
    input_gradient: bool,
) -> tuple[Array | None, Array]:
    steps, batch, width = x.shape
    size = U.shape[1]
    key = (steps, batch, size, width)
    plan = memory.once("backward", key, lambda: _BackwardPlan(steps, batch, size, width, memory))
    # The tanh's derivative of all steps at once; each step then multiplies by the gradient of its state.
    xp.multiply(h[1:], h[1:], plan.d_a)
    xp.subtract(1.0, plan.d_a, plan.d_a)
    carry, times_recurrent = plan.carry, U.T.dot
    carry[...] = 0.0 if d_h_last is None else d_h_last
    multiply, add, matmul = xp.multiply, xp.add, xp.matmul
    for t, d_a in plan.steps:
        if d_h is not None:
            add(carry, d_h[t], carry)
        multiply(d_a, carry, d_a)
        times_recurrent(d_a, carry)
    plan.stacked.reshape(size, steps, batch)[...] = plan.d_a.transpose(1, 0, 2)
    plan.h_before.reshape(size, steps, batch)[...] = h[:-1].transpose(1, 0, 2)
    matmul(plan.stacked, x.reshape(steps * batch, width), d_W)
    matmul(plan.stacked, plan.h_before.T, d_U)
    xp.sum(plan.stacked, axis=1, out=d_b)
    if not input_gradient:
        return None, carry
    matmul(plan.stacked.T, W, plan.d_x)
    return plan.d_x.reshape(steps, batch, width), carry
