"""The gated recurrent unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from tmva_py.backends import Array
from tmva_py.kernels import Memory
from tmva_py.kernels.gru import GATES, GRUTrace, gru_backward, gru_forward
from tmva_py.layers.recurrent import RECURRENT_OPTIONS, RecurrentLayer, Saved
from tmva_py.layers.xml import LayerXML
from tmva_py.options import Option
from tmva_py.plugins import hookimpl


class TBasicGRULayer(RecurrentLayer):
    r"""Gated recurrent unit.

    .. math::
        r, u = \sigma(W x_t + U h_{t-1} + b),\quad h_t = u h_{t-1} + (1 - u) c

    with the candidate :math:`c = \tanh(W_c x_t + U_c (r h_{t-1}) + b_c)`, or, with the reset gate after the
    product, :math:`c = \tanh(W_c x_t + r (U_c h_{t-1}) + b_c)`.

    Parameters
    ----------
    state_size, input_size, time_steps, remember_state, return_sequence
        See `tmva_py.layers.recurrent.RecurrentLayer`.
    reset_gate_after : bool, default False
        Where the reset gate acts. PyTorch's GRU is the True form with its recurrent bias of the candidate
        zero.

    Notes
    -----
    Parameters ``W_r W_u W_c`` (S, I), ``U_r U_u U_c`` (S, S), ``b_r b_u b_c`` (S,); one state, ``h``.
    Formulas of K. Cho et al., EMNLP 2014.
    """

    names = ("GRU",)
    options: ClassVar[tuple[Option, ...]] = (
        *RECURRENT_OPTIONS,
        Option("reset_gate_after", bool, False, xml="ResetGateAfter", doc="reset after the product with U"),
    )
    # TMVA's list of matrices (W of r, u, c, then U of r, u, c) under names meant for another order.
    xml = LayerXML(
        "GRULayer",
        matrices=(
            ("ResetWeights", "W_r"),
            ("ResetStateWeights", "W_u"),
            ("ResetBiases", "b_r"),
            ("UpdateWeights", "W_c"),
            ("UpdateStateWeights", "U_r"),
            ("UpdateBiases", "b_u"),
            ("CandidateWeights", "U_u"),
            ("CandidateStateWeights", "U_c"),
            ("CandidateBiases", "b_c"),
        ),
    )
    gates = GATES

    def __init__(
        self,
        state_size: int,
        input_size: int = 0,
        time_steps: int = 0,
        remember_state: bool = False,
        return_sequence: bool = False,
        reset_gate_after: bool = False,
    ) -> None:
        super().__init__(state_size, input_size, time_steps, remember_state, return_sequence)
        self.reset_gate_after = bool(reset_gate_after)

    def run_sequence(
        self, x: Array, initial: Mapping[str, Array], memory: Memory
    ) -> tuple[GRUTrace, Array, dict[str, Array]]:
        """Run all steps."""
        trace = gru_forward.on(self.backend)(
            self.backend.xp,
            x=x,
            h_0=initial["h"],
            memory=memory,
            reset_after=self.reset_gate_after,
            **self.stacks,
        )
        return trace, trace.h, {"h": trace.h[-1]}

    def run_sequence_back(
        self,
        d_h: Array | None,
        d_last: Mapping[str, Array],
        saved: Saved,
        memory: Memory,
        *,
        input_gradient: bool,
    ) -> tuple[Array | None, dict[str, Array]]:
        """Run all steps back."""
        d_x, d_initial = gru_backward.on(self.backend)(
            self.backend.xp,
            d_h=d_h,
            d_h_last=d_last.get("h"),
            x=saved.x,
            W=self.stacks["W"],
            U=self.stacks["U"],
            trace=saved.trace,
            d_W=self.stack_gradients["W"],
            d_U=self.stack_gradients["U"],
            d_b=self.stack_gradients["b"],
            memory=memory,
            input_gradient=input_gradient,
            reset_after=self.reset_gate_after,
        )
        return d_x, {"h": d_initial}


@hookimpl
def tmva_py_layers() -> Sequence[type]:
    """Register the layer."""
    return [TBasicGRULayer]
