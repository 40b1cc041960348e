"""The training loop: phases, epochs, validation, patience, the best weights."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from tmva_py.backends import Array, Backend, one_blas_thread
from tmva_py.errors import OptionError, TMVAWarning, TrainingError
from tmva_py.functions.losses import Loss
from tmva_py.functions.optimizers import Optimizer
from tmva_py.functions.regularizations import Regularization
from tmva_py.layers import Context
from tmva_py.network.batches import Batches
from tmva_py.network.history import EpochRecord, History
from tmva_py.network.loss_sum import LossSum
from tmva_py.network.network import PREDICTION_BATCH
from tmva_py.network.penalty import Penalty
from tmva_py.network.phase import TrainingPhase
from tmva_py.network.progress import ProgressDisplay, make_progress
from tmva_py.network.sample import TrainingSample
from tmva_py.network.step import TrainingStep

if TYPE_CHECKING:
    from tmva_py.network.network import Network

Callback = Callable[["Network", EpochRecord], bool | None]
PhaseCallback = Callable[[int, int, TrainingPhase, float | None], None]


class Trainer:
    """Trains a network in one or more phases.

    Parameters
    ----------
    network : Network
        What is trained.
    loss : str
        Name of the loss.
    phases : sequence of TrainingPhase
        One after another; each starts from the best weights of the one before, with a fresh optimiser.
    progress : bool or ProgressDisplay
        Whether to show a bar, or what shows it.
    callbacks : sequence of callable
        Called after each epoch; True ends the training.
    phase_callback : callable, optional
        Called as ``phase_callback(number, total, phase, smallest_loss)`` when a phase starts.
    """

    def __init__(
        self,
        network: Network,
        loss: str,
        phases: Sequence[TrainingPhase],
        *,
        progress: bool | ProgressDisplay = True,
        callbacks: Sequence[Callback] = (),
        phase_callback: PhaseCallback | None = None,
    ) -> None:
        self.network = network
        self.backend: Backend = network.backend
        find = network.registry.find
        self.loss = cast(type[Loss], find("loss", loss))()
        if not phases:
            message = "training needs at least one phase"
            raise OptionError(message)
        self.phases = tuple(phases)
        for phase in self.phases:
            # Unknown names are found before anything is trained.
            self._optimizer(phase)
            find("regularization", phase.regularization)
        self._progress = make_progress(progress) if isinstance(progress, bool) else progress
        self._callbacks = tuple(callbacks)
        self._phase_callback = phase_callback
        self._best: Array = self.backend.empty(network.parameters.shape)
        self._best_buffers: Array = self.backend.empty(network.buffers.shape)
        self._evaluation = Context(self.backend, states_live_on=False)

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
        drop_before = [layer.dropout for layer in self.network.layers]

        def restore_dropout() -> None:
            for layer, dropout in zip(self.network.layers, drop_before, strict=True):
                layer.dropout = dropout

        try:
            with one_blas_thread(self.backend), self._progress:
                for number, phase in enumerate(self.phases, start=1):
                    restore_dropout()
                    self._progress.start_phase(number, len(self.phases), phase.max_epochs)
                    if not self._run_phase(number, phase, training, validation, history):
                        break
        finally:
            restore_dropout()
        if validation is not None and history.best_epoch == 0 and history.stopped_by != "interrupt":
            warnings.warn(
                "no epoch had a smaller validation loss than the initial weights "
                f"({history.initial_loss:.6g}); the initial weights are kept. "
                "A smaller LearningRate may help",
                TMVAWarning,
                stacklevel=3,
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
        network = self.network
        self._set_dropout(phase)
        regularization = cast(
            type[Regularization], network.registry.find("regularization", phase.regularization)
        )()
        optimizer = self._optimizer(phase)
        optimizer.start(self.backend, network.n_parameters)
        batch = Batches(network, training, phase.batch_size)
        shuffle = network.random("shuffle", number)
        random = network.random("dropout", number)
        context = Context(self.backend, training=True, random=random, states_live_on=False)
        penalty = Penalty(network, regularization, phase.weight_decay)
        step = TrainingStep(network, self.loss, optimizer, penalty, context, batch.memory)

        self._keep()
        idle = 0
        epoch = 0
        try:
            if validation is not None:
                loss = self._validation_loss(validation) + penalty.value()
                if number == 1:
                    history.initial_loss = loss
                    # Weights whose loss is not finite are no better than any others.
                    history.best_loss = loss if math.isfinite(loss) else math.inf
                elif history.best_loss is None or loss < history.best_loss or penalty.active:
                    # Another penalty is another measure: losses of different phases do not compare.
                    history.best_loss = loss
            if self._phase_callback is not None:
                self._phase_callback(number, len(self.phases), phase, history.best_loss)
            for epoch in range(1, phase.max_epochs + 1):
                started = time.perf_counter()
                training_loss = self._run_epoch(number, epoch, batch, shuffle, step, penalty)
                trained = time.perf_counter()
                validation_loss, improved = None, False
                if validation is not None and (
                    epoch % phase.test_repetitions == 0 or epoch == phase.max_epochs
                ):
                    validation_loss = self._validation_loss(validation) + penalty.value()
                    improved = history.best_loss is None or validation_loss < history.best_loss
                    if improved:
                        history.best_loss = validation_loss
                        history.best_epoch = len(history.epochs) + 1
                        self._keep()
                        idle = 0
                    else:
                        idle += phase.test_repetitions
                ended = time.perf_counter()
                record = EpochRecord(
                    number,
                    epoch,
                    training_loss,
                    validation_loss,
                    improved,
                    ended - started,
                    ended - trained,
                    batch.events_per_epoch,
                    idle,
                )
                history.epochs.append(record)
                if validation is None:
                    # The last weights count; an error in a later epoch comes back to these.
                    self._keep()
                    history.best_epoch = len(history.epochs)
                self._progress.epoch_done(record, history.best_loss)
                # A list, not any(): every callback sees every epoch.
                if any([callback(network, record) is True for callback in self._callbacks]):
                    history.stopped_by = "callback"
                    break
                if validation is not None and idle > phase.convergence_steps:
                    history.stopped_by = "convergence"
                    break
            else:
                history.stopped_by = "epochs"
        except KeyboardInterrupt:
            history.stopped_by = "interrupt"
            unfinished = validation is None and self._all_finite(network.parameters)
            kept = "the weights of the last step are kept" if unfinished else self._back_to_kept(history)
            place = f"in epoch {epoch}" if epoch else "before the first epoch"
            warnings.warn(
                f"training interrupted {place} of phase {number}: {kept}", TMVAWarning, stacklevel=4
            )
            return False
        except TrainingError as error:
            message = f"{error}; {self._back_to_kept(history)}"
            raise TrainingError(message) from None
        self._back_to_kept(history)
        return history.stopped_by != "callback"

    def _run_epoch(
        self,
        number: int,
        epoch: int,
        batch: Batches,
        shuffle: np.random.Generator,
        step: TrainingStep,
        penalty: Penalty,
    ) -> float:
        step.start_epoch()
        order, size = batch.shuffled(shuffle), batch.batch_size
        for start in range(0, batch.events_per_epoch, size):
            value = step.run(*batch.take(order[start : start + size]))
            if value is not None and not math.isfinite(value):
                place = f"phase {number}, epoch {epoch}, step {start // size + 1} of {batch.count}"
                message = f"{self._diagnosis(value, step.x, step.output)} ({place})"
                raise TrainingError(message)
        # On a device the losses of an epoch are read here, all at once.
        if not math.isfinite(total := step.losses.value()):
            text = self._diagnosis(total, step.x, step.output)
            message = f"{text} (phase {number}, epoch {epoch}, found at its end)"
            raise TrainingError(message)
        if (broken := self._broken_parameter()) is not None:
            message = f"{broken} (phase {number}, epoch {epoch}, after the last step)"
            raise TrainingError(message)
        return total / batch.events_per_epoch + penalty.value()

    def _validation_loss(self, sample: TrainingSample) -> float:
        """Return the mean loss in inference mode over all events, the last incomplete batch included."""
        losses = LossSum(self.backend)
        for start in range(0, len(sample), PREDICTION_BATCH):
            part = sample.part(slice(start, start + PREDICTION_BATCH)).on_backend()
            self._evaluation.states.clear()
            output, _ = self.network.run_forward(part.x, self._evaluation)
            output = output.reshape(part.y.shape)
            losses.add(self.loss.total(self.backend, output=output, target=part.y, weight=part.weight))
        return losses.value() / len(sample)

    def _diagnosis(self, value: float, x: Array, output: Array) -> str:
        """Say where a loss that is not finite comes from."""
        text = f"the loss is {value}"
        if (broken := self._broken_parameter()) is not None:
            return f"{text}: {broken}"
        context = Context(self.backend)
        for number, layer in enumerate(self.network.layers):
            x, _ = layer.forward(x, context)
            if not self._all_finite(x):
                return f"{text}: the output of layer {number} ({layer.describe()}) is not finite"
        largest = float(self.backend.to_numpy(self.backend.xp.absolute(output).max()))
        last = len(self.network.layers) - 1
        return (
            f"{text}: the outputs of layer {last} ({self.network.layers[last].describe()}) are finite "
            f"(up to {largest:.3g}) but too large for the loss"
        )

    def _broken_parameter(self) -> str | None:
        """Name the first parameter with a value that is not finite, if there is one."""
        if self._all_finite(self.network.parameters):
            return None
        return next(
            f"parameter {name} of layer {number} ({layer.describe()}) is no longer finite"
            for number, layer in enumerate(self.network.layers)
            for name, parameter in layer.parameters.items()
            if not self._all_finite(parameter)
        )

    def _all_finite(self, array: Array) -> bool:
        return bool(self.backend.to_numpy(self.backend.xp.isfinite(array).all()))

    def _keep(self) -> None:
        self._best[...] = self.network.parameters
        self._best_buffers[...] = self.network.buffers

    def _back_to_kept(self, history: History) -> str:
        """Go back to the weights of the last `_keep` and say which they are."""
        self.network.parameters[...] = self._best
        self.network.buffers[...] = self._best_buffers
        if history.best_epoch == 0:
            return "the initial weights are kept"
        if history.best_loss is None:
            return f"the weights after epoch {history.best_epoch} are kept"
        return (
            f"the best weights so far are kept (epoch {history.best_epoch}, "
            f"validation loss {history.best_loss:.6g})"
        )

    def _optimizer(self, phase: TrainingPhase) -> Optimizer:
        found = cast(type[Optimizer], self.network.registry.find("optimizer", phase.optimizer))
        return found(
            learning_rate=phase.learning_rate, momentum=phase.momentum, **dict(phase.optimizer_options)
        )

    def _set_dropout(self, phase: TrainingPhase) -> None:
        layers = self.network.layers
        for number, probability in enumerate(phase.drop_config):
            if number < len(layers) and layers[number].takes_dropout:
                layers[number].dropout = probability
            elif probability:
                place = (
                    f"layer {number} ({layers[number].describe()})" if number < len(layers) else "no layer"
                )
                warnings.warn(
                    f"DropConfig: entry {number} ({probability:g}) falls on {place}; only dense layers drop "
                    "their input, the entry has no effect",
                    TMVAWarning,
                    stacklevel=2,
                )
        if phase.drop_config:
            for layer in layers[len(phase.drop_config) :]:
                layer.dropout = 0.0
