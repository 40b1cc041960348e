"""The network of ROOT's TMultiLayerPerceptron: neurons with a bias each, and synapses between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tmva_py.data.random_numbers import RootRandom
from tmva_py.kernels import perceptron as kernels
from tmva_py.kernels.perceptron import Perceptron
from tmva_py.methods.inputs import Doubles


@dataclass(frozen=True)
class Layers:
    """The neurons of each layer, the inputs first and one output last."""

    sizes: tuple[int, ...]

    @property
    def net(self) -> Perceptron:
        """What kernels take."""
        return Perceptron(np.array(self.sizes, np.int64), kernels.STEEP_SIGMOID, kernels.SUM, kernels.LINEAR)

    @property
    def n_neurons(self) -> int:
        """How many neurons there are, inputs included; each has a bias, which inputs do not use."""
        return sum(self.sizes)

    @property
    def n_synapses(self) -> int:
        """How many synapses there are."""
        return sum(n * m for n, m in zip(self.sizes[:-1], self.sizes[1:], strict=True))

    def weights(self, biases: Doubles, synapses: Doubles) -> Doubles:
        """Return weights as kernels have them from those of ROOT, neuron by neuron."""
        parts, bias, synapse = [], self.sizes[0], 0
        for n, m in zip(self.sizes[:-1], self.sizes[1:], strict=True):
            parts.append(synapses[synapse : synapse + n * m].reshape(m, n).T.ravel())
            parts.append(biases[bias : bias + m])
            bias, synapse = bias + m, synapse + n * m
        return np.concatenate(parts)

    def parts(self, weights: Doubles) -> tuple[Doubles, Doubles]:
        """Return the biases of all neurons but the inputs, and the synapses, as ROOT has them."""
        matrices = list(kernels.layer_weights(self.net, weights))
        biases = np.concatenate([matrix[-1] for matrix in matrices])
        return biases, np.concatenate([matrix[:-1].T.ravel() for matrix in matrices])

    def first_weights(self, random: RootRandom) -> tuple[Doubles, Doubles]:
        """Return the inputs' biases, which change nothing, and all other weights, between −0.5 and 0.5."""
        synapses = random.uniform(self.n_synapses) - 0.5
        biases = random.uniform(self.n_neurons) - 0.5
        return biases[: self.sizes[0]], self.weights(biases, synapses)
