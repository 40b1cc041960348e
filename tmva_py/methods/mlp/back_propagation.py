"""Back-propagation: the weights follow the gradient after each event, or after each batch."""

from __future__ import annotations

import math

import numpy as np

from tmva_py.data.random_numbers import RootRandom
from tmva_py.kernels import perceptron as kernels
from tmva_py.methods.mlp.sample import Sample
from tmva_py.methods.mlp.training import Network
from tmva_py.methods.releases import Release

# From which part of the epochs on the learning rate decays faster.
_LATE = 0.95


class BackPropagation:
    """Back-propagation with a learning rate that decays."""

    def __init__(self, network: Network, release: Release, random: RootRandom, batch: int) -> None:
        options = network.options
        self._network, self._random, self._batch = network, random, batch
        self._learning_rate: float = options["LearningRate"]
        self._decay: float = options["DecayRate"]
        self._late_epoch = int(options["NCycles"] * _LATE) - 1
        self._pending = np.zeros(network.shape.n_weights + 1)
        self._error, self._second_target = network.error, math.nan
        if network.analysis_type == "Multiclass" and not release.trains_raw_outputs:
            self._error = kernels.SOFTMAX
        if network.analysis_type == "Regression" and release.shows_regression_twice:
            self._second_target = 1.0

    def run(self, epoch: int, sample: Sample) -> None:
        """Show all events once, in another order each time."""
        network = self._network
        order = network.shuffled(self._random.uniform(len(sample)))
        network.call(
            kernels.perceptron_epoch,
            sample,
            order=np.where(sample.is_used[order], order, -1),
            error=self._error,
            learning_rate=self._learning_rate,
            batch=self._batch,
            second_target=self._second_target,
            weights=network.weights,
            pending=self._pending,
        )
        is_late = epoch >= self._late_epoch
        self._learning_rate *= 1.0 - (math.sqrt(self._decay) if is_late else self._decay)

    def ends(self, epoch: int) -> bool:
        """Let the learning rate decay faster from the first time on; end at the second."""
        if self._late_epoch > epoch:
            self._late_epoch = epoch
            return False
        return True
