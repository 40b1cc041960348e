"""The simple recurrent layer on the GPU: one launch and one matrix product for each step and direction."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.cuda.launch import NULL, contiguous, function, grid
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numpy.sequence import gradients_of_weights, start_from
from tmva_py.kernels.rnn import RNNTrace, rnn_backward, rnn_forward
from tmva_py.kernels.sequence import Arriving, Gradients, Weights

Array = Any


class _Plan:
    """Arrays of both passes and the views of each step."""

    def __init__(self, steps: int, batch: int, size: int, memory: Memory) -> None:
        self.h = memory.array("h", (steps + 1, size, batch))
        self.inputs = memory.array("inputs", (size, steps * batch))
        self.product = memory.array("product", (size, batch))
        self.d_a = memory.array("d_a", (size, batch))
        self.stacked = memory.array("d_a_stacked", (size, steps * batch))
        self.carry = memory.array("carry", (size, batch))
        inputs, stacked = (array.reshape(size, steps, batch) for array in (self.inputs, self.stacked))
        self.steps = [(inputs[:, t], self.h[t], self.h[t + 1]) for t in range(steps)]
        self.steps_back = [(t, stacked[:, t]) for t in reversed(range(steps))]


def _plan(steps: int, batch: int, size: int, memory: Memory) -> _Plan:
    return memory.once("plan", (steps, batch, size), lambda: _Plan(steps, batch, size, memory))


@rnn_forward.override("cupy")
def _forward(xp: Any, *, x: Array, weights: Weights, initial: tuple[Array], memory: Memory) -> RNNTrace:
    W, U, b = weights
    steps, batch, width = x.shape
    size = U.shape[1]
    plan = _plan(steps, batch, size, memory)
    cell = function(xp, "rnn", "rnn_cell_forward", x.dtype)
    sizes, stride = grid(size * batch), steps * batch
    bias = contiguous(xp, b)
    xp.matmul(W, x.reshape(steps * batch, width).T, out=plan.inputs)
    (plan.h[0],) = initial
    for inputs, h, h_next in plan.steps:
        xp.matmul(U, h, out=plan.product)
        cell(*sizes, (inputs, stride, plan.product, bias, h_next, size, batch))
    return RNNTrace(plan.h)


@rnn_backward.override("cupy")
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
    U = weights.U
    d_h, (d_h_last,) = arriving
    steps, batch, _ = x.shape
    size = U.shape[1]
    plan = _plan(steps, batch, size, memory)
    cell = function(xp, "rnn", "rnn_cell_backward", x.dtype)
    sizes, stride = grid(size * batch), steps * batch
    start_from(plan.carry, d_h_last)
    for t, stacked in plan.steps_back:
        given = NULL if d_h is None else d_h[t]
        cell(*sizes, (given, plan.carry, trace.h[t + 1], plan.d_a, stacked, stride, size, batch))
        xp.matmul(U.T, plan.d_a, out=plan.carry)
    d_x = gradients_of_weights(xp, plan.stacked, x, trace.h[:-1], weights, gradients, memory, input_gradient)
    return d_x, (plan.carry,)
