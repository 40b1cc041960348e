"""The simple recurrent layer on the GPU: one launch and one matrix product for each step and direction."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.cuda.launch import NULL, contiguous, function, grid
from tmva_py.kernels.cuda.sequences import gradients_of_weights, start_from
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.rnn import rnn_backward, rnn_forward

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
def _rnn_forward_cupy(
    xp: Any, *, x: Array, W: Array, U: Array, b: Array, h_0: Array, memory: Memory
) -> Array:
    steps, batch, width = x.shape
    size = U.shape[1]
    plan = _plan(steps, batch, size, memory)
    cell = function(xp, "rnn", "rnn_cell_forward", x.dtype)
    sizes, stride = grid(size * batch), steps * batch
    bias = contiguous(xp, b)
    xp.matmul(W, x.reshape(steps * batch, width).T, out=plan.inputs)
    plan.h[0] = h_0
    for inputs, h, h_next in plan.steps:
        xp.matmul(U, h, out=plan.product)
        cell(*sizes, (inputs, stride, plan.product, bias, h_next, size, batch))
    return plan.h


@rnn_backward.override("cupy")
def _rnn_backward_cupy(
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
    steps, batch, _ = x.shape
    size = U.shape[1]
    plan = _plan(steps, batch, size, memory)
    cell = function(xp, "rnn", "rnn_cell_backward", x.dtype)
    sizes, stride = grid(size * batch), steps * batch
    start_from(plan.carry, d_h_last)
    for t, stacked in plan.steps_back:
        given = NULL if d_h is None else d_h[t]
        cell(*sizes, (given, plan.carry, h[t + 1], plan.d_a, stacked, stride, size, batch))
        xp.matmul(U.T, plan.d_a, out=plan.carry)
    d_x = gradients_of_weights(
        xp,
        d_inputs=plan.stacked,
        x=x,
        W=W,
        h_before=h[:-1],
        d_W=d_W,
        d_U=d_U,
        d_b=d_b,
        memory=memory,
        input_gradient=input_gradient,
    )
    return d_x, plan.carry
