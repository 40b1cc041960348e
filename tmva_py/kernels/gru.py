r"""The gated recurrent unit: one cell and whole sequences, with the reset gate before or after.

.. math::
    r = \sigma(W_r x + U_r h + b_r),\quad u = \sigma(W_u x + U_u h + b_u),\quad h' = u h + (1-u) c,

with :math:`c = \tanh(W_c x + U_c (r h) + b_c)` (reset before) or
:math:`c = \tanh(W_c x + r (U_c h) + b_c)` (reset after). States are feature-major, (S, B); the gates are
stacked in the order r, u, c.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tmva_py.kernels.kernel import calling, kernel
from tmva_py.kernels.memory import Memory

Array = Any
GATES = ("r", "u", "c")


class GRUTrace(NamedTuple):
    """What the backward pass of a sequence needs.

    Attributes
    ----------
    h : Array
        States (T+1, S, B); index 0 is the initial state.
    gates : Array
        Activated gates (T, 3S, B) in the order r, u, c.
    recurrent : Array
        Per step (T, S, B): r h (reset before), or U_c h (reset after).
    """

    h: Array
    gates: Array
    recurrent: Array


@kernel
def gru_cell_forward(
    xp: Any, *, inputs: Array, h: Array, U: Array, reset_after: bool
) -> tuple[Array, Array, Array]:
    """One step: `inputs` = W x + b (3S, B), state `h` (S, B), `U` (3S, S) to state, gates, recurrent part."""
    size = h.shape[0]
    gates = 0.5 * xp.tanh(0.5 * (inputs[: 2 * size] + U[: 2 * size] @ h)) + 0.5
    r, u = gates[:size], gates[size:]
    if reset_after:
        recurrent = U[2 * size :] @ h
        candidate = xp.tanh(inputs[2 * size :] + r * recurrent)
    else:
        recurrent = r * h
        candidate = xp.tanh(inputs[2 * size :] + U[2 * size :] @ recurrent)
    return u * h + (1 - u) * candidate, xp.concatenate([gates, candidate]), recurrent


@kernel
def gru_cell_backward(
    xp: Any, *, d_h: Array, h_before: Array, gates: Array, recurrent: Array, U: Array, reset_after: bool
) -> tuple[Array, Array, Array]:
    """One step back.

    Returns the gradients of `inputs` (3S, B), of the product that `U_c` takes part in (S, B), and of the
    state before (S, B).
    """
    size = d_h.shape[0]
    r, u, c = (gates[k * size : (k + 1) * size] for k in range(3))
    d_c = d_h * (1 - u) * (1 - c * c)
    d_u = d_h * (h_before - c) * u * (1 - u)
    if reset_after:
        d_product = d_c * r
        d_r = d_c * recurrent * r * (1 - r)
        back = U[2 * size :].T @ d_product
    else:
        d_product = d_c
        d_reset_state = U[2 * size :].T @ d_c
        d_r = d_reset_state * h_before * r * (1 - r)
        back = d_reset_state * r
    d_before = d_h * u + back + U[:size].T @ d_r + U[size : 2 * size].T @ d_u
    return xp.concatenate([d_r, d_u, d_c]), d_product, d_before


@calling(gru_cell_forward)
def gru_forward(
    cell: Callable[..., Any],
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
    """All steps: `x` (T, B, I), `W` (3S, I), `U` (3S, S), `b` (3S,), initial state (S, B)."""
    steps, batch, width = x.shape
    inputs = (W @ x.reshape(steps * batch, width).T + b[:, None]).reshape(-1, steps, batch)
    h, gates, recurrent = [h_0], [], []
    for t in range(steps):
        h_t, gates_t, recurrent_t = cell(xp, inputs=inputs[:, t], h=h[-1], U=U, reset_after=reset_after)
        h.append(h_t)
        gates.append(gates_t)
        recurrent.append(recurrent_t)
    return GRUTrace(xp.stack(h), xp.stack(gates), xp.stack(recurrent))


@calling(gru_cell_backward)
def gru_backward(
    cell: Callable[..., Any],
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
    """All steps back; arguments and results as in `tmva_py.kernels.lstm.lstm_backward`."""
    steps, batch, width = x.shape
    size = U.shape[1]
    carry = xp.zeros_like(trace.h[0]) if d_h_last is None else d_h_last
    d_inputs, d_products = [None] * steps, [None] * steps
    for t in reversed(range(steps)):
        d_inputs[t], d_products[t], carry = cell(
            xp,
            d_h=carry if d_h is None else carry + d_h[t],
            h_before=trace.h[t],
            gates=trace.gates[t],
            recurrent=trace.recurrent[t],
            U=U,
            reset_after=reset_after,
        )
    stacked = xp.stack(d_inputs).transpose(1, 0, 2).reshape(-1, steps * batch)
    products = xp.stack(d_products).transpose(1, 0, 2).reshape(-1, steps * batch)
    h_before = trace.h[:-1].transpose(0, 2, 1).reshape(steps * batch, -1)
    seen = h_before if reset_after else trace.recurrent.transpose(0, 2, 1).reshape(steps * batch, -1)
    d_W[...] = stacked @ x.reshape(steps * batch, width)
    d_U[: 2 * size] = stacked[: 2 * size] @ h_before
    d_U[2 * size :] = products @ seen
    d_b[...] = stacked.sum(axis=1)
    d_x = (stacked.T @ W).reshape(steps, batch, width) if input_gradient else None
    return d_x, carry


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
def _gru_forward_numpy(
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
def _gru_backward_numpy(
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
