"""The optimiser ADADELTA."""

from __future__ import annotations

from collections.abc import Sequence

from tmva_py.backends import Array
from tmva_py.functions.optimizers.base import Optimizer
from tmva_py.kernels.optimizer import adadelta_step
from tmva_py.options import Option
from tmva_py.plugins import hookimpl


class Adadelta(Optimizer):
    """Adadelta: V ← ρV + (1−ρ)g², Δ = √(A + ε)/√(V + ε)·g, θ ← θ − ηΔ, A ← ρA + (1−ρ)Δ².

    The learning rate multiplies, as in TMVA: 1 gives the textbook's rule.
    """

    names = ("ADADELTA",)
    options = (
        Option("rho", float, 0.95, doc="ρ, how much of the mean square is kept"),
        Option("eps", float, 1e-08, doc="ε, keeps the denominator from zero"),
    )
    states = ("V", "A")

    def update(self, parameters: Array, gradients: Array) -> None:
        """Do the step."""
        adadelta_step.on(self.backend)(
            self.backend.xp,
            parameters=parameters,
            gradients=gradients,
            V=self.state["V"],
            A=self.state["A"],
            spare=self.state["spare"],
            learning_rate=self.learning_rate,
            **self.settings,
        )


@hookimpl
def tmva_py_optimizers() -> Sequence[type]:
    """Register the optimiser."""
    return [Adadelta]
