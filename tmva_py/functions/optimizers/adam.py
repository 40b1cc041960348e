"""The optimiser ADAM."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tmva_py.backends import Array
from tmva_py.functions.optimizers.base import Optimizer
from tmva_py.kernels.optimizer import adam_step
from tmva_py.options import Option
from tmva_py.plugins import hookimpl


class Adam(Optimizer):
    r"""Adam as in TMVA, with ε added to the uncorrected root.

    M ← β₁M + (1−β₁)g, V ← β₂V + (1−β₂)g², θ ← θ − α M/(√V + ε) with
    α = η√(1−β₂ᵗ)/(1−β₁ᵗ) and t counted once per batch. (The original paper adds ε to the corrected root, as
    PyTorch does; with t large the two agree.)
    """

    names = ("ADAM",)
    options = (
        Option("beta1", float, 0.9, doc="β₁, how much of the mean gradient is kept"),
        Option("beta2", float, 0.999, doc="β₂, how much of the mean square is kept"),
        Option("eps", float, 1e-7, doc="ε, keeps the denominator from zero"),
    )
    states = ("M", "V")

    def update(self, parameters: Array, gradients: Array) -> None:
        """Do the step."""
        beta1, beta2 = self.settings["beta1"], self.settings["beta2"]
        rate = self.learning_rate * math.sqrt(1 - beta2**self.steps_done) / (1 - beta1**self.steps_done)
        adam_step.on(self.backend)(
            self.backend.xp,
            parameters=parameters,
            gradients=gradients,
            M=self.state["M"],
            V=self.state["V"],
            spare=self.state["spare"],
            rate=rate,
            **self.settings,
        )


@hookimpl
def tmva_py_optimizers() -> Sequence[type]:
    """Register the optimiser."""
    return [Adam]
