"""The simple recurrent layer on NumPy: a step makes no array, and what can is done for all steps at once."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numpy.sequence import gradients_of_weights, one_row_per_state, start_from
from tmva_py.kernels.rnn import RNNTrace, rnn_backward, rnn_forward
from tmva_py.kernels.sequence import Arriving, Gradients, Weights

Array = Any


class _ForwardPlan:
    """Arrays of a forward pass on NumPy and the views of each step."""

    def __init__(self, steps: int, batch: int, size: int, memory: Memory) -> None:
        self.h = memory.array("h", (steps + 1, size, batch))
        self.inputs = memory.array("inputs", (size, steps * batch))
        inputs = self.inputs.reshape(size, steps, batch)
        self.steps = [(inputs[:, t], self.h[t], self.h[t + 1]) for t in range(steps)]


@rnn_forward.override("numpy")
def _forward(xp: Any, *, x: Array, weights: Weights, initial: tuple[Array], memory: Memory) -> RNNTrace:
    W, U, b = weights
    steps, batch, width = x.shape
    size = U.shape[1]
    plan = memory.once("forward", (steps, batch, size), lambda: _ForwardPlan(steps, batch, size, memory))
    xp.matmul(W, x.reshape(steps * batch, width).T, plan.inputs)
    xp.add(plan.inputs, b[:, None], plan.inputs)
    (plan.h[0],) = initial
    # The method: a call of xp.matmul takes twice as long for small states.
    times_recurrent, add, tanh = U.dot, xp.add, xp.tanh
    for inputs, h, h_next in plan.steps:
        times_recurrent(h, h_next)
        add(h_next, inputs, h_next)
        tanh(h_next, h_next)
    return RNNTrace(plan.h)


class _BackwardPlan:
    """Arrays of a backward pass on NumPy and the views of each step."""

    def __init__(self, steps: int, batch: int, size: int, memory: Memory) -> None:
        self.d_a = memory.array("d_a", (steps, size, batch))
        self.carry = memory.array("carry", (size, batch))
        self.steps = [(t, self.d_a[t]) for t in reversed(range(steps))]


@rnn_backward.override("numpy")
def _backward(
    xp: Any,
    *,
    x: Array,
    weights: Weights,
    arriving: Arriving,
    trace: RNNTrace,
    gradients: Gradients,
    memory: Memory,
    input_gradient: bool,
) -> tuple[Array | None, tuple[Array]]:
    d_h, (d_h_last,) = arriving
    steps, batch, _ = x.shape
    size = weights.U.shape[1]
    plan = memory.once("backward", (steps, batch, size), lambda: _BackwardPlan(steps, batch, size, memory))
    h = trace.h
    # The tanh's derivative of all steps at once; each step then multiplies by the gradient of its state.
    xp.multiply(h[1:], h[1:], plan.d_a)
    xp.subtract(1.0, plan.d_a, plan.d_a)
    carry, times_recurrent = plan.carry, weights.U.T.dot
    start_from(carry, d_h_last)
    multiply, add = xp.multiply, xp.add
    for t, d_a in plan.steps:
        if d_h is not None:
            add(carry, d_h[t], carry)
        multiply(d_a, carry, d_a)
        times_recurrent(d_a, carry)
    stacked = one_row_per_state(plan.d_a, "d_a_stacked", memory)
    d_x = gradients_of_weights(xp, stacked, x, h[:-1], weights, gradients, memory, input_gradient)
    return d_x, (carry,)
