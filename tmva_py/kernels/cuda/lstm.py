"""The long short-term memory on the GPU: one launch and one matrix product for each step and direction."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.cuda.launch import NULL, contiguous, function, grid
from tmva_py.kernels.lstm import LSTMTrace, lstm_backward, lstm_forward
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numpy.sequence import gradients_of_weights, start_from
from tmva_py.kernels.sequence import Arriving, Gradients, Weights

Array = Any


class _ForwardPlan:
    """Arrays of a forward pass and what each step's launch is given."""

    def __init__(self, steps: int, batch: int, size: int, memory: Memory) -> None:
        rows = 4 * size
        self.h = memory.array("h", (steps + 1, size, batch))
        self.c = memory.array("c", (steps + 1, size, batch))
        self.gates = memory.array("gates", (steps, rows, batch))
        self.tanh_c = memory.array("tanh_c", (steps, size, batch))
        self.inputs = memory.array("inputs", (rows, steps * batch))
        self.product = memory.array("product", (rows, batch))
        inputs = self.inputs.reshape(rows, steps, batch)
        self.steps = [
            (
                self.h[t],
                inputs[:, t],
                (self.c[t], self.h[t + 1], self.c[t + 1], self.gates[t], self.tanh_c[t], size, batch),
            )
            for t in range(steps)
        ]


@lstm_forward.override("cupy")
def _forward(
    xp: Any, *, x: Array, weights: Weights, initial: tuple[Array, Array], memory: Memory
) -> LSTMTrace:
    W, U, b = weights
    steps, batch, width = x.shape
    size = U.shape[1]
    plan = memory.once("forward", (steps, batch, size), lambda: _ForwardPlan(steps, batch, size, memory))
    cell = function(xp, "lstm", "lstm_cell_forward", x.dtype)
    sizes, stride = grid(size * batch), steps * batch
    bias = contiguous(xp, b)
    xp.matmul(W, x.reshape(steps * batch, width).T, out=plan.inputs)
    plan.h[0], plan.c[0] = initial
    for h, inputs, further in plan.steps:
        xp.matmul(U, h, out=plan.product)
        cell(*sizes, (inputs, stride, plan.product, bias, *further))
    return LSTMTrace(plan.h, plan.c, plan.gates, plan.tanh_c)


class _BackwardPlan:
    """Arrays of a backward pass and what each step's launch is given."""

    def __init__(self, steps: int, batch: int, size: int, memory: Memory) -> None:
        rows = 4 * size
        self.d_a = memory.array("d_a", (rows, batch))
        self.stacked = memory.array("d_a_stacked", (rows, steps * batch))
        self.carry_h = memory.array("carry_h", (size, batch))
        self.carry_c = memory.array("carry_c", (size, batch))
        stacked = self.stacked.reshape(rows, steps, batch)
        self.steps = [(t, stacked[:, t]) for t in reversed(range(steps))]


@lstm_backward.override("cupy")
def _backward(
    xp: Any,
    *,
    x: Array,
    weights: Weights,
    arriving: Arriving,
    trace: LSTMTrace,
    gradients: Gradients,
    memory: Memory,
    input_gradient: bool,
) -> tuple[Array | None, tuple[Array, Array]]:
    U = weights.U
    d_h, (d_h_last, d_c_last) = arriving
    steps, batch, _ = x.shape
    size = U.shape[1]
    plan = memory.once("backward", (steps, batch, size), lambda: _BackwardPlan(steps, batch, size, memory))
    cell = function(xp, "lstm", "lstm_cell_backward", x.dtype)
    sizes, stride = grid(size * batch), steps * batch
    start_from(plan.carry_h, d_h_last)
    start_from(plan.carry_c, d_c_last)
    for t, stacked in plan.steps:
        given = NULL if d_h is None else d_h[t]
        saved = (trace.c[t], trace.gates[t], trace.tanh_c[t])
        cell(*sizes, (given, plan.carry_h, plan.carry_c, *saved, plan.d_a, stacked, stride, size, batch))
        xp.matmul(U.T, plan.d_a, out=plan.carry_h)
    d_x = gradients_of_weights(xp, plan.stacked, x, trace.h[:-1], weights, gradients, memory, input_gradient)
    return d_x, (plan.carry_h, plan.carry_c)
