"""The course of a training, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tmva_py.errors import missing_extra
from tmva_py.html_tables import html_table

# Epochs in a notebook's table, the last ones.
_SHOWN = 10


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

    def plot(self, axes: Any = None) -> Any:
        """Draw training and validation loss against the epoch, counted over all phases.

        Parameters
        ----------
        axes : matplotlib.axes.Axes, optional
            Where to draw; a new figure otherwise.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        MissingExtraError
            matplotlib is not installed.
        """
        if axes is None:
            try:
                from matplotlib import pyplot
            except ImportError:
                missing = missing_extra("matplotlib", "plot", "to draw a history")
                raise missing from None
            _, axes = pyplot.subplots()
        epochs = range(1, len(self.epochs) + 1)
        validated = [
            (number, record.validation_loss)
            for number, record in zip(epochs, self.epochs, strict=True)
            if record.validation_loss is not None
        ]
        axes.plot(epochs, self.training_loss, label="training")
        if validated:
            axes.plot(*zip(*validated, strict=True), label="validation")
        if self.best_epoch:
            axes.axvline(self.best_epoch, color="grey", linestyle=":", label=f"kept: epoch {self.best_epoch}")
        axes.locator_params(axis="x", integer=True)
        axes.set_xlabel("epoch")
        axes.set_ylabel("loss")
        axes.legend()
        return axes

    def _repr_html_(self) -> str:
        shown = self.epochs[-_SHOWN:]
        rows = [
            (
                len(self.epochs) - len(shown) + number,
                record.phase,
                f"{record.training_loss:.6g}",
                "" if record.validation_loss is None else f"{record.validation_loss:.6g}",
                f"{record.seconds:.3g}",
            )
            for number, record in enumerate(shown, start=1)
        ]
        best = "" if self.best_loss is None else f", smallest validation loss {self.best_loss:.6g}"
        kept = f"epoch {self.best_epoch} kept{best}"
        caption = f"History: {len(self.epochs)} epochs, ended by {self.stopped_by}, {kept}"
        return html_table(caption, ("epoch", "phase", "training loss", "validation loss", "seconds"), rows)
