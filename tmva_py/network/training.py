"""The training loop: phases, epochs, validation, patience, the best weights."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import numpy as np

from tmva_py.backends import one_blas_thread
from tmva_py.errors import OptionError, TrainingError, warn
from tmva_py.functions.losses import Loss
from tmva_py.layers import Context
from tmva_py.network.diagnosis import all_finite, what_may_help
from tmva_py.network.history import EpochRecord, History
from tmva_py.network.layer_stack import PREDICTION_BATCH, LayerStack
from tmva_py.network.phase import TrainingPhase
from tmva_py.network.progress import ProgressDisplay, make_progress
from tmva_py.network.sample import TrainingSample
from tmva_py.network.step import Epochs, LossSum, make_optimizer, make_regularization

Callback = Callable[[EpochRecord], bool | None]
PhaseCallback = Callable[[int, int, TrainingPhase, float | None], None]


class Trainer:
    """Trains the layers in one or more phases, each from the best weights of the one before.

    Parameters
    ----------
    stack : LayerStack
        The network.
    loss : str
        Name of the loss.
    phases : sequence of TrainingPhase
        At least one; each has a fresh optimiser.
    progress : bool or ProgressDisplay
        Whether to show a bar, or what shows it.
    callbacks : sequence of callable
        Called as ``callback(record)`` after each epoch; True ends the training.
    phase_callback : callable, optional
        Called as ``phase_callback(number, total, phase, smallest_loss)`` when a phase starts.
    """

    def __init__(
        self,
        stack: LayerStack,
        loss: str,
        phases: Sequence[TrainingPhase],
        *,
        progress: bool | ProgressDisplay = True,
        callbacks: Sequence[Callback] = (),
        phase_callback: PhaseCallback | None = None,
    ) -> None:
        self.stack = stack
        if not isinstance(loss, str):
            message = f"loss: expected a name, got {loss!r}"
            raise OptionError(message)
        self.loss: Loss = stack.registry.find("loss", loss)()
        if not isinstance(phases, Sequence) or not all(isinstance(one, TrainingPhase) for one in phases):
            message = f"phases: expected a list of TrainingPhase, got {phases!r}"
            raise OptionError(message)
        if not phases:
            message = "training needs at least one phase"
            raise OptionError(message)
        self.phases = tuple(phases)
        for phase in self.phases:
            # Unknown names are found before anything is trained.
            make_optimizer(stack, phase)
            make_regularization(stack, phase)
        self._progress = make_progress(progress) if isinstance(progress, bool) else progress
        self._callbacks = tuple(callbacks)
        self._phase_callback = phase_callback
        self._best = BestWeights(stack)
        self._evaluation = Context(stack.backend, states_live_on=False)

    def run(self, training: TrainingSample, validation: TrainingSample | None) -> History:
        """Train and return the history; the network ends with its best weights.

        Raises
        ------
        TrainingError
            Fewer events than a batch, or a loss that is not finite.
        """
        for phase in self.phases:
            if len(training) < phase.batch_size:
                message = (
                    f"{len(training)} training events are fewer than the batch size of {phase.batch_size}; "
                    "take more events or a smaller BatchSize"
                )
                raise TrainingError(message)
        history = History()
        dropout = [layer.dropout for layer in self.stack.layers]
        try:
            with one_blas_thread(self.stack.backend), self._progress:
                for number, phase in enumerate(self.phases, start=1):
                    self._progress.start_phase(number, len(self.phases), phase.max_epochs)
                    _set_dropout(self.stack, dropout, phase.drop_config)
                    if not self._run_phase(number, phase, training, validation, history):
                        break
        finally:
            _set_dropout(self.stack, dropout, ())
        if validation is not None and history.best_epoch == 0 and history.stopped_by != "interrupt":
            warn(
                "no epoch had a smaller validation loss than the initial weights "
                f"({history.initial_loss:.6g}); the initial weights are kept. "
                f"{what_may_help(self.loss, self.stack.backend, training)}"
            )
        return history

    def _run_phase(
        self,
        number: int,
        phase: TrainingPhase,
        training: TrainingSample,
        validation: TrainingSample | None,
        history: History,
    ) -> bool:
        """Train one phase; return whether the next one may start."""
        epochs = Epochs(self.stack, self.loss, number, phase, training)
        self._best.keep()
        epoch = idle = 0
        try:
            self._start_phase(epochs, validation, history)
            for epoch in range(1, phase.max_epochs + 1):
                record = self._run_epoch(epochs, epoch, idle, validation, history)
                idle = record.steps_without_improvement
                # A list, not any(): every callback sees every epoch.
                if any([callback(record) is True for callback in self._callbacks]):
                    history.stopped_by = "callback"
                    break
                if validation is not None and idle > phase.convergence_steps:
                    history.stopped_by = "convergence"
                    break
            else:
                history.stopped_by = "epochs"
        except KeyboardInterrupt:
            history.stopped_by = "interrupt"
            unfinished = validation is None and all_finite(self.stack.backend, self.stack.parameters)
            kept = "the weights of the last step are kept" if unfinished else self._best.restore(history)
            place = f"in epoch {epoch}" if epoch else "before the first epoch"
            text = f"training interrupted {place} of phase {number}: {kept}"
            warn(text)
            return False
        except TrainingError as error:
            message = f"{error}; {self._best.restore(history)}"
            raise TrainingError(message) from None
        self._best.restore(history)
        return history.stopped_by != "callback"

    def _start_phase(self, epochs: Epochs, validation: TrainingSample | None, history: History) -> None:
        """Measure the loss that the epochs have to beat."""
        if validation is not None:
            loss = self._validation_loss(validation) + epochs.penalty.value()
            if epochs.number == 1:
                history.initial_loss = loss
                # Weights whose loss is not finite are no better than any others.
                history.best_loss = loss if math.isfinite(loss) else math.inf
            elif history.best_loss is None or loss < history.best_loss or epochs.penalty.active:
                # Another penalty is another measure: losses of different phases do not compare.
                history.best_loss = loss
        if self._phase_callback is not None:
            self._phase_callback(epochs.number, len(self.phases), epochs.phase, history.best_loss)

    def _run_epoch(
        self, epochs: Epochs, epoch: int, idle: int, validation: TrainingSample | None, history: History
    ) -> EpochRecord:
        """Train one epoch, validate where it is due, keep the weights if they are the best, record it."""
        phase, started = epochs.phase, time.perf_counter()
        with np.errstate(all="ignore"):  # what overflows is found in the loss, and the layer is named
            training_loss = epochs.run(epoch)
        trained = time.perf_counter()
        validation_loss, improved = None, False
        due = epoch % phase.test_repetitions == 0 or epoch == phase.max_epochs
        if validation is not None and due:
            validation_loss = self._validation_loss(validation) + epochs.penalty.value()
            improved = history.best_loss is None or validation_loss < history.best_loss
            idle = 0 if improved else idle + phase.test_repetitions
        if improved or validation is None:
            # Without validation the last weights count; an error in a later epoch comes back to these.
            history.best_loss = validation_loss
            history.best_epoch = len(history.epochs) + 1
            self._best.keep()
        ended = time.perf_counter()
        record = EpochRecord(
            epochs.number,
            epoch,
            training_loss,
            validation_loss,
            improved,
            ended - started,
            ended - trained,
            epochs.batches.events_per_epoch,
            idle,
        )
        history.epochs.append(record)
        self._progress.epoch_done(record, history.best_loss)
        return record

    def _validation_loss(self, sample: TrainingSample) -> float:
        """Return the mean loss in inference mode over all events, the last incomplete batch included."""
        with np.errstate(all="ignore"):
            return self._mean_loss(sample)

    def _mean_loss(self, sample: TrainingSample) -> float:
        backend = self.stack.backend
        losses = LossSum(backend)
        for start in range(0, len(sample), PREDICTION_BATCH):
            stop = min(start + PREDICTION_BATCH, len(sample))
            part = sample.part(slice(start, stop)).on_backend()
            self._evaluation.states.clear()
            output, _ = self.stack.run_forward(part.x, self._evaluation)
            output = backend.reshape(output, part.y.shape)
            losses.add(self.loss.total(backend, output=output, target=part.y, weight=part.weight))
        return losses.value() / len(sample)


class BestWeights:
    """A copy of parameters and buffers to come back to."""

    def __init__(self, stack: LayerStack) -> None:
        self._stack = stack
        self._parameters = stack.backend.empty(stack.parameters.shape)
        self._buffers = stack.backend.empty(stack.buffers.shape)

    def keep(self) -> None:
        """Copy the present weights."""
        self._parameters[...] = self._stack.parameters
        self._buffers[...] = self._stack.buffers

    def restore(self, history: History) -> str:
        """Go back to the weights that were kept last and say which they are."""
        self._stack.parameters[...] = self._parameters
        self._stack.buffers[...] = self._buffers
        if history.best_epoch == 0:
            return "the initial weights are kept"
        if history.best_loss is None:
            return f"the weights after epoch {history.best_epoch} are kept"
        return (
            f"the best weights so far are kept (epoch {history.best_epoch}, "
            f"validation loss {history.best_loss:.6g})"
        )


def _set_dropout(stack: LayerStack, usual: Sequence[float], drop_config: Sequence[float]) -> None:
    """Set the layers' dropout: the usual one without `drop_config`, else that, and 0 beyond its end."""
    for number, (layer, dropout) in enumerate(zip(stack.layers, usual, strict=True)):
        if not drop_config:
            layer.dropout = dropout
        elif layer.takes_dropout:
            layer.dropout = drop_config[number] if number < len(drop_config) else 0.0
    for number, probability in enumerate(drop_config):
        layers = stack.layers[number : number + 1]
        if probability and not any(layer.takes_dropout for layer in layers):
            place = f"layer {number} ({layers[0].describe()})" if layers else "no layer"
            warn(
                f"DropConfig: entry {number} ({probability:g}) falls on {place}, which does not "
                "drop its input; the entry has no effect"
            )
