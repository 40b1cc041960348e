"""The learning methods of ROOT's TMultiLayerPerceptron."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from tmva_py.backends import Backend
from tmva_py.data.random_numbers import RootRandom
from tmva_py.kernels import perceptron as kernels
from tmva_py.methods.inputs import Doubles
from tmva_py.methods.tmlpann.network import Layers

LEARNING_RATE = 0.1
# A line is searched with steps that grow or shrink by this factor.
_FACTOR = 3.0
_MOST_STEPS = 100
_SHORTEST, _LONGEST, _FARTHEST = 0.01, 2.0, 10000.0
_AFTER_FAILURE = 0.05
# Conjugate gradients and BFGS begin anew after so many epochs.
_RESET = 50


@dataclass(frozen=True, eq=False)
class Sample:
    """Events: normalised variables, targets 1 and 0, and weights."""

    x: Doubles
    target: Doubles
    weight: Doubles

    def select(self, chosen: np.ndarray) -> Sample:
        """Return some of them."""
        return Sample(np.ascontiguousarray(self.x[chosen]), self.target[chosen], self.weight[chosen])

    def __len__(self) -> int:
        return len(self.weight)


class Trainer:
    """A network that is trained; `weights` change."""

    def __init__(
        self, layers: Layers, weights: Doubles, training: Sample, backend: Backend, random: RootRandom
    ) -> None:
        self._net = layers.net
        self.weights = weights.copy()
        self._training = training
        self._backend = backend
        self._random = random
        self._last_length = 0.0
        # What the last epoch has changed, and the gradient before it.
        self._change = np.zeros_like(weights)
        self._gradient = np.zeros_like(weights)
        self._direction = np.zeros_like(weights)
        self._inverse = np.eye(0)

    def epoch(self, method: str, number: int) -> bool:
        """Train for an epoch, from 0; return whether the training may go on."""
        return LEARNING_METHODS[method](self, number)

    def error(self, sample: Sample) -> float:
        """Return Σ w (output − target)²/2."""
        return float(
            kernels.perceptron_error.on(self._backend)(
                self._backend.xp,
                x=sample.x,
                target=sample.target,
                weight=sample.weight,
                net=self._net,
                weights=self.weights,
                error=kernels.SQUARED,
            )
        )

    # --- learning methods ------------------------------------------------------------------------------

    def stochastic(self, number: int) -> bool:
        """Let each event in turn change the weights, whatever its own weight, in another order each time."""
        del number
        sample, backend = self._training, self._backend
        draws = self._random.uniform(len(sample))
        kernels.perceptron_epoch.on(backend)(
            backend.xp,
            x=sample.x,
            target=sample.target,
            weight=np.ones(len(sample)),
            order=kernels.shuffle_events.on(backend)(backend.xp, draws=draws),
            net=self._net,
            error=kernels.SQUARED,
            learning_rate=LEARNING_RATE,
            batch=0,
            second_target=math.nan,
            weights=self.weights,
            pending=np.zeros(len(self.weights) + 1),
        )
        return True

    def batch(self, number: int) -> bool:
        """Take one step against the gradient."""
        del number
        self._compute_gradient()
        self._step()
        return True

    def steepest_descent(self, number: int) -> bool:
        """Search along the gradient."""
        del number
        self._compute_gradient()
        self._direction = -self._gradient
        self._search_or_step()
        return True

    def ribiere_polak(self, number: int) -> bool:
        """Search along conjugate gradients, with the part of the old direction after Ribière and Polak."""
        self._compute_gradient()
        along = float(-self._direction @ self._gradient)
        self._turn(number, float(self._gradient @ self._gradient) - along)
        return True

    def fletcher_reeves(self, number: int) -> bool:
        """Search along conjugate gradients, with the part of the old direction after Fletcher and Reeves."""
        self._compute_gradient()
        self._turn(number, float(self._gradient @ self._gradient))
        return True

    def bfgs(self, number: int) -> bool:
        """Search along what the matrix of Broyden, Fletcher, Goldfarb and Shanno makes of the gradient."""
        before = self._gradient
        self._compute_gradient()
        change_of_gradient = self._gradient - before
        steepest = number % _RESET == 0 or not self._update_inverse(change_of_gradient)
        self._direction = -self._gradient if steepest else -(self._inverse @ self._gradient)
        if self._gradient @ self._direction > 0:
            steepest, self._direction = True, -self._gradient
        if steepest:
            self._inverse = np.eye(len(self.weights))
        if self._search():
            return True
        self._inverse = np.eye(len(self.weights))
        self._direction = -self._gradient
        return self._search()

    # --- their parts -----------------------------------------------------------------------------------

    def _compute_gradient(self) -> None:
        sample = self._training
        sums = kernels.perceptron_gradient.on(self._backend)(
            self._backend.xp,
            x=sample.x,
            target=sample.target,
            weight=sample.weight,
            net=self._net,
            weights=self.weights,
            error=kernels.SQUARED,
        )
        self._gradient = sums / float(len(sample))

    def _turn(self, number: int, numerator: float) -> None:
        if number % _RESET == 0:
            self._direction = -self._gradient
        else:
            beta = numerator / float(self._direction @ self._direction)
            self._direction = -self._gradient + beta * self._direction
        self._search_or_step()

    def _search_or_step(self) -> None:
        if not self._search():
            self._step()

    def _step(self) -> None:
        self._change = -LEARNING_RATE * self._gradient
        self.weights += self._change

    def _update_inverse(self, change_of_gradient: Doubles) -> bool:
        """Return whether the matrix could be brought up to date."""
        product = float(change_of_gradient @ self._change)
        if product == 0:
            return False
        turned = self._inverse @ change_of_gradient
        factor = 1.0 + float(change_of_gradient @ turned) / product
        mixed = np.outer(self._change, change_of_gradient @ self._inverse) + np.outer(turned, self._change)
        self._inverse = self._inverse + (factor * np.outer(self._change, self._change) - mixed) * (
            1.0 / product
        )
        return True

    def _search(self) -> bool:
        """Go to the minimum along the direction; return whether one was found."""
        origin = self.weights
        lengths = [0.0, min(max(self._last_length, _SHORTEST), _LONGEST), 0.0]

        def error_at(length: float) -> float:
            self.weights = origin + self._direction * length
            return self.error(self._training)

        errors = [self.error(self._training), error_at(lengths[1]), 0.0]
        lengths[2], errors[2] = lengths[1], errors[1]
        outwards = errors[0] > errors[1]
        for _ in range(_MOST_STEPS):
            if outwards:
                lengths[2] *= _FACTOR
                errors[2] = error_at(lengths[2])
                if errors[2] > errors[1]:
                    break
                lengths[:2], errors[:2] = lengths[1:], errors[1:]
            else:
                lengths[1] /= _FACTOR
                errors[1] = error_at(lengths[1])
                if errors[0] > errors[1]:
                    break
                lengths[2], errors[2] = lengths[1], errors[1]
        else:
            self.weights = origin
            if not outwards:
                self._last_length = _AFTER_FAILURE
            return False
        self._last_length = min(_bottom(lengths, errors), _FARTHEST)
        self.weights = origin + self._direction * self._last_length
        self._change = self.weights - origin
        return True


def _bottom(lengths: list[float], errors: list[float]) -> float:
    """Return where the parabola through three points has its minimum, as ROOT computes it."""
    first, middle, last = lengths
    rise = np.float64(errors[2] - errors[1]) / (last - middle)
    fall = np.float64(errors[1] - errors[0]) / (middle - first)
    with np.errstate(all="ignore"):
        return float(0.5 * (first + last - (errors[2] - errors[0]) / (rise - fall)))


LEARNING_METHODS: Mapping[str, Callable[[Trainer, int], bool]] = MappingProxyType(
    {
        "Stochastic": Trainer.stochastic,
        "Batch": Trainer.batch,
        "SteepestDescent": Trainer.steepest_descent,
        "RibierePolak": Trainer.ribiere_polak,
        "FletcherReeves": Trainer.fletcher_reeves,
        "BFGS": Trainer.bfgs,
    }
)
"""By the value of ``LearningMethod``."""
