"""The optimiser RMSPROP."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.backends import Array
from tmva_py.functions.optimizers.base import Optimizer
from tmva_py.kernels.optimizer import rmsprop_step
from tmva_py.options import Option
from tmva_py.plugins import hookimpl


class RMSProp(Optimizer):
    """RMSProp: V ← ρV + (1−ρ)g², A ← μA + η g/√(V + ε), θ ← θ − A."""

    names = ("RMSPROP",)
    options = (
        Option("rho", float, 0.9, doc="ρ, how much of the mean square is kept"),
        Option("eps", float, 1e-07, doc="ε, keeps the denominator from zero"),
    )
    uses_momentum = True
    states = ("V", "A")

    def update(self, parameters: Array, gradients: Array) -> None:
        """Do the step."""
        rmsprop_step.on(self.backend)(
            self.backend.xp,
            parameters=parameters,
            gradients=gradients,
            V=self.state["V"],
            A=self.state["A"],
            spare=self.state["spare"],
            learning_rate=self.learning_rate,
            momentum=self.momentum,
            **self.settings,
        )


@hookimpl
def tmva_py_optimizers() -> Sequence[type]:
    """Register the optimiser."""
    return [RMSProp]
