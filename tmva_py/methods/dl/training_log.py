"""The lines that TMVA prints while a network trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tmva_py.message_log import MessageLog
from tmva_py.network import EpochRecord, History, Network, TrainingPhase

if TYPE_CHECKING:
    from tmva_py.layers import VGeneralLayer

RULE = "-" * 62
COLUMNS = ("Train Err.", "Val. Err.", "t(s)/epoch", "t(s)/Loss", "nEvents/s", "Conv. Steps")
REGULARIZATION_CODES = {"NONE": 0, "L1": 1, "L2": 2}


class TrainingLog:
    """Writes the course of a training as TMVA does.

    Parameters
    ----------
    log : MessageLog
        Where the lines go.
    architecture : str
        ``CPU`` or a GPU's.
    n_training, n_validation : int
        Numbers of events.
    loss : str
        Name of the loss.
    """

    def __init__(
        self, log: MessageLog, architecture: str, n_training: int, n_validation: int, loss: str
    ) -> None:
        self._log = log
        self._architecture = architecture
        self._n_training = n_training
        self._n_validation = n_validation
        self._loss = loss

    def start(self, network: Network, *, seed_is_fresh: bool) -> None:
        """Write what is going to be trained."""
        log = self._log
        log.info(f"Start of deep neural network training on {self._architecture}, nthreads = 1")
        if seed_is_fresh:
            log.info(f"RandomSeed=0: a fresh seed was drawn, {network.seed}; give it to repeat this training")
        log.info("*****   Deep Learning Network *****")
        log.info(
            f"DEEP NEURAL NETWORK:   Depth = {len(network.layers)}  Input = {network.input_shape}  "
            f"Output function = {network.output_function.name}  Loss function = {self._loss}  "
            f"Parameters = {network.n_parameters}"
        )
        for number, layer in enumerate(network.layers):
            log.info(self._layer_line(number, layer))
        log.info(
            f"Using {self._n_training} events for training and {self._n_validation} for testing (validation)"
        )
        log.info("Compute initial loss on the validation data")

    def start_phase(self, number: int, total: int, phase: TrainingPhase, minimum: float | None) -> None:
        """Write the settings of a phase and the head of its table."""
        options = ",".join(f"{name}={value:g}" for name, value in sorted(phase.optimizer_options.items()))
        optimizer = f"{phase.optimizer} ({options})" if options else phase.optimizer
        error = "" if minimum is None else f" minimum error = {minimum:g}"
        code = REGULARIZATION_CODES.get(phase.regularization, phase.regularization)
        log = self._log
        log.info(
            f"Training phase {number} of {total}:  Optimizer {optimizer} Learning rate = "
            f"{phase.learning_rate:g} regularization {code}{error}"
        )
        log.info(RULE)
        log.info(f"{'Epoch':>10} | " + "".join(f"{column:>12}" for column in COLUMNS))
        log.info(RULE)
        log.info("   Start epoch iteration ...")

    def epoch_done(self, network: Network, record: EpochRecord) -> None:
        """Write one epoch's line, if it was validated."""
        del network
        if record.validation_loss is None:
            return
        if record.improved:
            self._log.info(f"{record.epoch:>10} Minimum Test error found - save the configuration ")
        training_seconds = max(record.seconds - record.validation_seconds, 1e-9)
        values = (
            record.training_loss,
            record.validation_loss,
            record.seconds,
            record.validation_seconds,
            record.events / training_seconds,
        )
        cells = "".join(f"{value:>12.6g}" for value in values)
        self._log.info(f"{record.epoch:>10} | {cells}{record.steps_without_improvement:>12}")

    def end(self, history: History) -> None:
        """Write how the training ended."""
        reason = {
            "epochs": "all epochs are done",
            "convergence": "no improvement for longer than ConvergenceSteps",
            "interrupt": "interrupted",
            "callback": "ended by a callback",
        }[history.stopped_by]
        kept = "the initial weights are kept"
        if history.best_epoch:
            kept = f"the weights of epoch {history.best_epoch} are kept"
            if history.best_loss is not None:
                kept += f" (validation error {history.best_loss:.6g})"
        self._log.info()
        self._log.info(f"Training ended: {reason}; {kept}")

    @staticmethod
    def _layer_line(number: int, layer: VGeneralLayer) -> str:
        count = sum(int(values.size) for values in layer.parameters.values())
        return (
            f"\tLayer {number}  {layer.describe()}\t Input = {layer.input_shape}  "
            f"Output = {layer.output_shape}  Parameters = {count}"
        )
