"""Bayesian regulators: penalties of the weights that the events themselves set."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tmva_py.kernels import perceptron as kernels
from tmva_py.methods.inputs import Doubles
from tmva_py.methods.mlp.sample import Sample
from tmva_py.methods.mlp.training import Network

# What is added to the diagonal before a matrix is inverted, where there are no regulators.
_SMALL = 1e-6


class Regulators:
    """Penalties r: Σ r w²/2 is added to the error.

    The weights of each input neuron have one of their own, those of each hidden layer one together.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        sizes = network.shape.sizes
        groups = [np.repeat(np.arange(sizes[0] + 1), sizes[1])]
        for number, (before, after) in enumerate(pairwise(sizes[1:])):
            groups.append(np.full((before + 1) * after, sizes[0] + 1 + number))
        self._group: npt.NDArray[np.intp] = np.concatenate(groups).astype(np.intp)
        self._values = np.zeros(sizes[0] + 1 + len(sizes) - 2)

    def penalty(self, weights: Doubles) -> float:
        """Return Σ r w²/2."""
        return float(np.cumsum(0.5 * self._values[self._group] * weights * weights)[-1])

    def gradient(self, weights: Doubles) -> Doubles:
        """Return r w for each weight."""
        gradient: Doubles = self._values[self._group] * weights
        return gradient

    def update(self, sample: Sample) -> None:
        """Set the penalties by how well the events determine the weights."""
        network, group = self._network, self._group
        diagonal = np.diagonal(inverse_hessian(network, sample, self._values[group]))
        weights, count = network.weights, len(self._values)
        n_weights = np.bincount(group, minlength=count)
        traces = np.bincount(group, diagonal, count)
        squares = np.bincount(group, weights * weights, count)
        variance = 1.0
        if not network.is_cross_entropy:
            determined = np.float32(0.0)
            for term in (1.0 - self._values[group] * diagonal).tolist():
                determined = np.float32(float(determined) + term)
            variance = network.estimator(sample.used)
            if len(sample) > determined:
                variance /= float(np.float32(1.0) - determined / np.float32(len(sample)))
            variance = float(np.float32(variance))
        with np.errstate(all="ignore"):
            # TMVA has this product in single precision.
            above = np.float32(variance) * n_weights.astype(np.float32)
            values = above.astype(np.float64) / (squares + variance * traces)
        self._values = np.where(values < 0, 0.0, values)


def inverse_hessian(network: Network, sample: Sample, regulators: Doubles | None = None) -> Doubles:
    """Return the inverse of the error's second derivatives, as the squared first ones give them.

    Parameters
    ----------
    network : Network
        After an epoch.
    sample : Sample
        The events.
    regulators : ndarray, shape (n_weights,), optional
        What is added to the diagonal.
    """
    curvature = network.call(
        kernels.perceptron_curvature,
        x=sample.x,
        weights=network.weights,
        further_errors=_errors_of_last_event(network, sample),
        error=network.error,
    )
    diagonal = np.arange(len(curvature))
    curvature[diagonal, diagonal] += _SMALL if regulators is None else regulators
    inverse: Doubles = network.inverse(curvature)
    if not len(inverse):  # neurons that never answer
        curvature[diagonal, diagonal] += _SMALL
        inverse = network.inverse(curvature)
    return inverse


def _errors_of_last_event(network: Network, sample: Sample) -> Doubles:
    """Return those of the outputs after the first, which TMVA leaves as the last event's were."""
    last = sample.used.part(np.array([len(sample.used) - 1]))
    errors: Doubles = (network.outputs(last)[0, 1:] - last.target[0, 1:]) * last.weight[0]
    return np.ascontiguousarray(errors)
