"""The gated recurrent unit on the GPU.

With the reset gate after the product, one launch and one matrix product for each step and direction; with the
reset gate before it two of each, for the second product needs the gate.
"""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.cuda.launch import NULL, contiguous, function, grid
from tmva_py.kernels.gru import GRUTrace, gru_backward, gru_forward
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numpy.sequence import gradients_of_weights, one_row_per_state, start_from
from tmva_py.kernels.sequence import Arriving, Gradients, Weights

Array = Any


class _ForwardPlan:
    """Arrays of a forward pass and the views of each step."""

    def __init__(self, steps: int, batch: int, size: int, memory: Memory) -> None:
        rows = 3 * size
        self.h = memory.array("h", (steps + 1, size, batch))
        self.gates = memory.array("gates", (steps, rows, batch))
        self.recurrent = memory.array("recurrent", (steps, size, batch))
        self.inputs = memory.array("inputs", (rows, steps * batch))
        self.product = memory.array("product", (rows, batch))
        inputs = self.inputs.reshape(rows, steps, batch)
        self.steps = [
            (inputs[:, t], self.h[t], self.h[t + 1], self.gates[t], self.recurrent[t]) for t in range(steps)
        ]


@gru_forward.override("cupy")
def _forward(
    xp: Any, *, x: Array, weights: Weights, initial: tuple[Array], memory: Memory, reset_after: bool
) -> GRUTrace:
    W, U, b = weights
    steps, batch, width = x.shape
    size = U.shape[1]
    plan = memory.once("forward", (steps, batch, size), lambda: _ForwardPlan(steps, batch, size, memory))
    sizes, stride, dtype = grid(size * batch), steps * batch, x.dtype
    bias = contiguous(xp, b)
    xp.matmul(W, x.reshape(steps * batch, width).T, out=plan.inputs)
    (plan.h[0],) = initial
    if reset_after:
        cell = function(xp, "gru", "gru_cell_forward_after", dtype)
        for inputs, h, h_next, gates, recurrent in plan.steps:
            xp.matmul(U, h, out=plan.product)
            cell(*sizes, (inputs, stride, plan.product, bias, h, h_next, gates, recurrent, size, batch))
        return GRUTrace(plan.h, plan.gates, plan.recurrent)
    gates_of, state_of = (
        function(xp, "gru", name, dtype) for name in ("gru_gates_forward", "gru_state_forward")
    )
    of_gates, of_candidate = plan.product[: 2 * size], plan.product[2 * size :]
    U_gates, U_candidate = U[: 2 * size], U[2 * size :]
    for inputs, h, h_next, gates, recurrent in plan.steps:
        xp.matmul(U_gates, h, out=of_gates)
        gates_of(*sizes, (inputs, stride, of_gates, bias, h, gates, recurrent, size, batch))
        xp.matmul(U_candidate, recurrent, out=of_candidate)
        state_of(*sizes, (inputs, stride, of_candidate, bias, h, h_next, gates, size, batch))
    return GRUTrace(plan.h, plan.gates, plan.recurrent)


class _BackwardPlan:
    """Arrays of a backward pass and the views of each step."""

    def __init__(self, steps: int, batch: int, size: int, memory: Memory) -> None:
        rows = 3 * size
        # Reset before: gradients of the pre-activations; after: of U h.
        self.d_a = memory.array("d_a", (rows, batch))
        self.stacked = memory.array("d_a_stacked", (rows, steps * batch))
        self.products = memory.array("d_product_stacked", (rows, steps * batch))
        self.carry = memory.array("carry", (size, batch))
        self.back = memory.array("back", (size, batch))
        self.product = memory.array("product_back", (size, batch))
        stacked, products = (array.reshape(rows, steps, batch) for array in (self.stacked, self.products))
        self.steps = [(t, stacked[:, t], products[:, t]) for t in reversed(range(steps))]


@gru_backward.override("cupy")
def _backward(
    xp: Any,
    *,
    x: Array,
    weights: Weights,
    arriving: Arriving,
    trace: GRUTrace,
    gradients: Gradients,
    memory: Memory,
    input_gradient: bool,
    reset_after: bool,
) -> tuple[Array | None, tuple[Array]]:
    U = weights.U
    d_h, (d_h_last,) = arriving
    d_U = gradients.U
    steps, batch, _ = x.shape
    size = U.shape[1]
    plan = memory.once("backward", (steps, batch, size), lambda: _BackwardPlan(steps, batch, size, memory))
    start_from(plan.carry, d_h_last)
    (_steps_back_after if reset_after else _steps_back_before)(xp, plan, d_h, trace, U)
    plan.carry += plan.back
    # What U was multiplied with differs between gates (reset before), or its gradient differs from that of
    # the inputs (reset after): its own products.
    d_x = gradients_of_weights(xp, plan.stacked, x, None, weights, gradients, memory, input_gradient)
    h_before = one_row_per_state(trace.h[:-1], "h_before", memory)
    if reset_after:
        xp.matmul(plan.products, h_before.T, out=d_U)
    else:
        reset_state = one_row_per_state(trace.recurrent, "reset_state", memory)
        xp.matmul(plan.stacked[: 2 * size], h_before.T, out=d_U[: 2 * size])
        xp.matmul(plan.stacked[2 * size :], reset_state.T, out=d_U[2 * size :])
    return d_x, (plan.carry,)


def _steps_back_after(xp: Any, plan: _BackwardPlan, d_h: Array | None, trace: GRUTrace, U: Array) -> None:
    size, batch = plan.carry.shape
    cell = function(xp, "gru", "gru_cell_backward_after", U.dtype)
    sizes, stride = grid(size * batch), plan.stacked.shape[1]
    back: Array = NULL
    for t, stacked, products in plan.steps:
        given = NULL if d_h is None else d_h[t]
        saved = (trace.h[t], trace.gates[t], trace.recurrent[t])
        cell(*sizes, (given, back, plan.carry, *saved, plan.d_a, stacked, products, stride, size, batch))
        back = plan.back
        xp.matmul(U.T, plan.d_a, out=back)


def _steps_back_before(xp: Any, plan: _BackwardPlan, d_h: Array | None, trace: GRUTrace, U: Array) -> None:
    size, batch = plan.carry.shape
    state_of, gates_of = (
        function(xp, "gru", name, U.dtype) for name in ("gru_state_backward", "gru_gates_backward")
    )
    sizes, stride = grid(size * batch), plan.stacked.shape[1]
    U_gates, U_candidate = U[: 2 * size].T, U[2 * size :].T
    d_gates, d_candidate = plan.d_a[: 2 * size], plan.d_a[2 * size :]
    back: Array = NULL
    for t, stacked, _ in plan.steps:
        given = NULL if d_h is None else d_h[t]
        saved = (trace.h[t], trace.gates[t])
        state_of(*sizes, (given, back, plan.carry, *saved, plan.d_a, stacked, stride, size, batch))
        xp.matmul(U_candidate, d_candidate, out=plan.product)
        gates_of(*sizes, (plan.product, plan.carry, *saved, plan.d_a, stacked, stride, size, batch))
        back = plan.back
        xp.matmul(U_gates, d_gates, out=back)
