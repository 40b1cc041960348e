"""The batches of an epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tmva_py.backends import Array
from tmva_py.kernels import Memory
from tmva_py.kernels.gather import gather
from tmva_py.network.sample import TrainingSample

if TYPE_CHECKING:
    from tmva_py.network.network import Network


class Batches:
    """Picks the events of each batch into the same arrays again and again.

    Parameters
    ----------
    network : Network
        What is trained.
    sample : TrainingSample
        The events; where they do not fit the device, each batch is brought over by itself.
    batch_size : int
        Events of a batch.

    Attributes
    ----------
    batch_size : int
        Events of a batch.
    count : int
        Whole batches of an epoch.
    events_per_epoch : int
        Their events.
    memory : Memory
        Where the arrays are.
    """

    def __init__(self, network: Network, sample: TrainingSample, batch_size: int) -> None:
        self._backend = network.backend
        self._sample = sample
        self.batch_size = batch_size
        self.count = len(sample) // batch_size
        self.events_per_epoch = self.count * batch_size
        self.memory = Memory(network.backend.empty)

    def shuffled(self, random: np.random.Generator) -> Array:
        """Return the events' numbers in a new order; drawn on the host, so that backends agree."""
        return self._sample.numbers(random.permutation(len(self._sample)))

    def take(self, index: Array) -> tuple[Array, Array, Array | None]:
        """Return inputs, targets and weights of the batch of these events."""
        sample = self._sample
        return (
            self._pick("x", sample.x, index),
            self._pick("y", sample.y, index),
            None if sample.weight is None else self._pick("weight", sample.weight, index),
        )

    def _pick(self, name: str, source: Array, index: Array) -> Array:
        if self._sample.on_host:
            return self._backend.asarray(source[index])
        out = self.memory.array(name, (self.batch_size, *source.shape[1:]))
        return gather.on(self._backend)(self._backend.xp, source=source, index=index, out=out)
