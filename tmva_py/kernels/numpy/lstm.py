"""The long short-term memory on NumPy: a step makes no array, and what can is done for all steps at once."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.lstm import LSTMTrace, lstm_backward, lstm_forward
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numpy.sequence import gradients_of_weights, one_row_per_state, start_from
from tmva_py.kernels.sequence import Arriving, Gradients, Weights

Array = Any


class _ForwardPlan:
    """Arrays of a forward pass on NumPy and the views that each step works on, cut once per shape."""

    def __init__(self, steps: int, batch: int, size: int, width: int, memory: Memory) -> None:
        rows = 4 * size
        self.h = memory.array("h", (steps + 1, size, batch))
        self.c = memory.array("c", (steps + 1, size, batch))
        self.gates = memory.array("gates", (steps, rows, batch))
        self.tanh_c = memory.array("tanh_c", (steps, size, batch))
        self.inputs = memory.array("inputs", (rows, steps * batch))
        self.W = memory.array("W_scaled", (rows, width))
        self.U = memory.array("U_scaled", (rows, size))
        self.b = memory.array("b_scaled", (rows,))
        # sigma(a) = tanh(a/2)/2 + 1/2: with the sigmoids' rows halved beforehand, one tanh serves all gates.
        self.scale = memory.array("scale", (rows, 1))
        self.scale[:size] = 1.0
        self.scale[size:] = 0.5
        # An array of one number is taken in half the time of a number of Python.
        self.half = memory.array("half", ())
        self.half[...] = 0.5
        product = memory.array("product", (size, batch))
        inputs = self.inputs.reshape(rows, steps, batch)
        self.steps = []
        for t in range(steps):
            a = self.gates[t]
            self.steps.append(
                (
                    a,
                    inputs[:, t],
                    a[size:],
                    a[:size],
                    a[size : 2 * size],
                    a[2 * size : 3 * size],
                    a[3 * size :],
                    self.h[t],
                    self.c[t],
                    self.h[t + 1],
                    self.c[t + 1],
                    self.tanh_c[t],
                    product,
                )
            )


@lstm_forward.override("numpy")
def _forward(
    xp: Any, *, x: Array, weights: Weights, initial: tuple[Array, Array], memory: Memory
) -> LSTMTrace:
    W, U, b = weights
    steps, batch, width = x.shape
    size = U.shape[1]
    key = (steps, batch, size, width)
    plan = memory.once("forward", key, lambda: _ForwardPlan(steps, batch, size, width, memory))
    xp.multiply(W, plan.scale, out=plan.W)
    xp.multiply(U, plan.scale, out=plan.U)
    xp.multiply(b, plan.scale[:, 0], out=plan.b)
    xp.matmul(plan.W, x.reshape(steps * batch, width).T, out=plan.inputs)
    xp.add(plan.inputs, plan.b[:, None], out=plan.inputs)
    plan.h[0], plan.c[0] = initial
    # The method: a call of xp.matmul takes twice as long for small states.
    times_recurrent, half = plan.U.dot, plan.half
    multiply, add, tanh = xp.multiply, xp.add, xp.tanh
    for a, inputs, sigmoids, candidate, i, f, o, h, c, h_next, c_next, tanh_c, product in plan.steps:
        times_recurrent(h, a)
        add(a, inputs, a)
        tanh(a, a)
        multiply(sigmoids, half, sigmoids)
        add(sigmoids, half, sigmoids)
        multiply(f, c, c_next)
        multiply(i, candidate, product)
        add(c_next, product, c_next)
        tanh(c_next, tanh_c)
        multiply(o, tanh_c, h_next)
    return LSTMTrace(plan.h, plan.c, plan.gates, plan.tanh_c)


class _BackwardPlan:
    """Arrays of a backward pass on NumPy and the views of each step, cut once per shape."""

    def __init__(self, steps: int, batch: int, size: int, memory: Memory) -> None:
        rows = 4 * size
        self.d_a = memory.array("d_a", (steps, rows, batch))
        self.cell_factor = memory.array("cell_factor", (steps, size, batch))
        self.carry_h = memory.array("carry_h", (size, batch))
        self.carry_c = memory.array("carry_c", (size, batch))
        self.d_state = memory.array("d_state", (size, batch))
        self.product = memory.array("product_back", (size, batch))
        self.steps = []
        for t in reversed(range(steps)):
            d_a = self.d_a[t]
            self.steps.append(
                (t, d_a, d_a[: 3 * size].reshape(3, size, batch), d_a[3 * size :], self.cell_factor[t])
            )


@lstm_backward.override("numpy")
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
    d_h, (d_h_last, d_c_last) = arriving
    steps, batch, _ = x.shape
    size = weights.U.shape[1]
    plan = memory.once("backward", (steps, batch, size), lambda: _BackwardPlan(steps, batch, size, memory))
    gates, tanh_c = trace.gates, trace.tanh_c
    multiply, add, subtract = xp.multiply, xp.add, xp.subtract
    candidate, i, f, o = (gates[:, k * size : (k + 1) * size] for k in range(4))

    # Everything that does not depend on the gradients carried back is done for all steps at once: d_a starts
    # as the factors of the cell's gradient (rows c, i, f) and of the state's gradient (row o).
    d_a, factor = plan.d_a, plan.cell_factor
    sigmoids, d_sigmoids = gates[:, size:], d_a[:, size:]
    multiply(sigmoids, sigmoids, d_sigmoids)
    subtract(sigmoids, d_sigmoids, d_sigmoids)
    d_candidate = d_a[:, :size]
    multiply(candidate, candidate, d_candidate)
    subtract(1.0, d_candidate, d_candidate)
    multiply(d_candidate, i, d_candidate)
    for k, other in ((1, candidate), (2, trace.c[:-1]), (3, tanh_c)):
        rows = d_a[:, k * size : (k + 1) * size]
        multiply(rows, other, rows)
    multiply(tanh_c, tanh_c, factor)
    subtract(1.0, factor, factor)
    multiply(factor, o, factor)

    carry_h, carry_c, product = plan.carry_h, plan.carry_c, plan.product
    start_from(carry_h, d_h_last)
    start_from(carry_c, d_c_last)
    times_recurrent = weights.U.T.dot
    for t, d_a_t, d_cell_rows, d_output_row, factor_t in plan.steps:
        if d_h is None:
            d_state = carry_h
        else:
            d_state = plan.d_state
            add(carry_h, d_h[t], d_state)
        multiply(d_state, factor_t, product)
        add(carry_c, product, carry_c)
        multiply(d_cell_rows, carry_c, d_cell_rows)
        multiply(d_output_row, d_state, d_output_row)
        multiply(carry_c, f[t], carry_c)
        times_recurrent(d_a_t, carry_h)

    stacked = one_row_per_state(d_a, "d_a_stacked", memory)
    d_x = gradients_of_weights(xp, stacked, x, trace.h[:-1], weights, gradients, memory, input_gradient)
    return d_x, (carry_h, carry_c)
