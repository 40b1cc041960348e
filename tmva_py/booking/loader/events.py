"""Where events come from: one after another, as a script's loop adds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tmva_py.booking.loader.state import LoaderState
from tmva_py.booking.loader_arguments import tree_type_of
from tmva_py.data.data_set_info import SIGNAL_CLASS
from tmva_py.data.event_reading import TreeType
from tmva_py.data.specification import BACKGROUND_CLASS
from tmva_py.errors import BookingError


class EventCalls(LoaderState):
    """The calls that add one event."""

    def AddEvent(self, className: Any, treetype: Any, event: Sequence[float], weight: float = 1.0) -> None:
        """Add one event: the values of variables, then targets, then spectators."""
        name, kind = str(className), tree_type_of(treetype)
        values = [float(value) for value in event]
        info = self.info
        expected = len(info.variables) + len(info.targets) + len(info.spectators)
        if len(values) != expected:
            message = (
                f"AddEvent of class {name!r}: expected {expected} values ({len(info.variables)} variables, "
                f"{len(info.targets)} targets, {len(info.spectators)} spectators), got {len(values)}"
            )
            raise BookingError(message)
        if kind is TreeType.UNASSIGNED:
            message = "AddEvent: an event is for training or for testing; give one of the two tree types"
            raise BookingError(message)
        self._add_class(name)
        self._added_events.add(name, kind, values, float(weight))
        self._changed()

    def AddTrainingEvent(self, className: Any, event: Sequence[float], weight: float = 1.0) -> None:
        """Add a training event of a class."""
        self.AddEvent(className, TreeType.TRAINING, event, weight)

    def AddTestEvent(self, className: Any, event: Sequence[float], weight: float = 1.0) -> None:
        """Add a test event of a class."""
        self.AddEvent(className, TreeType.TESTING, event, weight)

    def AddSignalTrainingEvent(self, event: Sequence[float], weight: float = 1.0) -> None:
        """Add a training event of class Signal."""
        self.AddEvent(SIGNAL_CLASS, TreeType.TRAINING, event, weight)

    def AddSignalTestEvent(self, event: Sequence[float], weight: float = 1.0) -> None:
        """Add a test event of class Signal."""
        self.AddEvent(SIGNAL_CLASS, TreeType.TESTING, event, weight)

    def AddBackgroundTrainingEvent(self, event: Sequence[float], weight: float = 1.0) -> None:
        """Add a training event of class Background."""
        self.AddEvent(BACKGROUND_CLASS, TreeType.TRAINING, event, weight)

    def AddBackgroundTestEvent(self, event: Sequence[float], weight: float = 1.0) -> None:
        """Add a test event of class Background."""
        self.AddEvent(BACKGROUND_CLASS, TreeType.TESTING, event, weight)

    def SetInputTreesFromEventAssignTrees(self) -> None:
        """Take the events that were added one by one, which happens without this call too."""
        self._take_added_events()
