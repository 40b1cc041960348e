"""Training steps that the device repeats by itself: one is captured, and launched again for each batch."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import TMVAWarning
from tmva_py.kernels.capture import noting_obstacles
from tmva_py.kernels.device_seeds import SEEDS, DeviceSeeds
from tmva_py.kernels.dropout import dropout_mask
from tmva_py.kernels.steps import next_row
from tmva_py.network.batches import Batches
from tmva_py.network.step import TrainingStep

if TYPE_CHECKING:
    from tmva_py.network.network import Network

LOGGER = logging.getLogger("tmva_py.network")


class RepeatedSteps:
    """The epochs of a phase on a backend that can capture a step.

    A captured step is the same each time, down to every number that the host gave. What does differ stands in
    a row of a table that is brought over when an epoch begins, one row for each batch: the numbers of its
    events, the optimiser's rate, the seeds of the dropout masks. A step begins by fetching its row to a place
    that all others read from.

    The first step runs as always, so that kernels are compiled and work space is made. For the second one the
    device first takes down what it is asked for, and then does that as often as it is told to. Where this
    fails the steps run one by one, as the first did.

    Parameters
    ----------
    network : Network
        What is trained.
    batches : Batches
        Its batches; their events are on the device.
    step : TrainingStep
        The step. Its context draws from the table from now on.
    random : numpy.random.Generator
        Where the seeds of the masks are drawn, as without a table.
    """

    def __init__(
        self, network: Network, batches: Batches, step: TrainingStep, random: np.random.Generator
    ) -> None:
        self._network = network
        self._backend: Any = network.backend
        self._batches = batches
        self._step = step
        self._random = random
        self._captures = True
        self._set_up()

    def run_epoch(self, shuffle: np.random.Generator) -> None:
        """Do all steps of an epoch, its events in a new order."""
        if self._host_numbers() != self._seen:
            # Somebody has changed a number, between epochs, that a captured step would keep.
            self._set_up()
        self._table[...] = self._backend.xp.asarray(self._rows(shuffle))
        self._place[...] = 0
        for _ in range(self._batches.count):
            self._once()

    def _set_up(self) -> None:
        """Lay out the table; the next step is a first one."""
        xp = self._backend.xp
        self._seen = self._host_numbers()
        self._repeat: Callable[[], None] | None = None
        self._warm = False
        self._drops = sum(drops(layer) for layer in self._network.layers)
        events, optimizer = self._batches.batch_size, self._step.optimizer
        self._rated = optimizer.changing_rate(1) is not None
        columns = events + self._rated + self._drops
        self._table = xp.zeros((self._batches.count, columns), "int64")
        self._place = xp.zeros((1,), "int64")
        self._row = xp.zeros((columns,), "int64")
        self._index = self._row[:events]
        optimizer.rate_on_device = self._row[events : events + 1].view("float64") if self._rated else None
        first = events + self._rated
        self._seeds = DeviceSeeds([self._row[place : place + 1] for place in range(first, columns)])
        self._step.context.random = self._seeds

    def _rows(self, shuffle: np.random.Generator) -> npt.NDArray[np.int64]:
        """Return the table of an epoch: the numbers that single steps would have been given."""
        count, optimizer = self._batches.count, self._step.optimizer
        parts = [self._batches.order(shuffle).reshape(count, -1)]
        if self._rated:
            done = optimizer.steps_done
            rates = np.array([optimizer.changing_rate(done + n) for n in range(1, count + 1)], "float64")
            parts.append(rates.view("int64")[:, None])
        if self._drops:
            seeds = self._random.integers(SEEDS, size=(count, self._drops), dtype="uint64")
            parts.append(seeds.view("int64"))
        return np.concatenate(parts, axis=1, dtype="int64")

    def _once(self) -> None:
        """Do the next step: the first one, a repetition, or one by one."""
        optimizer = self._step.optimizer
        if self._warm and self._captures and self._repeat is None:
            self._capture()
        if self._repeat is not None:
            self._repeat()
            optimizer.steps_done += 1
        elif self._warm:
            self._run()
        else:
            with noting_obstacles() as obstacles:
                self._run()
            self._warm = True
            if obstacles:
                self._captures = False
                LOGGER.info("training steps are not captured: %s", obstacles[0])

    def _capture(self) -> None:
        """Let the device take down a step; nothing is computed, and nothing has changed when it fails."""
        optimizer = self._step.optimizer
        done = optimizer.steps_done
        try:
            self._repeat = self._backend.capture(self._run)
        except Exception as error:  # noqa: BLE001 - whatever it is, the steps can be run one by one
            self._captures = False
            warnings.warn(
                f"a training step could not be captured ({type(error).__name__}: {error}); "
                "the steps are run one by one, with the same result",
                TMVAWarning,
                stacklevel=2,
            )
        finally:
            optimizer.steps_done = done

    def _run(self) -> None:
        """Ask the device for one step; no number that differs between steps comes from the host."""
        next_row.on(self._backend)(self._backend.xp, table=self._table, place=self._place, row=self._row)
        self._seeds.start_step()
        self._step.run(*self._batches.take(self._index))

    def _host_numbers(self) -> list[Any]:
        """Return the numbers that a captured step would keep, of what a callback may change."""
        optimizer = self._step.optimizer
        return [
            *((layer.option_values(), getattr(layer, "dropout", 0.0)) for layer in self._network.layers),
            (optimizer.learning_rate, optimizer.momentum, dict(optimizer.settings)),
        ]


def drops(layer: Any) -> bool:
    """Return whether a layer asks for a dropout mask in each step."""
    return bool(getattr(layer, "dropout", 0.0) > 0)


def repeated_steps(
    network: Network, batches: Batches, step: TrainingStep, random: np.random.Generator, parts: Sequence[Any]
) -> RepeatedSteps | None:
    """Return what lets the device repeat the steps of a phase, or None where steps are run one by one.

    Parameters
    ----------
    network, batches, step, random
        As of `RepeatedSteps`.
    parts : sequence
        Loss, optimiser and regularisation of the phase.
    """
    if not getattr(network.backend, "captures", False):
        return None
    if (obstacle := _obstacle(network, batches, parts)) is not None:
        LOGGER.info("training steps are not captured: %s", obstacle)
        return None
    return RepeatedSteps(network, batches, step, random)


def _obstacle(network: Network, batches: Batches, parts: Sequence[Any]) -> str | None:
    """Return why steps cannot be captured, None where they can as far as one knows before they run."""
    if batches.on_host:
        return "the events are not on the device"
    functions = [layer.function for layer in network.layers if hasattr(layer, "function")]
    for part in (*network.layers, *functions, *parts):
        if not may_be_captured(part):
            return f"{type(part).__name__} does not say that it may be"
    for layer in network.layers:
        if layer.remembers_state:
            return f"{layer.describe()} carries its state from batch to batch"
        if drops(layer) and dropout_mask.on(network.backend) is dropout_mask.reference:
            return "dropout masks are drawn on the host"
    return None


def may_be_captured(part: Any) -> bool:
    """Return whether a layer or function computes the same way in every step, and without the host.

    The package's own do. Anybody else's class says so with ``capturable = True``, each for itself: a subclass
    may do what its base does not.
    """
    kind = type(part)
    return bool(vars(kind).get("capturable", kind.__module__.partition(".")[0] == __name__.partition(".")[0]))
