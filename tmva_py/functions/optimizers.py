"""Optimisers: the base class and TMVA's own."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np

from tmva_py.backends import Array, Backend
from tmva_py.errors import OptionError, did_you_mean
from tmva_py.kernels import Kernel, Memory
from tmva_py.kernels import optimizer as kernels
from tmva_py.options import Option
from tmva_py.plugins import hookimpl


class Optimizer(ABC):
    """A rule that moves the parameters against their gradients, once per batch.

    One object serves one training phase: its state starts at zero.

    Parameters
    ----------
    learning_rate : float
        η.
    momentum : float
        μ, for the optimisers with one.
    **settings : float
        Values of the entries of `options`.

    Attributes
    ----------
    names : tuple of str
        The names in ``Optimizer=`` and ``optimizer=``.
    options : tuple of Option
        Settings; in a training strategy their keys are ``<NAME>_<option>``, as ``ADAM_beta1``.
    uses_momentum : bool
        Whether the momentum has any effect.
    states : tuple of str
        Names of the state vectors.
    """

    names: ClassVar[tuple[str, ...]]
    options: ClassVar[tuple[Option, ...]] = ()
    uses_momentum: ClassVar[bool] = False
    states: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *, learning_rate: float, momentum: float = 0.0, **settings: float) -> None:
        known = {option.name: option.default for option in self.options}
        for name in settings:
            if name not in known:
                message = (
                    f"{self.names[0]}: unknown setting {name!r}{did_you_mean(name, known)}; "
                    f"known: {', '.join(known) or 'none'}"
                )
                raise OptionError(message)
        self.learning_rate = float(learning_rate)
        self.momentum = float(momentum)
        self.settings: dict[str, float] = {
            option.name: self._setting(option, settings.get(option.name, option.default))
            for option in self.options
        }
        self.steps_done = 0
        self.state: dict[str, Array] = {}

    def _setting(self, option: Option, value: Any) -> float:
        """Return a setting after checking that it is a number within the option's limits."""
        known = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not (known and math.isfinite(value) and option.allows(value)):
            message = f"{self.names[0]}: {option.name}: expected {option.expected}, got {value!r}"
            raise OptionError(message)
        return float(value)

    def start(self, backend: Backend, n_parameters: int) -> None:
        """Allocate the state for `n_parameters` parameters, all zero."""
        self.backend = backend
        self.steps_done = 0
        self.state = {name: backend.zeros((n_parameters,)) for name in self.states}
        self.memory = Memory(backend.empty)

    def step(self, parameters: Array, gradients: Array) -> None:
        """Change the flat vector `parameters` in place by one step against `gradients`."""
        self.steps_done += 1
        self.update(parameters, gradients)

    @abstractmethod
    def update(self, parameters: Array, gradients: Array) -> None:
        """Do the step; `steps_done` counts this one already."""

    def _run(self, kernel: Kernel[..., None], parameters: Array, gradients: Array, **numbers: float) -> None:
        arrays = {"parameters": parameters, "gradients": gradients, **self.state}
        kernel.on(self.backend)(self.backend.xp, **arrays, **numbers, **self.settings, memory=self.memory)


class SGD(Optimizer):
    """Gradient descent with momentum: V ← μV + g, θ ← θ − ηV."""

    names = ("SGD",)
    uses_momentum = True
    states = ("V",)

    def update(self, parameters: Array, gradients: Array) -> None:
        """Do the step."""
        self._run(
            kernels.sgd_step, parameters, gradients, learning_rate=self.learning_rate, momentum=self.momentum
        )


class Adam(Optimizer):
    r"""Adam as in TMVA, with ε added to the uncorrected root.

    M ← β₁M + (1−β₁)g, V ← β₂V + (1−β₂)g², θ ← θ − α M/(√V + ε) with
    α = η√(1−β₂ᵗ)/(1−β₁ᵗ) and t counted once per batch. (The original paper adds ε to the corrected root, as
    PyTorch does; with t large the two agree.)
    """

    names = ("ADAM",)
    options = (
        Option("beta1", float, 0.9, minimum=0, below=1, doc="β₁, how much of the mean gradient is kept"),
        Option("beta2", float, 0.999, minimum=0, below=1, doc="β₂, how much of the mean square is kept"),
        Option("eps", float, 1e-7, minimum=0, doc="ε, keeps the denominator from zero"),
    )
    states = ("M", "V")

    def update(self, parameters: Array, gradients: Array) -> None:
        """Do the step."""
        beta1, beta2 = self.settings["beta1"], self.settings["beta2"]
        rate = self.learning_rate * math.sqrt(1 - beta2**self.steps_done) / (1 - beta1**self.steps_done)
        self._run(kernels.adam_step, parameters, gradients, rate=rate)


class Adagrad(Optimizer):
    """Adagrad: V ← V + g², θ ← θ − η g/√(V + ε)."""

    names = ("ADAGRAD",)
    options = (Option("eps", float, 1e-08, minimum=0, doc="ε, keeps the denominator from zero"),)
    states = ("V",)

    def update(self, parameters: Array, gradients: Array) -> None:
        """Do the step."""
        self._run(kernels.adagrad_step, parameters, gradients, learning_rate=self.learning_rate)


class RMSProp(Optimizer):
    """RMSProp: V ← ρV + (1−ρ)g², A ← μA + η g/√(V + ε), θ ← θ − A."""

    names = ("RMSPROP",)
    options = (
        Option("rho", float, 0.9, minimum=0, below=1, doc="ρ, how much of the mean square is kept"),
        Option("eps", float, 1e-07, minimum=0, doc="ε, keeps the denominator from zero"),
    )
    uses_momentum = True
    states = ("V", "A")

    def update(self, parameters: Array, gradients: Array) -> None:
        """Do the step."""
        self._run(
            kernels.rmsprop_step,
            parameters,
            gradients,
            learning_rate=self.learning_rate,
            momentum=self.momentum,
        )


class Adadelta(Optimizer):
    """Adadelta: V ← ρV + (1−ρ)g², Δ = √(A + ε)/√(V + ε)·g, θ ← θ − ηΔ, A ← ρA + (1−ρ)Δ².

    The learning rate multiplies, as in TMVA: 1 gives the textbook's rule.
    """

    names = ("ADADELTA",)
    options = (
        Option("rho", float, 0.95, minimum=0, below=1, doc="ρ, how much of the mean square is kept"),
        Option("eps", float, 1e-08, minimum=0, doc="ε, keeps the denominator from zero"),
    )
    states = ("V", "A")

    def update(self, parameters: Array, gradients: Array) -> None:
        """Do the step."""
        self._run(kernels.adadelta_step, parameters, gradients, learning_rate=self.learning_rate)


@hookimpl
def tmva_py_optimizers() -> Sequence[type]:
    """Return the optimisers."""
    return [SGD, Adam, Adagrad, RMSProp, Adadelta]
