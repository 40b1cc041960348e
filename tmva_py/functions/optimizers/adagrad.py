"""The optimiser ADAGRAD."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.backends import Array
from tmva_py.functions.optimizers.base import Optimizer
from tmva_py.kernels.optimizer import adagrad_step
from tmva_py.options import Option
from tmva_py.plugins import hookimpl


class Adagrad(Optimizer):
    """Adagrad: V ← V + g², θ ← θ − η g/√(V + ε)."""

    names = ("ADAGRAD",)
    options = (Option("eps", float, 1e-08, doc="ε, keeps the denominator from zero"),)
    states = ("V",)

    def update(self, parameters: Array, gradients: Array) -> None:
        """Do the step."""
        adagrad_step.on(self.backend)(
            self.backend.xp,
            parameters=parameters,
            gradients=gradients,
            V=self.state["V"],
            spare=self.state["spare"],
            learning_rate=self.learning_rate,
            **self.settings,
        )


@hookimpl
def tmva_py_optimizers() -> Sequence[type]:
    """Register the optimiser."""
    return [Adagrad]
