"""The gated recurrent unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from tmva_py.kernels.gru import GATES, gru_backward, gru_forward
from tmva_py.layers.recurrent import RECURRENT_OPTIONS, RecurrentLayer
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
    forward_kernel = gru_forward
    backward_kernel = gru_backward

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

    @property
    def kernel_options(self) -> dict[str, Any]:
        """Where the reset gate acts."""
        return {"reset_after": self.reset_gate_after}


@hookimpl
def tmva_py_layers() -> Sequence[type]:
    """Register the layer."""
    return [TBasicGRULayer]
