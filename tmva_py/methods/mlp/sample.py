"""Events as kernels take them, and the random part of them on which is trained for a while."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.data import AnalysisType, DataSetInfo, Events
from tmva_py.data.random_numbers import RootRandom
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Doubles, Floats
from tmva_py.options import OptionValues

# Parts of the events that TMVA takes for all of them, and for none.
_ALL, _NONE = np.float32(0.999999), np.float32(0.0000001)


@dataclass(frozen=True, eq=False)
class Sample:
    """Events with what the network is to give for them.

    Attributes
    ----------
    x : ndarray of float32, shape (N, n_variables)
        Variables.
    target : ndarray of float64, shape (N, n_outputs)
        1 for signal and 0 for background; one-hot for several classes; regression targets.
    weight : ndarray of float64, shape (N,)
        Event weights.
    is_signal : ndarray of bool, shape (N,)
        Whether an event is of the signal class.
    is_used : ndarray of bool, shape (N,)
        Whether an event is not ignored; ignored ones have a place in random orders and samples.
    """

    x: Floats
    target: Doubles
    weight: Doubles
    is_signal: npt.NDArray[np.bool_]
    is_used: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.x)

    @classmethod
    def of(
        cls, events: Events, info: DataSetInfo, analysis_type: AnalysisType, *, ignores_negative: bool
    ) -> Sample:
        """Return transformed events as a sample."""
        is_signal = events.class_index == info.signal_class_index
        if analysis_type == "Regression":
            target = events.targets.astype(np.float64)
        elif analysis_type == "Multiclass":
            target = np.equal.outer(events.class_index, np.arange(len(info.classes))).astype(np.float64)
        else:
            target = is_signal[:, None].astype(np.float64)
        return cls(
            np.ascontiguousarray(events.x, np.float32),
            np.ascontiguousarray(target),
            np.ascontiguousarray(events.weight, np.float64),
            is_signal,
            (events.weight >= 0) | (not ignores_negative),
        )

    def part(self, chosen: npt.NDArray[np.intp]) -> Sample:
        """Return some of the events."""
        return Sample(
            self.x[chosen],
            self.target[chosen],
            self.weight[chosen],
            self.is_signal[chosen],
            self.is_used[chosen],
        )

    @lazy
    def used(self) -> Sample:
        """The events that are not ignored."""
        return self if self.is_used.all() else self.part(np.flatnonzero(self.is_used))

    @lazy
    def sum_of_weights(self) -> float:
        """As TMVA adds up, in single precision."""
        return float(np.cumsum(self.weight.astype(np.float32), dtype=np.float32)[-1]) if len(self) else 0.0


class Sampling:
    """Which events are used in an epoch: all, or a random part that is drawn anew at each test."""

    def __init__(self, training: Sample, testing: Sample, options: OptionValues) -> None:
        self.training, self.testing = self._all = training, testing
        self._options = options
        self._random = RootRandom(options["RandomSeed"])
        self._fraction = np.float32(options["Sampling"])

    def begin(self, epoch: int) -> None:
        """Choose the events of an epoch."""
        options = self._options
        if not self.is_early(epoch):
            self.training, self.testing = self._all
        elif epoch == 0 or (epoch + 1) % options["TestRate"] == 0:
            if options["SamplingTraining"]:
                self.training = self._drawn(self._all[0])
            if options["SamplingTesting"]:
                self.testing = self._drawn(self._all[1])

    def is_early(self, epoch: int) -> bool:
        """Return whether an epoch is one with a random sample."""
        options = self._options
        return bool(np.float32(epoch) / np.float32(options["NCycles"]) < np.float32(options["SamplingEpoch"]))

    def first_late_epoch(self) -> int:
        """Return the epoch from which all events are used."""
        return int(np.float32(self._options["SamplingEpoch"]) * np.float32(self._options["NCycles"]))

    def _drawn(self, sample: Sample) -> Sample:
        fraction = self._fraction
        if fraction > _ALL or fraction < _NONE:
            return sample
        return sample.part(drawn_events(len(sample), int(fraction * np.float32(len(sample))), self._random))


def drawn_events(n_events: int, count: int, random: RootRandom) -> npt.NDArray[np.intp]:
    """Return `count` of the events, or fewer, in their order, none of them twice.

    Each of `count` random positions takes the first event from there on that is not taken; positions past the
    last one get none.
    """
    positions = np.sort((random.uniform(count) * n_events).astype(np.float32))
    places = np.maximum(np.ceil(positions).astype(np.int64), 1) - 1
    rank = np.arange(len(places))
    chosen = np.maximum.accumulate(places - rank) + rank
    return chosen[chosen < n_events].astype(np.intp)
