"""The simple recurrent layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tmva_py.backends import Array
from tmva_py.kernels import Memory
from tmva_py.kernels.rnn import rnn_backward, rnn_forward
from tmva_py.layers.parameters import ParameterStore
from tmva_py.layers.recurrent import RecurrentLayer, Saved
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

    def declare(self, store: ParameterStore) -> None:
        """Declare ``W``, ``U`` and ``b``: there are no gates to stack."""
        store.add("W", (self.state_size, self.input_size))
        store.add("U", (self.state_size, self.state_size))
        store.add("b", (self.state_size,), kind="bias")

    def run_sequence(
        self, x: Array, initial: Mapping[str, Array], memory: Memory
    ) -> tuple[Array, Array, dict[str, Array]]:
        """Run all steps."""
        h = rnn_forward.on(self.backend)(
            self.backend.xp, x=x, h_0=initial["h"], memory=memory, **self.parameters
        )
        return h, h, {"h": h[-1]}

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
        d_x, d_initial = rnn_backward.on(self.backend)(
            self.backend.xp,
            d_h=d_h,
            d_h_last=d_last.get("h"),
            x=saved.x,
            W=self.parameters["W"],
            U=self.parameters["U"],
            h=saved.trace,
            d_W=self.gradients["W"],
            d_U=self.gradients["U"],
            d_b=self.gradients["b"],
            memory=memory,
            input_gradient=input_gradient,
        )
        return d_x, {"h": d_initial}


@hookimpl
def tmva_py_layers() -> Sequence[type]:
    """Register the layer."""
    return [TBasicRNNLayer]
