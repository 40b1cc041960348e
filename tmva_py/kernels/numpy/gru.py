"""The gated recurrent unit on NumPy: a step makes no array, and what can is done for all steps at once."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.gru import GRUTrace, gru_backward, gru_forward
from tmva_py.kernels.memory import Memory
from tmva_py.kernels.numpy.sequence import gradients_of_weights, one_row_per_state, start_from
from tmva_py.kernels.sequence import Arriving, Gradients, Weights

Array = Any


class _ForwardPlan:
    """Arrays of a forward pass on NumPy and the views of each step."""

    def __init__(self, steps: int, batch: int, size: int, width: int, memory: Memory) -> None:
        rows = 3 * size
        self.h = memory.array("h", (steps + 1, size, batch))
        self.gates = memory.array("gates", (steps, rows, batch))
        self.recurrent = memory.array("recurrent", (steps, size, batch))
        self.inputs = memory.array("inputs", (rows, steps * batch))
        self.W = memory.array("W_scaled", (rows, width))
        self.U = memory.array("U_scaled", (rows, size))
        self.b = memory.array("b_scaled", (rows,))
        # sigma(a) = tanh(a/2)/2 + 1/2: the sigmoids' rows are halved beforehand.
        self.scale = memory.array("scale", (rows, 1))
        self.scale[: 2 * size] = 0.5
        self.scale[2 * size :] = 1.0
        # An array of one number is taken in half the time of a number of Python.
        self.half = memory.array("half", ())
        self.half[...] = 0.5
        inputs = self.inputs.reshape(rows, steps, batch)
        self.steps = []
        for t in range(steps):
            a = self.gates[t]
            self.steps.append(
                (
                    a[: 2 * size],
                    a[:size],
                    a[size : 2 * size],
                    a[2 * size :],
                    inputs[: 2 * size, t],
                    inputs[2 * size :, t],
                    self.h[t],
                    self.h[t + 1],
                    self.recurrent[t],
                )
            )


@gru_forward.override("numpy")
def _forward(
    xp: Any, *, x: Array, weights: Weights, initial: tuple[Array], memory: Memory, reset_after: bool
) -> GRUTrace:
    W, U, b = weights
    steps, batch, width = x.shape
    size = U.shape[1]
    key = (steps, batch, size, width)
    plan = memory.once("forward", key, lambda: _ForwardPlan(steps, batch, size, width, memory))
    multiply, add, subtract, tanh, matmul = xp.multiply, xp.add, xp.subtract, xp.tanh, xp.matmul
    multiply(W, plan.scale, plan.W)
    multiply(U, plan.scale, plan.U)
    multiply(b, plan.scale[:, 0], plan.b)
    matmul(plan.W, x.reshape(steps * batch, width).T, plan.inputs)
    add(plan.inputs, plan.b[:, None], plan.inputs)
    (plan.h[0],) = initial
    # The methods: a call of xp.matmul takes twice as long for small states.
    times_sigmoids, times_candidate, half = plan.U[: 2 * size].dot, plan.U[2 * size :].dot, plan.half
    for sigmoids, r, u, c, a_sigmoids, a_candidate, h, h_next, recurrent in plan.steps:
        times_sigmoids(h, sigmoids)
        add(sigmoids, a_sigmoids, sigmoids)
        tanh(sigmoids, sigmoids)
        multiply(sigmoids, half, sigmoids)
        add(sigmoids, half, sigmoids)
        if reset_after:
            times_candidate(h, recurrent)
            multiply(r, recurrent, c)
        else:
            multiply(r, h, recurrent)
            times_candidate(recurrent, c)
        add(c, a_candidate, c)
        tanh(c, c)
        # h' = c + u (h - c)
        subtract(h, c, h_next)
        multiply(u, h_next, h_next)
        add(h_next, c, h_next)
    return GRUTrace(plan.h, plan.gates, plan.recurrent)


class _BackwardPlan:
    """Arrays of a backward pass on NumPy and the views of each step."""

    def __init__(self, steps: int, batch: int, size: int, memory: Memory) -> None:
        rows = 3 * size
        self.d_a = memory.array("d_a", (steps, rows, batch))
        # What U is multiplied with on the way back: as d_a, but the candidate's rows belong to its product.
        self.d_product = memory.array("d_product", (steps, rows, batch))
        self.carry = memory.array("carry", (size, batch))
        self.d_state = memory.array("d_state", (size, batch))
        self.back = memory.array("back", (size, batch))
        self.steps = []
        for t in reversed(range(steps)):
            d_a = self.d_a[t]
            self.steps.append(
                (
                    t,
                    d_a[:size],
                    d_a[size:].reshape(2, size, batch),
                    d_a[2 * size :],
                    d_a[: 2 * size],
                    self.d_product[t],
                    self.d_product[t, : 2 * size],
                    self.d_product[t, 2 * size :],
                )
            )


@gru_backward.override("numpy")
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
    d_h, (d_h_last,) = arriving
    U, d_U = weights.U, gradients.U
    steps, batch, _ = x.shape
    size = U.shape[1]
    plan = memory.once("backward", (steps, batch, size), lambda: _BackwardPlan(steps, batch, size, memory))
    multiply, add, subtract = xp.multiply, xp.add, xp.subtract
    gates, h_before = trace.gates, trace.h[:-1]
    r, u, c = (gates[:, k * size : (k + 1) * size] for k in range(3))

    # All factors that do not depend on the gradient carried back, for all steps at once.
    factor_r, factor_u, factor_c = (plan.d_a[:, k * size : (k + 1) * size] for k in range(3))
    sigmoids, factors = gates[:, : 2 * size], plan.d_a[:, : 2 * size]
    multiply(sigmoids, sigmoids, factors)
    subtract(sigmoids, factors, factors)
    multiply(factor_r, trace.recurrent if reset_after else h_before, factor_r)
    subtract(h_before, c, factor_c)  # factor_c is free until the next lines
    multiply(factor_u, factor_c, factor_u)
    spare = plan.d_product[:, :size]
    multiply(c, c, factor_c)
    subtract(1.0, factor_c, factor_c)
    subtract(1.0, u, spare)
    multiply(factor_c, spare, factor_c)

    carry, back = plan.carry, plan.back
    start_from(carry, d_h_last)
    times_sigmoids, times_candidate, times_all = U[: 2 * size].T.dot, U[2 * size :].T.dot, U.T.dot
    for t, d_r, d_u_and_c, d_c, d_sigmoids, d_product, d_product_sigmoids, d_product_c in plan.steps:
        if d_h is None:
            d_state = carry
        else:
            d_state = plan.d_state
            add(carry, d_h[t], d_state)
        multiply(d_u_and_c, d_state, d_u_and_c)
        if reset_after:
            multiply(d_r, d_c, d_r)
            d_product_sigmoids[...] = d_sigmoids
            multiply(d_c, r[t], d_product_c)
            multiply(d_state, u[t], carry)
            times_all(d_product, back)
            add(carry, back, carry)
        else:
            times_candidate(d_c, back)
            multiply(d_r, back, d_r)
            multiply(back, r[t], back)
            multiply(d_state, u[t], carry)
            add(carry, back, carry)
            times_sigmoids(d_sigmoids, back)
            add(carry, back, carry)

    stacked = one_row_per_state(plan.d_a, "d_a_stacked", memory)
    before = one_row_per_state(h_before, "h_before", memory)
    if reset_after:
        xp.matmul(one_row_per_state(plan.d_product, "d_product_stacked", memory), before.T, d_U)
    else:
        reset_state = one_row_per_state(trace.recurrent, "reset_state", memory)
        xp.matmul(stacked[: 2 * size], before.T, d_U[: 2 * size])
        xp.matmul(stacked[2 * size :], reset_state.T, d_U[2 * size :])
    d_x = gradients_of_weights(xp, stacked, x, None, weights, gradients, memory, input_gradient)
    return d_x, (carry,)
