"""What an optimiser is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from tmva_py.backends import Array, Backend
from tmva_py.errors import OptionError, did_you_mean
from tmva_py.options import Option


class Optimizer(ABC):
    """A rule that moves the parameters against their gradients, once per batch.

    One object serves one training phase: its state starts at zero.

    Parameters
    ----------
    learning_rate : float
        η.
    momentum : float
        μ, for the optimisers that have one.
    **settings : float
        Values of the entries of `options`.

    Attributes
    ----------
    names : tuple of str
        The names that stand in ``Optimizer=`` and ``optimizer=``.
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
            name: float(value) for name, value in {**known, **settings}.items()
        }
        self.steps_done = 0
        self.state: dict[str, Array] = {}

    def start(self, backend: Backend, n_parameters: int) -> None:
        """Allocate the state for `n_parameters` parameters, all zero."""
        self.backend = backend
        self.steps_done = 0
        self.state = {name: backend.zeros((n_parameters,)) for name in (*self.states, "spare")}

    def step(self, parameters: Array, gradients: Array) -> None:
        """Change the flat vector `parameters` in place by one step against `gradients`."""
        self.steps_done += 1
        self.update(parameters, gradients)

    @abstractmethod
    def update(self, parameters: Array, gradients: Array) -> None:
        """Do the step; `steps_done` counts this one already."""
