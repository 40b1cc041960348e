"""A long short-term memory with peepholes for tmva_py: parameters, states, layout entry and weight file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tmva_py.errors import OptionError, ShapeError
from tmva_py.layers import Context, LayerXML, ParameterStore, VGeneralLayer
from tmva_py.options import Option
from tmva_py.plugins import hookimpl

# The order of the gates in the stacked arrays: candidate, input, forget, output.
GATES = ("c", "i", "f", "o")


class Step(NamedTuple):
    """What one time step leaves for the way back, each (B, S): the cell before it, its gates, its cell."""

    c_before: Any
    candidate: Any
    i: Any
    f: Any
    o: Any
    c: Any
    tanh_c: Any
    h_before: Any


class TPeepholeLSTMLayer(VGeneralLayer):
    r"""Long short-term memory whose gates see the cell.

    .. math::
        i_t, f_t = \sigma(W x_t + U h_{t-1} + p \odot c_{t-1} + b),\quad
        \tilde c_t = \tanh(W_c x_t + U_c h_{t-1} + b_c),

        c_t = f_t c_{t-1} + i_t \tilde c_t,\quad
        o_t = \sigma(W_o x_t + U_o h_{t-1} + p_o \odot c_t + b_o),\quad h_t = o_t \tanh c_t.

    Parameters
    ----------
    state_size : int
        Number S of units.
    return_sequence : bool, default False
        Give out the state after every step, (B, T, S), instead of the last one, (B, S).
    remember_state : bool, default False
        Carry the state from batch to batch while training.

    Raises
    ------
    OptionError
        `state_size` is not a positive whole number.

    Notes
    -----
    Input (B, T, I). Parameters ``W_c W_i W_f W_o`` (S, I), ``U_c … U_o`` (S, S), ``b_c … b_o`` (S,) and the
    peepholes ``p_i p_f p_o`` (S,); states ``h`` and ``c``. F. Gers, N. Schraudolph, J. Schmidhuber, "Learning
    precise timing with LSTM recurrent networks", Journal of Machine Learning Research 3 (2002) 115.
    """

    names, xml = ("PEEPHOLE",), LayerXML("PeepholeLSTMLayer")
    options = (
        Option("state_size", int, None, minimum=1, xml="StateSize", doc="number of units"),
        Option("return_sequence", bool, False, xml="ReturnSequence", doc="give out every state"),
        Option("remember_state", bool, False, xml="RememberState", doc="carry the state between batches"),
    )
    state_names = ("h", "c")
    # What `tmva-py check-plugin PEEPHOLE` checks: a layout entry and the shape of an event for each case.
    check_layouts = (("PEEPHOLE|3|1|0", (4, 2)), ("PEEPHOLE|2", (3, 5)), ("PEEPHOLE|1|0|1", (1, 1)))

    def __init__(self, state_size: int, return_sequence: bool = False, remember_state: bool = False) -> None:
        if int(state_size) != state_size or state_size < 1:
            message = f"PEEPHOLE: state_size must be a whole number of at least 1, got {state_size!r}"
            raise OptionError(message)
        self.state_size = int(state_size)
        self.return_sequence, self.remember_state = bool(return_sequence), bool(remember_state)

    def build(self, input_shape: tuple[int, ...], store: ParameterStore) -> tuple[int, ...]:
        """Declare the parameters; the input must be a sequence (T, I)."""
        if len(input_shape) != 2:
            message = f"{self.describe()}: expected a sequence (time steps, width), got {input_shape}"
            raise ShapeError(message)
        steps, width = input_shape
        # Stacked: the products for all gates are one, and each gate is a slice of rows.
        store.add_stack("W", GATES, (self.state_size, width))
        store.add_stack("U", GATES, (self.state_size, self.state_size))
        store.add_stack("b", GATES, (self.state_size,), kind="bias")
        store.add_stack("p", ("i", "f", "o"), (self.state_size,), kind="bias")
        return (steps, self.state_size) if self.return_sequence else (self.state_size,)

    def forward(self, x: Any, context: Context) -> tuple[Any, tuple[Any, list[Step]]]:
        """Return the states for `x` (B, T, I), and what each step leaves."""
        xp, size, state = self.backend.xp, self.state_size, context.state(self)
        p_i, p_f, p_o = (self.parameters[name] for name in ("p_i", "p_f", "p_o"))
        zero = self.backend.zeros((x.shape[0], size))
        h, c = (zero, zero) if state.initial is None else (state.initial["h"], state.initial["c"])
        inputs = x @ self.stacks["W"].T + self.stacks["b"]  # of all steps at once
        steps, outputs = [], []
        for t in range(x.shape[1]):
            a = inputs[:, t, :] + h @ self.stacks["U"].T
            candidate = xp.tanh(a[:, :size])
            i = _sigmoid(xp, a[:, size : 2 * size] + p_i * c)
            f = _sigmoid(xp, a[:, 2 * size : 3 * size] + p_f * c)
            c_next = f * c + i * candidate
            o = _sigmoid(xp, a[:, 3 * size :] + p_o * c_next)
            tanh_c = xp.tanh(c_next)
            steps.append(Step(c, candidate, i, f, o, c_next, tanh_c, h))
            h, c = o * tanh_c, c_next
            outputs.append(h)
        state.final = {"h": h, "c": c}
        return (xp.stack(outputs, axis=1) if self.return_sequence else h), (x, steps)

    def backward(self, d_out: Any, saved: tuple[Any, list[Step]], context: Context) -> Any:
        """Write the gradients of all parameters; return the input's, (B, T, I)."""
        xp, (x, steps), state = self.backend.xp, saved, context.state(self)
        p_i, p_f, p_o = (self.parameters[name] for name in ("p_i", "p_f", "p_o"))
        zero = xp.zeros_like(steps[0].c)
        d_h, d_c = zero, zero
        if state.d_final is not None:
            d_h, d_c = state.d_final["h"], state.d_final["c"]
        if not self.return_sequence:
            d_h = d_h + d_out
        d_peepholes = [xp.zeros_like(p_i) for _ in range(3)]
        d_a: list[Any] = [None] * len(steps)
        for t in reversed(range(len(steps))):
            s = steps[t]
            if self.return_sequence:
                d_h = d_h + d_out[:, t, :]
            d_o = d_h * s.tanh_c * s.o * (1 - s.o)
            # The output gate has seen the new cell, so that its gradient goes there too.
            d_c = d_c + d_h * s.o * (1 - s.tanh_c * s.tanh_c) + d_o * p_o
            d_i = d_c * s.candidate * s.i * (1 - s.i)
            d_f = d_c * s.c_before * s.f * (1 - s.f)
            d_candidate = d_c * s.i * (1 - s.candidate * s.candidate)
            for total, gradient, seen in zip(
                d_peepholes, (d_i, d_f, d_o), (s.c_before, s.c_before, s.c), strict=True
            ):
                total += xp.sum(gradient * seen, axis=0)
            d_a[t] = xp.concat([d_candidate, d_i, d_f, d_o], axis=1)
            d_c = d_c * s.f + d_i * p_i + d_f * p_f
            d_h = d_a[t] @ self.stacks["U"]
        rows = xp.reshape(xp.stack(d_a, axis=1), (-1, 4 * self.state_size))
        h_before = xp.reshape(xp.stack([s.h_before for s in steps], axis=1), (-1, self.state_size))
        self.stack_gradients["W"][...] = rows.T @ xp.reshape(x, (-1, x.shape[-1]))
        self.stack_gradients["U"][...] = rows.T @ h_before
        self.stack_gradients["b"][...] = xp.sum(rows, axis=0)
        self.stack_gradients["p"][...] = xp.concat(d_peepholes)
        state.d_initial = {"h": d_h, "c": d_c}
        return xp.reshape(rows @ self.stacks["W"], x.shape)


def _sigmoid(xp: Any, a: Any) -> Any:
    return 0.5 * xp.tanh(0.5 * a) + 0.5  # cannot overflow


@hookimpl
def tmva_py_layers() -> Sequence[type]:
    """Register the layer."""
    return [TPeepholeLSTMLayer]
