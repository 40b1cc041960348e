"""The shape of a network: from options and files to what kernels take, and first weights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tmva_py.data.random_numbers import RootRandom
from tmva_py.errors import OptionError, warn
from tmva_py.kernels import perceptron as kernels
from tmva_py.kernels.perceptron import Perceptron
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Doubles
from tmva_py.methods.mlp.tanh import EXACT, FAST, UNBOUNDED

_FUNCTIONS = {
    "linear": kernels.LINEAR,
    "sigmoid": kernels.SIGMOID,
    "radial": kernels.RADIAL,
    "ReLU": kernels.RELU,
}
_TANH = {EXACT: kernels.TANH, FAST: kernels.FAST_TANH, UNBOUNDED: kernels.UNBOUNDED_TANH}
_INPUTS = {"sum": kernels.SUM, "sqsum": kernels.SQUARES, "abssum": kernels.ABSOLUTES}

MOST_NEURONS = 100_000
"""Of a hidden layer."""


@dataclass(frozen=True)
class NetworkShape:
    """What a network is beside its weights.

    Attributes
    ----------
    sizes : tuple of int
        Neurons of each layer, inputs and outputs included, biases not.
    neuron_type, input_type : str
        Options ``NeuronType`` and ``NeuronInputType``.
    estimator : str
        ``CE``: the output is a sigmoid; ``MSE``: outputs are linear.
    tanh : str
        Which form of tanh, where it is the neuron type.
    """

    sizes: tuple[int, ...]
    neuron_type: str
    input_type: str
    estimator: str
    tanh: str = EXACT

    @property
    def n_weights(self) -> int:
        """The number of synapses."""
        return sum((n + 1) * m for n, m in zip(self.sizes[:-1], self.sizes[1:], strict=True))

    @lazy
    def net(self) -> Perceptron:
        """What kernels take."""
        sizes = np.array(self.sizes, np.int64)
        sizes.flags.writeable = False
        is_tanh = self.neuron_type == "tanh"
        return Perceptron(
            sizes,
            _TANH[self.tanh] if is_tanh else _FUNCTIONS[self.neuron_type],
            _INPUTS[self.input_type],
            kernels.SIGMOID if self.estimator == "CE" else kernels.LINEAR,
        )

    def matrices(self, weights: Doubles) -> list[Doubles]:
        """Return the weights between each layer and the next, (n + 1, n_next), the bias last."""
        return list(kernels.layer_weights(self.net, weights))

    def first_weights(self, random: RootRandom) -> Doubles:
        """Return weights between −2 and 2."""
        return 4.0 * random.uniform(self.n_weights) - 2.0


def hidden_layers(text: str, n_variables: int, owner: str) -> tuple[int, ...]:
    """Return the hidden layers' neurons; a layer is a number, or ``N`` and a number that is added.

    Raises
    ------
    OptionError
        A layer would have no neuron, or too many.

    Warns
    -----
    TMVAWarning
        A part of the text has no effect, as in TMVA.
    """
    sizes = []
    for entry in text.split(","):
        rest, size = entry, 0
        if entry[:1] in ("n", "N"):
            rest, size = entry[1:], n_variables
        number = re.match(r"\s*[+-]?\d{1,9}", rest)
        size += int(number.group()) if number else 0
        unread = rest[number.end() :] if number else rest
        if unread:
            warn(
                f"{owner}: HiddenLayers={text}: {unread!r} in {entry!r} has no effect, as in TMVA; a layer "
                f"is a number, or N and a number: 20, N, N+5. It has {size} neurons"
            )
        if not 1 <= size <= MOST_NEURONS:
            message = (
                f"{owner}: HiddenLayers={text}: layer {entry!r} would have {size} neurons (N is "
                f"{n_variables}), expected 1 to {MOST_NEURONS}; write for example HiddenLayers=N+5,N"
            )
            raise OptionError(message)
        sizes.append(size)
    return tuple(sizes)


def sizes_of(hidden: Sequence[int], n_variables: int, n_outputs: int) -> tuple[int, ...]:
    """Return the neurons of all layers."""
    return (n_variables, *hidden, n_outputs)
