"""The optimiser SGD."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.backends import Array
from tmva_py.functions.optimizers.base import Optimizer
from tmva_py.kernels.optimizer import sgd_step
from tmva_py.plugins import hookimpl


class SGD(Optimizer):
    """Gradient descent with momentum: V ← μV + g, θ ← θ − ηV."""

    names = ("SGD",)
    uses_momentum = True
    states = ("V",)

    def update(self, parameters: Array, gradients: Array) -> None:
        """Do the step."""
        sgd_step.on(self.backend)(
            self.backend.xp,
            parameters=parameters,
            gradients=gradients,
            V=self.state["V"],
            spare=self.state["spare"],
            learning_rate=self.learning_rate,
            momentum=self.momentum,
        )


@hookimpl
def tmva_py_optimizers() -> Sequence[type]:
    """Register the optimiser."""
    return [SGD]
