"""The course of a training, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class EpochRecord:
    """One epoch.

    Attributes
    ----------
    phase : int
        Training phase, from 1.
    epoch : int
        Epoch of the phase, from 1.
    training_loss : float
        Mean of the batch losses in training mode, penalty included.
    validation_loss : float or None
        Loss of the validation events at the end of the epoch, penalty included; None when it was not
        computed in this epoch.
    improved : bool
        Whether the validation loss was the smallest so far.
    seconds, validation_seconds : float
        Time of the epoch, and how much of it went into the validation.
    events : int
        Training events seen.
    steps_without_improvement : int
        Epochs without a smaller validation loss.
    """

    phase: int
    epoch: int
    training_loss: float
    validation_loss: float | None
    improved: bool
    seconds: float
    validation_seconds: float
    events: int
    steps_without_improvement: int


@dataclass
class History:
    """The course of a training.

    Attributes
    ----------
    epochs : list of EpochRecord
        All epochs of all phases in order.
    initial_loss : float or None
        Validation loss before the first step.
    best_loss : float or None
        Smallest validation loss.
    best_epoch : int
        Number of the epoch whose weights are kept, counted over all phases from 1; 0 are the initial weights.
    stopped_by : str
        ``"epochs"``, ``"convergence"``, ``"callback"`` or ``"interrupt"``.
    """

    epochs: list[EpochRecord] = field(default_factory=list, repr=False)
    initial_loss: float | None = None
    best_loss: float | None = None
    best_epoch: int = 0
    stopped_by: str = ""

    @property
    def training_loss(self) -> list[float]:
        """Training loss of every epoch."""
        return [record.training_loss for record in self.epochs]

    @property
    def validation_loss(self) -> list[float]:
        """Validation loss of every epoch in which it was computed."""
        return [record.validation_loss for record in self.epochs if record.validation_loss is not None]
