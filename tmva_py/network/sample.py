"""The events of a training: checked, on the backend, split for the validation, picked in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.array_input import real_numbers
from tmva_py.backends import Array, Backend
from tmva_py.errors import DataError, OptionError, ShapeError
from tmva_py.functions.losses import Loss
from tmva_py.kernels import Memory
from tmva_py.kernels.gather import gather
from tmva_py.layers.arguments import is_number
from tmva_py.network.labels import check_targets, check_weight_sums
from tmva_py.network.layer_stack import LayerStack, shaped_events


@dataclass
class TrainingSample:
    """Events of a training: `x` ``(N, *input_shape)``, `y` (N, n_outputs), `weight` (N, 1) or None.

    They are on the backend, or `on_host` when they do not fit a device: then each batch is brought over.
    """

    x: Array
    y: Array
    weight: Array | None
    backend: Backend
    on_host: bool = False

    def __len__(self) -> int:
        return int(self.x.shape[0])

    def part(self, index: Any) -> TrainingSample:
        """Return the events that `index` (a slice, or an array of numbers on the host) picks."""
        if isinstance(index, np.ndarray):
            index = self.numbers(index)
        weight = None if self.weight is None else self._part_of(self.weight, index)
        x, y = self._part_of(self.x, index), self._part_of(self.y, index)
        return TrainingSample(x, y, weight, self.backend, self.on_host)

    def _part_of(self, array: Array, index: Any) -> Array:
        if self.on_host or isinstance(index, slice):
            return array[index, ...]
        return self.backend.xp.take(array, index, axis=0)

    def numbers(self, index: npt.NDArray[Any]) -> Array:
        """Return numbers of events as an array that the sample's arrays can be indexed with."""
        return index if self.on_host else self.backend.xp.asarray(index)

    def on_backend(self) -> TrainingSample:
        """Return the sample on the backend; itself when it is there."""
        if not self.on_host:
            return self
        asarray = self.backend.asarray
        weight = None if self.weight is None else asarray(self.weight)
        return TrainingSample(asarray(self.x), asarray(self.y), weight, self.backend)

    @classmethod
    def checked(
        cls,
        stack: LayerStack,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        event_weight: npt.ArrayLike | None = None,
        *,
        loss: Loss,
    ) -> TrainingSample:
        """Return the sample after checking shapes, that every value is finite and that they fit the loss.

        Raises
        ------
        ShapeError
            Shapes do not fit the network or one another.
        DataError
            There are NaN or infinite values, which the message counts, or targets or weights that the loss is
            not made for.
        """
        backend = stack.backend
        events = shaped_events(real_numbers("x", x), stack.input_shape)
        if not len(events):
            message = f"x: expected events of shape (N, {', '.join(map(str, events.shape[1:]))}), got none"
            raise DataError(message)
        targets = _targets(real_numbers("y", y), len(events), stack.n_outputs)
        weight = None
        if event_weight is not None:
            weight = real_numbers("event_weight", event_weight).reshape(-1, 1)
            if len(weight) != len(events):
                message = (
                    f"event_weight: expected one weight for each of {len(events)} events, got {len(weight)}"
                )
                raise ShapeError(message)
        size = 0
        for name, values in (("x", events), ("y", targets), ("event_weight", weight)):
            if values is not None:
                _check_finite(name, values, backend.dtype)
                size += values.size
        check_targets(loss, targets)
        check_weight_sums(loss, targets, weight)
        kept = cls(
            without_denormals(np.asarray(events, backend.dtype)),
            np.asarray(targets, backend.dtype),
            None if weight is None else np.asarray(weight, backend.dtype),
            backend,
            on_host=True,
        )
        return kept.on_backend() if backend.fits(size) else kept


class Batches:
    """The whole batches of an epoch, picked into the same arrays again and again."""

    def __init__(self, sample: TrainingSample, batch_size: int) -> None:
        self._sample = sample
        self.batch_size = batch_size
        self.count = len(sample) // batch_size
        self.events_per_epoch = self.count * batch_size
        self.memory = Memory(sample.backend.empty)

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
        backend = self._sample.backend
        if self._sample.on_host:
            return backend.asarray(source[index])
        out = self.memory.array(name, (self.batch_size, *source.shape[1:]))
        return gather.on(backend)(backend.xp, source=source, index=index, out=out)


def validation_sample(stack: LayerStack, given: Sequence[Any], *, loss: Loss) -> TrainingSample:
    """Return the sample of ``(x, y)`` or ``(x, y, weight)``."""
    if len(given) not in (2, 3):
        message = f"validation: expected (x, y) or (x, y, weight), got {len(given)} arrays"
        raise OptionError(message)
    return TrainingSample.checked(stack, *given, loss=loss)


def split_validation(
    sample: TrainingSample, validation: Any, random: np.random.Generator
) -> tuple[TrainingSample, TrainingSample | None]:
    """Set events aside at random: a fraction below 1, or a number of events.

    Raises
    ------
    OptionError
        `validation` is negative or leaves no training event.
    """
    events = len(sample)
    if not is_number(validation) or (validation >= 1 and validation % 1):
        message = (
            "validation: expected a fraction below 1, a whole number of events, (x, y) or (x, y, weight), "
            f"got {validation!r}"
        )
        raise OptionError(message)
    count = int(events * validation) if validation < 1 else int(validation)
    if validation == 0:
        return sample, None
    if validation < 0 or count < 1 or count >= events:
        message = (
            f"validation: expected a fraction of, or a number below, the {events} events "
            f"(0 for none), got {validation!r}, which is {count} events"
        )
        raise OptionError(message)
    order = random.permutation(events)
    # In the order of the sample: the validation loss is a sum over events in a fixed order.
    return sample.part(np.sort(order[count:])), sample.part(np.sort(order[:count]))


def without_denormals(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return values with 0 for those so small that they have fewer digits; processors are slow with them."""
    small = np.abs(values) < np.finfo(values.dtype).tiny
    small &= values != 0
    return np.where(small, values.dtype.type(0), values) if small.any() else values


def _targets(y: npt.NDArray[Any], events: int, outputs: int) -> npt.NDArray[Any]:
    if len(y) != events if y.ndim else True:
        message = f"y: expected one target for each of {events} events, got shape {y.shape}"
        raise ShapeError(message)
    if y.ndim == 1 and outputs > 1:
        classes = y.astype(np.int64)
        if (classes != y).any() or classes.min() < 0 or classes.max() >= outputs:
            message = (
                f"y: for {outputs} outputs expected shape (N, {outputs}), or whole class numbers from 0 to "
                f"{outputs - 1}, got values from {y.min()} to {y.max()}"
            )
            raise ShapeError(message)
        return np.eye(outputs)[classes]
    columns = y.reshape(events, -1)
    if columns.shape[1] != outputs:
        message = f"y: expected {outputs} column(s), one per output, got {columns.shape[1]}"
        raise ShapeError(message)
    return columns


def _check_finite(name: str, values: npt.NDArray[Any], dtype: np.dtype[Any]) -> None:
    """Refuse NaN and what is infinite in `dtype`."""
    largest = np.finfo(dtype).max
    bad = ~(np.abs(values.reshape(len(values), -1)) <= largest)
    if bad.any():
        columns = np.flatnonzero(bad.any(axis=0))
        shown = ", ".join(
            f"column {column}: {int(bad[:, column].sum())} (first in event {int(bad[:, column].argmax())})"
            for column in columns[:5]
        )
        more = f" and {len(columns) - 5} more columns" if len(columns) > 5 else ""
        message = f"{name}: {int(bad.sum())} values are NaN or infinite in {dtype}; {shown}{more}"
        raise DataError(message)
