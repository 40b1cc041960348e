"""The long short-term memory."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.kernels.lstm import GATES, lstm_backward, lstm_forward
from tmva_py.layers.recurrent import RecurrentLayer
from tmva_py.layers.xml import LayerXML
from tmva_py.plugins import hookimpl

# TMVA writes its list of matrices (W of i, f, c, o, then U of i, f, c, o) under names meant for another
# order: the tags name places, not contents. "OuputWeights" is TMVA's spelling.
XML_MATRICES = (
    ("InputWeights", "W_i"),
    ("InputStateWeights", "W_f"),
    ("InputBiases", "b_i"),
    ("ForgetWeights", "W_c"),
    ("ForgetStateWeights", "W_o"),
    ("ForgetBiases", "b_f"),
    ("CandidateWeights", "U_i"),
    ("CandidateStateWeights", "U_f"),
    ("CandidateBiases", "b_c"),
    ("OuputWeights", "U_c"),
    ("OutputStateWeights", "U_o"),
    ("OutputBiases", "b_o"),
)
# A development version of 2019 wrote what the names say.
XML_MATRICES_2019 = tuple(
    (tag, f"{kind}_{gate}")
    for gate, tags in zip("ifco", zip(*[iter(tag for tag, _ in XML_MATRICES)] * 3, strict=True), strict=True)
    for tag, kind in zip(tags, "WUb", strict=True)
)


class TBasicLSTMLayer(RecurrentLayer):
    r"""Long short-term memory without peepholes; all biases start at zero.

    .. math::
        i, f, o = \sigma(W x_t + U h_{t-1} + b),\; \tilde c = \tanh(W_c x_t + U_c h_{t-1} + b_c),\quad
        c_t = f c_{t-1} + i \tilde c,\; h_t = o \tanh c_t.

    Parameters
    ----------
    state_size, input_size, time_steps, remember_state, return_sequence
        See `tmva_py.layers.recurrent.RecurrentLayer`.

    Notes
    -----
    Parameters ``W_i W_f W_c W_o`` (S, I), ``U_i U_f U_c U_o`` (S, S), ``b_i b_f b_c b_o`` (S,); states ``h``
    and ``c``. Formulas and gradients follow S. Hochreiter and J. Schmidhuber, Neural Computation 9 (1997),
    with the forget gate of F. Gers et al., Neural Computation 12 (2000).
    """

    names = ("LSTM",)
    # TMVA also writes the size of the cell, which is that of the state.
    xml = LayerXML(
        "LSTMLayer",
        matrices=XML_MATRICES,
        old_matrices=(XML_MATRICES_2019,),
        copies=(("CellSize", "state_size"),),
    )
    gates = GATES
    forward_kernel = lstm_forward
    backward_kernel = lstm_backward
    state_names = ("h", "c")


@hookimpl
def tmva_py_layers() -> Sequence[type]:
    """Register the layer."""
    return [TBasicLSTMLayer]
