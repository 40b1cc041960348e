"""Single steps of the recurrent layers, compiled: for layers that go from step to step by themselves.

The built-in layers run whole sequences (`lstm.py`, `gru.py`, `rnn.py` beside this file), whose formulas these
share; there the rows of the sigmoids are halved beforehand, here pre-activations come as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tmva_py.kernels.gru import gru_cell_backward, gru_cell_forward
from tmva_py.kernels.lstm import lstm_cell_backward, lstm_cell_forward
from tmva_py.kernels.numba import functions, gru, lstm, rnn
from tmva_py.kernels.numba.activation import plain
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.products import product, product_and
from tmva_py.kernels.numba.vectors import Emitter, Lanes
from tmva_py.kernels.numba.views import At, Rows, Strided
from tmva_py.kernels.rnn import rnn_cell_backward, rnn_cell_forward

Array = Any
Values = Sequence[Lanes]


def _lstm_forward(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    a_c, a_i, a_f, a_o, c = values
    candidate = functions.tanh(e, a_c)
    i, f, o = (functions.sigmoid(e, a) for a in (a_i, a_f, a_o))
    c_next = f * c + i * candidate
    tanh_c = functions.tanh(e, c_next)
    return [candidate, i, f, o, c_next, tanh_c, o * tanh_c]


def _gru_gates(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    a_r, a_u, h = values
    r = functions.sigmoid(e, a_r)
    return [r, functions.sigmoid(e, a_u), r * h]


def _gru_after(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    a_r, a_u, a_c, recurrent, h = values
    r, u = functions.sigmoid(e, a_r), functions.sigmoid(e, a_u)
    c = functions.tanh(e, a_c + r * recurrent)
    return [r, u, c, c + u * (h - c)]


def _gru_candidate(e: Emitter, values: Values, scalars: Values) -> list[Lanes]:
    u, a_c, h = values
    c = functions.tanh(e, a_c)
    return [c, c + u * (h - c)]


lstm_forward_lanes, gru_gates, gru_after, gru_candidate = map(
    elementwise, (_lstm_forward, _gru_gates, _gru_after, _gru_candidate)
)


@borrowing
def run_lstm_forward(a: Array, c: Array, h: Array, c_next: Array, gates: Array, tanh_c: Array) -> None:
    """Step of `tmva_py.kernels.lstm.lstm_cell_forward`, on flat arrays."""
    n = c.size
    lstm_forward_lanes(
        n,
        (At(a, 0), At(a, n), At(a, 2 * n), At(a, 3 * n), At(c, 0)),
        (
            At(gates, 0),
            At(gates, n),
            At(gates, 2 * n),
            At(gates, 3 * n),
            At(c_next, 0),
            At(tanh_c, 0),
            At(h, 0),
        ),
        (),
    )


@borrowing
def run_lstm_backward(
    d_h: Array, d_c: Array, c_before: Array, gates: Array, tanh_c: Array, d_a: Array, d_c_before: Array
) -> None:
    """Step of `tmva_py.kernels.lstm.lstm_cell_backward`, on flat arrays."""
    n = d_h.size
    lstm.cell_backward(
        n,
        (
            At(d_h, 0),
            At(d_c, 0),
            At(c_before, 0),
            At(gates, 0),
            At(gates, n),
            At(gates, 2 * n),
            At(gates, 3 * n),
            At(tanh_c, 0),
        ),
        (At(d_a, 0), At(d_a, n), At(d_a, 2 * n), At(d_a, 3 * n), At(d_c_before, 0)),
        (),
    )


@borrowing
def run_gru_forward(
    size: int, batch: int, after: int,
    inputs: Array, h: Array, U: Array, h_next: Array, gates: Array, recurrent: Array,
) -> None:  # fmt: skip
    """Step of `tmva_py.kernels.gru.gru_cell_forward`, on flat arrays."""
    n = size * batch
    product_and(
        Strided(U, 0, size, 1),
        Rows(h, 0, batch),
        Rows(gates, 0, batch),
        Rows(inputs, 0, batch),
        2 * size,
        batch,
        size,
        1,
    )
    U_c = 2 * size * size
    if after:
        product(Strided(U, U_c, size, 1), Rows(h, 0, batch), Rows(recurrent, 0, batch), size, batch, size, 0)
        gru_after(
            n,
            (At(gates, 0), At(gates, n), At(inputs, 2 * n), At(recurrent, 0), At(h, 0)),
            (At(gates, 0), At(gates, n), At(gates, 2 * n), At(h_next, 0)),
            (),
        )
        return
    gru_gates(n, (At(gates, 0), At(gates, n), At(h, 0)), (At(gates, 0), At(gates, n), At(recurrent, 0)), ())
    product_and(
        Strided(U, U_c, size, 1),
        Rows(recurrent, 0, batch),
        Rows(gates, 2 * n, batch),
        Rows(inputs, 2 * n, batch),
        size,
        batch,
        size,
        1,
    )
    gru_candidate(n, (At(gates, n), At(gates, 2 * n), At(h, 0)), (At(gates, 2 * n), At(h_next, 0)), ())


@borrowing
def run_gru_backward(
    size: int, batch: int, after: int,
    d_h: Array, h: Array, gates: Array, recurrent: Array, U: Array,
    d_inputs: Array, d_product: Array, d_before: Array,
) -> None:  # fmt: skip
    """Step of `tmva_py.kernels.gru.gru_cell_backward`, on flat arrays."""
    n = size * batch
    U_c = 2 * size * size
    if after:
        gru.after_backward(
            n,
            (At(d_h, 0), At(gates, 0), At(gates, n), At(gates, 2 * n), At(h, 0), At(recurrent, 0)),
            (At(d_inputs, 2 * n), At(d_inputs, 0), At(d_inputs, n), At(d_product, 0), At(d_before, 0)),
            (),
        )
        product(
            Strided(U, U_c, 1, size),
            Rows(d_product, 0, batch),
            Rows(d_before, 0, batch),
            size,
            batch,
            size,
            1,
        )
    else:
        gru.candidate_backward(
            n,
            (At(d_h, 0), At(gates, n), At(gates, 2 * n), At(h, 0)),
            (At(d_inputs, 2 * n), At(d_inputs, n)),
            (),
        )
        # What comes back through U_c is where the gradient of the reset gate will be.
        product(
            Strided(U, U_c, 1, size),
            Rows(d_inputs, 2 * n, batch),
            Rows(d_inputs, 0, batch),
            size,
            batch,
            size,
            0,
        )
        gru.gates_backward(
            n,
            (At(d_h, 0), At(d_inputs, 0), At(gates, 0), At(gates, n), At(h, 0)),
            (At(d_inputs, 0), At(d_before, 0)),
            (),
        )
        for i in range(n):
            d_product[i] = d_inputs[2 * n + i]
    product(
        Strided(U, 0, 1, size), Rows(d_inputs, 0, batch), Rows(d_before, 0, batch), size, batch, 2 * size, 1
    )


@borrowing
def run_rnn_forward(a: Array, h: Array) -> None:
    """Step of `tmva_py.kernels.rnn.rnn_cell_forward`, on flat arrays."""
    rnn.cell_forward(a.size, (At(a, 0),), (At(h, 0), At(h, 0)), ())


@borrowing
def run_rnn_backward(d_h: Array, h: Array, d_a: Array) -> None:
    """Step of `tmva_py.kernels.rnn.rnn_cell_backward`, on flat arrays."""
    rnn.cell_backward(h.size, (At(d_h, 0), At(h, 0)), (At(d_a, 0),), ())


def _flat(*arrays: Array) -> list[Array]:
    return [(array if plain(array) else array.copy(order="C")).reshape(-1) for array in arrays]


@lstm_cell_forward.override("numba")
def _lstm_cell_forward_numba(xp: Any, *, a: Array, c: Array) -> tuple[Array, Array, Array, Array]:
    h, c_next, tanh_c = (xp.empty(c.shape, c.dtype) for _ in range(3))
    gates = xp.empty(a.shape, a.dtype)
    run_lstm_forward(*_flat(a, c, h, c_next, gates, tanh_c))
    return h, c_next, gates, tanh_c


@lstm_cell_backward.override("numba")
def _lstm_cell_backward_numba(
    xp: Any, *, d_h: Array, d_c: Array, c_before: Array, gates: Array, tanh_c: Array
) -> tuple[Array, Array]:
    d_a, d_c_before = xp.empty(gates.shape, gates.dtype), xp.empty(d_c.shape, d_c.dtype)
    run_lstm_backward(*_flat(d_h, d_c, c_before, gates, tanh_c, d_a, d_c_before))
    return d_a, d_c_before


@gru_cell_forward.override("numba")
def _gru_cell_forward_numba(
    xp: Any, *, inputs: Array, h: Array, U: Array, reset_after: bool
) -> tuple[Array, Array, Array]:
    h_next, recurrent = xp.empty(h.shape, h.dtype), xp.empty(h.shape, h.dtype)
    gates = xp.empty(inputs.shape, inputs.dtype)
    size, batch = h.shape
    run_gru_forward(size, batch, int(reset_after), *_flat(inputs, h, U, h_next, gates, recurrent))
    return h_next, gates, recurrent


@gru_cell_backward.override("numba")
def _gru_cell_backward_numba(
    xp: Any, *, d_h: Array, h_before: Array, gates: Array, recurrent: Array, U: Array, reset_after: bool
) -> tuple[Array, Array, Array]:
    d_inputs = xp.empty(gates.shape, gates.dtype)
    d_product, d_before = xp.empty(d_h.shape, d_h.dtype), xp.empty(d_h.shape, d_h.dtype)
    size, batch = d_h.shape
    arrays = _flat(d_h, h_before, gates, recurrent, U, d_inputs, d_product, d_before)
    run_gru_backward(size, batch, int(reset_after), *arrays)
    return d_inputs, d_product, d_before


@rnn_cell_forward.override("numba")
def _rnn_cell_forward_numba(xp: Any, *, a: Array) -> Array:
    h = xp.empty(a.shape, a.dtype)
    run_rnn_forward(*_flat(a, h))
    return h


@rnn_cell_backward.override("numba")
def _rnn_cell_backward_numba(xp: Any, *, d_h: Array, h: Array) -> Array:
    d_a = xp.empty(h.shape, h.dtype)
    run_rnn_backward(*_flat(d_h, h, d_a))
    return d_a
