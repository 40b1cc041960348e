"""The events of a data loader, in TMVA's spelling."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.booking.event import Event
from tmva_py.booking.loader_arguments import tree_type_of
from tmva_py.data.event_reading import TreeType
from tmva_py.data.events import DataSet, Events
from tmva_py.errors import BookingError


class DataSetView:
    """``TMVA::DataSet``: training and test events.

    As in TMVA there is a current sample, the training events at first, for calls that do not name one.
    """

    def __init__(self, data_set: DataSet) -> None:
        self._data_set = data_set
        self._current = TreeType.TRAINING

    def GetName(self) -> str:
        """Return the data set's name."""
        return self._data_set.info.name

    def SetCurrentType(self, kind: Any) -> None:
        """Choose the sample of calls that do not name one."""
        self._current = self._kind(kind)

    def GetCurrentType(self) -> int:
        """Return the number of the sample of calls that do not name one."""
        return int(self._current)

    def GetNVariables(self) -> int:
        """Return the number of variables."""
        return len(self._data_set.info.variables)

    def GetNTargets(self) -> int:
        """Return the number of targets."""
        return len(self._data_set.info.targets)

    def GetNSpectators(self) -> int:
        """Return the number of spectators."""
        return len(self._data_set.info.spectators)

    def GetNEvents(self, kind: Any = None) -> int:
        """Return the number of events of a sample."""
        return len(self._sample(kind))

    def GetNTrainingEvents(self) -> int:
        """Return the number of training events."""
        return len(self._data_set.training)

    def GetNTestEvents(self) -> int:
        """Return the number of test events."""
        return len(self._data_set.testing)

    def GetNClassEvents(self, kind: Any, class_index: int) -> int:
        """Return the number of a class's events in a sample."""
        return int(np.count_nonzero(self._sample(kind).class_index == class_index))

    def GetNEvtSigTrain(self) -> int:
        """Return the number of signal events for training."""
        return self._of_signal(self._data_set.training)

    def GetNEvtBkgdTrain(self) -> int:
        """Return the number of training events of all other classes."""
        return len(self._data_set.training) - self.GetNEvtSigTrain()

    def GetNEvtSigTest(self) -> int:
        """Return the number of signal events for tests."""
        return self._of_signal(self._data_set.testing)

    def GetNEvtBkgdTest(self) -> int:
        """Return the number of test events of all other classes."""
        return len(self._data_set.testing) - self.GetNEvtSigTest()

    def HasNegativeEventWeights(self) -> bool:
        """Return whether an event of either sample has a weight below 0."""
        return any((one.weight < 0).any() for one in (self._data_set.training, self._data_set.testing))

    def GetEvent(self, index: int, kind: Any = None) -> Event:
        """Return an event of a sample, in TMVA's order."""
        return _event(self._sample(kind), index)

    def GetTrainingEvent(self, index: int) -> Event:
        """Return a training event."""
        return _event(self._data_set.training, index)

    def GetTestEvent(self, index: int) -> Event:
        """Return a test event."""
        return _event(self._data_set.testing, index)

    def GetEventCollection(self, kind: Any = None) -> list[Event]:
        """Return all events of a sample."""
        events = self._sample(kind)
        return [_event(events, index) for index in range(len(events))]

    def _of_signal(self, events: Events) -> int:
        return int(np.count_nonzero(events.class_index == self._data_set.info.signal_class_index))

    def _kind(self, kind: Any) -> TreeType:
        chosen = tree_type_of(kind)
        if chosen is TreeType.UNASSIGNED:
            message = f"events are for Types.kTraining or Types.kTesting, got {kind!r}"
            raise BookingError(message)
        return chosen

    def _sample(self, kind: Any) -> Events:
        chosen = self._current if kind is None else self._kind(kind)
        return self._data_set.training if chosen is TreeType.TRAINING else self._data_set.testing


def _event(events: Events, index: int) -> Event:
    if not 0 <= index < len(events):
        message = f"there is no event {index}: the sample has {len(events)}, numbered from 0"
        raise BookingError(message)
    return Event(
        events.x[index],
        events.targets[index],
        events.spectators[index],
        int(events.class_index[index]),
        float(events.weight[index]),
    )
