"""The lines that TMVA prints while a network trains.

ROOT prints all of them as information, with ``V`` or without; ``VerbosityLevel=Warning`` and above leaves
them out. ``V`` adds here what helps to repeat and to judge a training. The lines of this package's own (the
seed that was drawn, which weights are kept) are additions: ROOT's lines stay.
"""

from __future__ import annotations

from tmva_py.functions.losses import Loss
from tmva_py.functions.optimizers import Optimizer
from tmva_py.functions.regularizations import Regularization
from tmva_py.message_log import MessageLog
from tmva_py.methods.dl.layer_lines import layer_line
from tmva_py.network import EpochRecord, History, Network, TrainingPhase

RULE = "-" * 62
COLUMNS = ("Train Err.", "Val. Err.", "t(s)/epoch", "t(s)/Loss", "nEvents/s", "Conv. Steps")


class TrainingLog:
    """Writes the course of a training as TMVA does."""

    def __init__(
        self,
        log: MessageLog,
        network: Network,
        *,
        architecture: str,
        input_layout: tuple[int, int, int],
        n_training: int,
        n_validation: int,
        loss: str,
        verbose: bool = False,
    ) -> None:
        self._log = log
        self._network = network
        self._architecture = architecture
        self._input_layout = input_layout
        self._n_training = n_training
        self._n_validation = n_validation
        self._loss = loss
        self._verbose = verbose
        self._phase = TrainingPhase()
        self._since_row: list[EpochRecord] = []

    def start(self, *, seed_is_fresh: bool) -> None:
        """Write where the training runs, and the seed if it was drawn."""
        log, network = self._log, self._network
        on = "CPU using MT, nthreads = 1" if self._architecture == "CPU" else f"{self._architecture}."
        log.info(f"Start of deep neural network training on {on}")
        log.info()
        if seed_is_fresh:
            log.info(f"RandomSeed=0: a fresh seed was drawn, {network.seed}; give it to repeat this training")
        if self._verbose:
            log.info(
                f"Seed = {network.seed}  Parameters = {network.n_parameters}  Precision = "
                f"{network.parameters.dtype}  Backend = {network.backend.names[0]}  "
                f"Output function = {network.output_function.names[0]}"
            )

    def start_phase(self, number: int, total: int, phase: TrainingPhase, minimum: float | None) -> None:
        """Write the network, the settings of a phase and the head of its table."""
        log, find = self._log, self._network.registry.find
        self._phase = phase
        self._since_row.clear()
        log.info("*****   Deep Learning Network *****")
        self._print_network(phase.batch_size)
        log.info(f"Using {self._n_training} events for training and {self._n_validation} for testing")
        log.info("Compute initial loss  on the validation data ")
        penalty: type[Regularization] = find("regularization", phase.regularization)
        error = "" if minimum is None else f" minimum error = {minimum:g}"
        log.info(
            f"Training phase {number} of {total}:  Optimizer {phase.optimizer}{self._settings(phase)} "
            f"Learning rate = {phase.learning_rate:g} regularization {penalty.code}{error}"
        )
        log.info(RULE)
        log.info(f"{'Epoch':>10} | " + "".join(f"{column:>12}" for column in COLUMNS))
        log.info(RULE)
        log.info("   Start epoch iteration ...")

    def epoch_done(self, record: EpochRecord) -> None:
        """Write the line of an epoch that was validated, and a blank one after the last."""
        self._since_row.append(record)
        if record.validation_loss is None:
            return
        if record.improved:
            self._log.info(f"{record.epoch:>10} Minimum Test error found - save the configuration ")
        epochs, self._since_row = self._since_row, []
        seconds = sum(one.seconds for one in epochs)
        training_seconds = sum(one.seconds - one.validation_seconds for one in epochs)
        values = (
            record.training_loss,
            record.validation_loss,
            seconds / len(epochs),
            record.validation_seconds,
            sum(one.events for one in epochs) / max(training_seconds, 1e-9),
        )
        cells = "".join(f"{value:>12.6g}" for value in values)
        self._log.info(f"{record.epoch:>10} | {cells}{record.steps_without_improvement:>12}")
        phase = self._phase
        if record.epoch >= phase.max_epochs or record.steps_without_improvement > phase.convergence_steps:
            self._log.info()

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
            best = history.epochs[history.best_epoch - 1]
            phases = history.epochs[-1].phase
            place = f" of phase {best.phase}" if phases > 1 else ""
            kept = f"the weights of epoch {best.epoch}{place} are kept"
            if history.best_loss is not None:
                kept += f" (validation error {history.best_loss:.6g})"
        self._log.info(f"Training ended: {reason}; {kept}")

    def _print_network(self, batch_size: int) -> None:
        network = self._network
        loss: type[Loss] = network.registry.find("loss", self._loss)
        depth, height, width = self._input_layout
        lines = [
            f"DEEP NEURAL NETWORK:   Depth = {len(network.layers)}  Input = ( {depth}, {height}, {width} )  "
            f"Batch size = {batch_size}  Loss function = {loss.code}"
        ]
        lines += [
            f"\tLayer {number}\t{layer_line(layer, batch_size)}"
            for number, layer in enumerate(network.layers)
        ]
        self._log.plain("\n".join(lines))

    def _settings(self, phase: TrainingPhase) -> str:
        """Return the optimiser's settings, those that the user did not give included."""
        optimizer: type[Optimizer] = self._network.registry.find("optimizer", phase.optimizer)
        values = {option.name: option.default for option in optimizer.options} | dict(phase.optimizer_options)
        text = ",".join(f"{name}={value:g}" for name, value in sorted(values.items()))
        return f" ({text})" if text else ""
