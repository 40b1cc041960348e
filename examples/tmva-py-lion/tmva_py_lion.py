"""The optimiser Lion and the focal loss for tmva_py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tmva_py.functions.losses import Loss
from tmva_py.functions.optimizers import Optimizer
from tmva_py.options import Option
from tmva_py.plugins import hookimpl

# The focal loss's exponent: how much less an event counts that is classified well already.
GAMMA = 2.0


class Lion(Optimizer):
    r"""Lion: the sign of a mean gradient.

    θ ← θ − η (sign(β₁M + (1−β₁)g) + λθ); M ← β₂M + (1−β₂)g. X. Chen et al., "Symbolic discovery of
    optimization algorithms", arXiv:2302.06675. Learning rates are 3 to 10 times smaller than Adam's.
    """

    names = ("LION",)
    options = (
        Option("beta1", float, 0.9, doc="β₁, how much of the mean the step takes"),
        Option("beta2", float, 0.99, doc="β₂, how much of the mean is kept"),
        Option("decay", float, 0.0, doc="λ, decay of all parameters"),
    )
    states = ("M",)

    def update(self, parameters: Any, gradients: Any) -> None:
        """Do the step, in place."""
        mean = self.state["M"]
        beta1, beta2, decay = (self.settings[name] for name in ("beta1", "beta2", "decay"))
        direction = self.backend.xp.sign(beta1 * mean + (1 - beta1) * gradients)
        parameters -= self.learning_rate * (direction + decay * parameters)
        mean *= beta2
        mean += (1 - beta2) * gradients


class FocalLoss(Loss):
    r"""Focal loss of independent sigmoids, −(1−p_t)² ln p_t, where p_t is the probability of the target.

    Events that are classified well already count little. T.-Y. Lin et al., "Focal loss for dense object
    detection", arXiv:1708.02002, with γ = 2 and no α: tmva_py's event weights take its place.
    """

    names, code, default_output = ("FOCAL",), "F", "SIGMOID"

    def total(
        self, backend: Any, *, output: Any, target: Any, weight: Any = None, gradient: Any = None
    ) -> Any:
        """Return the sum over the events; write the gradient of the mean."""
        xp, (events, columns) = backend.xp, output.shape
        # With s = ±1 for targets 1 and 0, z = s·o: p_t = σ(z) and −ln p_t = ln(1 + exp(−z)).
        side = 2 * target - 1
        z = side * output
        small = xp.exp(-xp.abs(z))  # at most 1: nothing overflows
        surprise = xp.log1p(small) + xp.maximum(-z, 0.0)
        miss = xp.where(z >= 0, small, 1.0) / (1 + small)  # 1 − p_t
        weight = 1 if weight is None else weight
        if gradient is not None:
            # d/dz of miss^γ · surprise, with miss' = −miss (1 − miss) and surprise' = −miss
            slope = -(miss**GAMMA) * (GAMMA * (1 - miss) * surprise + miss)
            gradient[...] = weight * side * slope / (events * columns)
        return xp.sum(weight * miss**GAMMA * surprise, dtype=xp.float64) / columns


@hookimpl
def tmva_py_optimizers() -> Sequence[type]:
    """Register the optimiser."""
    return [Lion]


@hookimpl
def tmva_py_losses() -> Sequence[type]:
    """Register the loss."""
    return [FocalLoss]
