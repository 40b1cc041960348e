"""The simple recurrent layer on NumPy: a step makes no array, and what can is done for all steps at once."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.memory import Memory
from tmva_py.kernels.rnn import rnn_backward, rnn_forward

Array = Any


class _ForwardPlan:
    """Arrays of a forward pass on NumPy and the views of each step."""

    def __init__(self, steps: int, batch: int, size: int, memory: Memory) -> None:
        self.h = memory.array("h", (steps + 1, size, batch))
        self.inputs = memory.array("inputs", (size, steps * batch))
        inputs = self.inputs.reshape(size, steps, batch)
        self.steps = [(inputs[:, t], self.h[t], self.h[t + 1]) for t in range(steps)]


@rnn_forward.override("numpy")
def _rnn_forward(xp: Any, *, x: Array, W: Array, U: Array, b: Array, h_0: Array, memory: Memory) -> Array:
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
def _rnn_backward(
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
