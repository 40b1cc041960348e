"""The gated recurrent unit on NumPy: a step makes no array, and what can is done for all steps at once."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.gru import GRUTrace, gru_backward, gru_forward
from tmva_py.kernels.memory import Memory

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
def _gru_forward(
    xp: Any,
    *,
    x: Array,
    W: Array,
    U: Array,
    b: Array,
    h_0: Array,
    memory: Memory,
    reset_after: bool,
) -> GRUTrace:
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
    plan.h[0] = h_0
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

    def __init__(self, steps: int, batch: int, size: int, width: int, memory: Memory) -> None:
        rows = 3 * size
        self.d_a = memory.array("d_a", (steps, rows, batch))
        # What U is multiplied with on the way back: as d_a, but the candidate's rows belong to its product.
        self.d_product = memory.array("d_product", (steps, rows, batch))
        self.stacked = memory.array("d_a_stacked", (rows, steps * batch))
        self.products = memory.array("d_product_stacked", (rows, steps * batch))
        self.h_before = memory.array("h_before", (size, steps * batch))
        self.reset_state = memory.array("reset_state", (size, steps * batch))
        self.d_x = memory.array("d_x", (steps * batch, width))
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
def _gru_backward(
    xp: Any,
    *,
    d_h: Array | None,
    d_h_last: Array | None,
    x: Array,
    W: Array,
    U: Array,
    trace: GRUTrace,
    d_W: Array,
    d_U: Array,
    d_b: Array,
    memory: Memory,
    input_gradient: bool,
    reset_after: bool,
) -> tuple[Array | None, Array]:
    steps, batch, width = x.shape
    size = U.shape[1]
    key = (steps, batch, size, width)
    plan = memory.once("backward", key, lambda: _BackwardPlan(steps, batch, size, width, memory))
    multiply, add, subtract, matmul = xp.multiply, xp.add, xp.subtract, xp.matmul
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
    carry[...] = 0.0 if d_h_last is None else d_h_last
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

    flat_x = x.reshape(steps * batch, width)
    plan.stacked.reshape(-1, steps, batch)[...] = plan.d_a.transpose(1, 0, 2)
    plan.h_before.reshape(size, steps, batch)[...] = h_before.transpose(1, 0, 2)
    matmul(plan.stacked, flat_x, d_W)
    xp.sum(plan.stacked, axis=1, out=d_b)
    if reset_after:
        plan.products.reshape(-1, steps, batch)[...] = plan.d_product.transpose(1, 0, 2)
        matmul(plan.products, plan.h_before.T, d_U)
    else:
        plan.reset_state.reshape(size, steps, batch)[...] = trace.recurrent.transpose(1, 0, 2)
        matmul(plan.stacked[: 2 * size], plan.h_before.T, d_U[: 2 * size])
        matmul(plan.stacked[2 * size :], plan.reset_state.T, d_U[2 * size :])
    if not input_gradient:
        return None, carry
    matmul(plan.stacked.T, W, plan.d_x)
    return plan.d_x.reshape(steps, batch, width), carry
