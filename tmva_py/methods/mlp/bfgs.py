"""BFGS: steps along a direction that an approximation of the inverse second derivatives gives."""

from __future__ import annotations

import math

import numpy as np

from tmva_py.errors import TrainingError
from tmva_py.kernels import perceptron as kernels
from tmva_py.message_log import MessageLog
from tmva_py.methods.inputs import Doubles
from tmva_py.methods.mlp.regulators import Regulators
from tmva_py.methods.mlp.sample import Sample
from tmva_py.methods.mlp.training import Network

# Limits of the first step of a line search, and of any step.
_SHORTEST, _LONGEST, _LIMIT = 0.01, 2.0, 10000.0
# How often a line search lengthens or shortens its step; half-way through shortening it turns round.
_TRIES = 100
# The step after a line search that failed.
_AFTER_FAILURE = 0.05
# Regulators wait for so many epochs, and for an error that changes less than this part of what it did.
_WAIT, _QUIET = 5, 0.1


class BFGS:
    """The method of Broyden, Fletcher, Goldfarb and Shanno, with TMVA's line search."""

    def __init__(self, network: Network, regulators: Regulators | None, log: MessageLog) -> None:
        options, n = network.options, network.shape.n_weights
        self._network, self._regulators, self._log = network, regulators, log
        self._tau: float = options["Tau"]
        self._n_epochs, self._reset_step = options["NCycles"], options["ResetStep"]
        self._inverse = np.zeros((n, n))
        self._gradient, self._change = np.zeros(n), np.zeros(n)
        self._last_alpha = 0.0
        self._epochs_in_row = self._updates = 0
        self._gained = 0.0

    def run(self, epoch: int, sample: Sample) -> None:
        """Make one step.

        Raises
        ------
        TrainingError
            No step along the gradient makes the error smaller.
        """
        self._epochs_in_row += 1
        before = self._gradient
        used = sample.used
        self._gradient = self._mean_gradient(used)
        is_reset = epoch % self._reset_step == 0 and epoch < 0.5 * self._n_epochs
        if is_reset or not self._update_inverse(self._gradient - before, self._change):
            direction = self._steepest()
        else:
            direction = -_product(self._inverse, self._gradient)
        if _dot(direction, self._gradient) > 0:
            direction = self._steepest()
        gain = self._search(direction, used)
        if gain is None:
            gain = self._search(self._steepest(), used)
            if gain is None:
                message = (
                    f"the line search of epoch {epoch + 1} finds no step that makes the error smaller; try "
                    "another RandomSeed, a shorter training (NCycles), or TrainingMethod=BP"
                )
                raise TrainingError(message)
        if gain < 0:
            self._log.warning(f"\nnegative dError={gain:g}")
        self._gained += gain
        self._adapt(gain, sample)

    def ends(self, epoch: int) -> bool:
        """End at once."""
        del epoch
        return True

    def _adapt(self, gain: float, sample: Sample) -> None:
        """Set the regulators anew when the error hardly changes any more."""
        if (
            self._regulators is None
            or self._updates >= self._network.options["UpdateLimit"]
            or self._epochs_in_row < _WAIT
            or not abs(gain) < _QUIET * self._gained
        ):
            return
        self._regulators.update(sample)
        self._inverse = np.eye(len(self._gradient))
        self._epochs_in_row = 0
        self._updates += 1
        self._gained = 0.0

    def _mean_gradient(self, sample: Sample) -> Doubles:
        network = self._network
        total: Doubles = network.call(
            kernels.perceptron_gradient, sample, weights=network.weights, error=network.error
        )
        if self._regulators is not None:
            total = total + self._regulators.gradient(network.weights)
        return total / len(sample)

    def _steepest(self) -> Doubles:
        """Return the direction of the gradient, and forget the second derivatives."""
        self._inverse = np.eye(len(self._gradient))
        self._epochs_in_row = 0
        return -self._gradient

    def _update_inverse(self, gamma: Doubles, delta: Doubles) -> bool:
        """Take in how the gradient has changed (`gamma`) with the weights (`delta`), if it has."""
        gamma_delta = _dot(gamma, delta)
        if gamma_delta == 0.0:
            return False
        with np.errstate(all="ignore"):
            right, left = _product(self._inverse, gamma), _product(self._inverse.T, gamma)
            scale = 1.0 / gamma_delta
            change = np.outer(delta, delta) * (1.0 + _dot(gamma, right) * scale)
            change -= np.outer(delta, left) + np.outer(right, delta)
            self._inverse = self._inverse + change * scale
        return True

    def _error_at(self, weights: Doubles, sample: Sample) -> float:
        network = self._network
        total: float = network.call(kernels.perceptron_error, sample, weights=weights, error=network.error)
        return total if self._regulators is None else total + self._regulators.penalty(weights)

    def _search(self, direction: Doubles, sample: Sample) -> float | None:
        """Move the weights along a direction; return the error's relative gain, or None for no step."""
        origin = self._network.weights

        def error_at(alpha: float) -> float:
            return self._error_at(origin + direction * alpha, sample)

        first = start = self._error_at(origin, sample)
        alpha1, alpha2 = 0.0, min(max(self._last_alpha, _SHORTEST), _LONGEST)
        original = alpha3 = alpha2
        second = third = error_at(alpha2)
        if first > second:
            for _ in range(_TRIES):
                alpha3 *= self._tau
                third = error_at(alpha3)
                if third > second:
                    break
                alpha1, first, alpha2, second = alpha2, second, alpha3, third
            else:
                return None
        else:
            for tried in range(_TRIES):
                alpha2 /= self._tau
                if tried == _TRIES // 2:
                    self._log.warning("linesearch, starting to investigate direction opposite of steepestDIR")
                    alpha2 = -original
                second = error_at(alpha2)
                if first > second:
                    break
                alpha3, third = alpha2, second
            else:
                self._log.warning("linesearch, failed even in opposite direction of steepestDIR")
                self._last_alpha = _AFTER_FAILURE
                return None
        alpha = alpha2
        if alpha1 > 0 and alpha2 > 0 and alpha3 > 0:
            with np.errstate(all="ignore"):
                alpha = _lowest((alpha1, alpha2, alpha3), (first, second, third))
        self._last_alpha = alpha if alpha < _LIMIT else _LIMIT
        weights = origin + direction * self._last_alpha
        final = self._error_at(weights, sample)
        if final > first:
            self._log.warning(
                f"Line search increased error! Something is wrong.fLastAlpha={self._last_alpha:g}"
                f"al123={alpha1:g} {alpha2:g} {alpha3:g} err1={first:g} errfinal={final:g}"
            )
        self._change = weights - origin
        self._network.weights = weights
        return (start - final) / final if final else math.nan


def _lowest(alphas: tuple[float, float, float], errors: tuple[float, float, float]) -> float:
    """Return where the parabola through three points has its minimum, as TMVA computes it."""
    (a1, a2, a3), (e1, e2, e3) = (np.array(one) for one in (alphas, errors))
    return float(0.5 * (a1 + a3 - (e3 - e1) / ((e3 - e2) / (a3 - a2) - (e2 - e1) / (a2 - a1))))


def _dot(a: Doubles, b: Doubles) -> float:
    """Return Σ ab, one term after the other."""
    return float(np.cumsum(a * b)[-1])


def _product(matrix: Doubles, vector: Doubles) -> Doubles:
    """Return a matrix's product with a vector, each sum one term after the other."""
    product: Doubles = np.cumsum(matrix * vector, axis=1)[:, -1]
    return product
