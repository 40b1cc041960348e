"""The simple recurrent layer."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.kernels.rnn import GATES, rnn_backward, rnn_forward
from tmva_py.layers.recurrent import RecurrentLayer
from tmva_py.layers.xml import LayerXML
from tmva_py.plugins import hookimpl


class TBasicRNNLayer(RecurrentLayer):
    r"""Simple recurrent layer, :math:`h_t = \tanh(W x_t + U h_{t-1} + b)`.

    Parameters
    ----------
    state_size, input_size, time_steps, remember_state, return_sequence
        See `tmva_py.layers.recurrent.RecurrentLayer`.

    Notes
    -----
    Parameters ``W`` (S, I), ``U`` (S, S), ``b`` (S,); one state, ``h``.
    """

    names = ("RNN",)
    xml = LayerXML("RNNLayer", matrices=(("InputWeights", "W"), ("StateWeights", "U"), ("Biases", "b")))
    gates = GATES
    forward_kernel = rnn_forward
    backward_kernel = rnn_backward


@hookimpl
def tmva_py_layers() -> Sequence[type]:
    """Register the layer."""
    return [TBasicRNNLayer]
