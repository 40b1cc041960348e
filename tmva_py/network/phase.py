"""The settings of one training phase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tmva_py.errors import OptionError
from tmva_py.layers.arguments import is_number


@dataclass(frozen=True)
class TrainingPhase:
    """How the network is trained, until it converges or the epochs are used up.

    The defaults are what TMVA takes for a key that a training strategy does not name.

    Attributes
    ----------
    learning_rate : float
        η, above 0.
    momentum : float
        μ, used by SGD and RMSPROP.
    convergence_steps : int
        Epochs without improvement after which training stops.
    max_epochs : int
        Upper limit of epochs.
    batch_size : int
        Events per batch.
    test_repetitions : int
        The validation loss is computed every `test_repetitions` epochs.
    weight_decay : float
        λ of the penalty.
    regularization : {"NONE", "L1", "L2"}
        The penalty.
    optimizer : str
        The optimiser's name.
    optimizer_options : mapping of str to float
        Its settings (``beta1``, ``beta2``, ``eps``, ``rho``); absent ones take the optimiser's defaults.
    drop_config : tuple of float
        Probability to drop inputs of layer i, all layers counted; layers beyond the list drop nothing.

    Raises
    ------
    OptionError
        A number is out of range.
    """

    learning_rate: float = 1e-5
    momentum: float = 0.3
    convergence_steps: int = 100
    max_epochs: int = 2000
    batch_size: int = 30
    test_repetitions: int = 7
    weight_decay: float = 0.0
    regularization: str = "NONE"
    optimizer: str = "ADAM"
    optimizer_options: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    drop_config: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not (is_number(self.learning_rate) and self.learning_rate > 0):
            message = f"learning_rate: expected a number above 0, got {self.learning_rate!r}"
            raise OptionError(message)
        for name, least in (
            ("batch_size", 1),
            ("max_epochs", 1),
            ("test_repetitions", 1),
            ("convergence_steps", 0),
            ("momentum", 0),
            ("weight_decay", 0),
        ):
            value = getattr(self, name)
            if not (is_number(value) and value >= least):
                kind = "" if is_number(value) else "a number of "
                message = f"{name}: expected {kind}at least {least}, got {value!r}"
                raise OptionError(message)
            if name not in ("momentum", "weight_decay") and int(value) != value:
                message = f"{name}: expected a whole number, got {value!r}"
                raise OptionError(message)
        for name in ("optimizer", "regularization"):
            if not isinstance(getattr(self, name), str):
                message = f"{name}: expected a name, got {getattr(self, name)!r}"
                raise OptionError(message)
        options = self.optimizer_options
        if not isinstance(options, Mapping) or not all(isinstance(name, str) for name in options):
            message = f"optimizer_options: expected settings by name, as {{'beta1': 0.9}}, got {options!r}"
            raise OptionError(message)
        if not isinstance(self.drop_config, tuple | list):
            message = f"drop_config: expected probabilities by layer, as (0.0, 0.5), got {self.drop_config!r}"
            raise OptionError(message)
        for number, probability in enumerate(self.drop_config):
            if not is_number(probability) or not 0 <= probability < 1:
                message = (
                    f"drop_config: entry {number}: expected a probability to drop, at least 0 and below 1, "
                    f"got {probability!r}"
                )
                raise OptionError(message)
