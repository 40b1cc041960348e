"""``TMVA.Event``: the values of one event with its class and weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tmva_py.errors import BookingError
from tmva_py.message_log import MessageLog

_LEAST_BOOST = 0.0001


class Event:
    """One event. Its values are float32, as in TMVA; changes of it do not reach the data set that it is from.

    Forms, as in TMVA: ``Event(values, class=0, weight=1, boost_weight=1)``, ``Event(values, targets, class,
    weight, boost_weight)`` and ``Event(values, targets, spectators, class, weight, boost_weight)``.

    Raises
    ------
    BookingError
        The arguments are of none of these forms.

    Examples
    --------
    >>> event = Event([1.5, 2.0], [], [7.0], 1, 0.5)
    >>> event.GetValue(1), event.GetSpectator(0), event.GetClass(), event.GetWeight()
    (2.0, 7.0, 1, 0.5)
    """

    def __init__(self, values: Any = (), *arguments: Any) -> None:
        lists = [list(values)]
        numbers = list(arguments)
        while numbers and not isinstance(numbers[0], (int, float, np.number)):
            lists.append(list(numbers.pop(0)))
        if len(lists) > 3 or len(numbers) > 3:
            message = (
                "Event takes (values, class, weight, boost weight), with targets and spectators after the "
                f"values if need be; got {1 + len(arguments)} arguments"
            )
            raise BookingError(message)
        variables, targets, spectators = (*lists, [], [])[:3]
        self._values, self._targets = _singles(variables), _singles(targets)
        # Those of integers are exact.
        self._spectators = [float(value) for value in spectators]
        self._class = int(numbers[0]) if numbers else 0
        self._weight, self._boost = (float(one) for one in (*numbers[1:], 1.0, 1.0)[:2])

    def __repr__(self) -> str:
        return f"<Event of class {self._class}, weight {self.GetWeight():g}: {self._values}>"

    def GetNVariables(self) -> int:
        """Return the number of variables."""
        return len(self._values)

    def GetNTargets(self) -> int:
        """Return the number of targets."""
        return len(self._targets)

    def GetNSpectators(self) -> int:
        """Return the number of spectators."""
        return len(self._spectators)

    def GetValue(self, index: int) -> float:
        """Return a variable's value."""
        return self._values[index]

    def GetTarget(self, index: int) -> float:
        """Return a target."""
        return self._targets[index]

    def GetSpectator(self, index: int) -> float:
        """Return a spectator's value."""
        return self._spectators[index]

    def GetValues(self) -> list[float]:
        """Return the values of all variables."""
        return list(self._values)

    def GetTargets(self) -> list[float]:
        """Return all targets."""
        return list(self._targets)

    def GetSpectators(self) -> list[float]:
        """Return the values of all spectators."""
        return list(self._spectators)

    def GetClass(self) -> int:
        """Return the index of the class."""
        return self._class

    def GetWeight(self) -> float:
        """Return the weight, times that of boosting."""
        return self._weight * self._boost

    def GetOriginalWeight(self) -> float:
        """Return the weight without that of boosting."""
        return self._weight

    def GetBoostWeight(self) -> float:
        """Return the weight of boosting, 0.0001 at least, as in TMVA."""
        return max(_LEAST_BOOST, self._boost)

    def SetVal(self, index: int, value: float) -> None:
        """Set a variable's value."""
        _set(self._values, index, np.float32(value))

    def SetTarget(self, index: int, value: float) -> None:
        """Set a target; one beyond the last makes room, with zeros between."""
        _set(self._targets, index, np.float32(value))

    def SetSpectator(self, index: int, value: float) -> None:
        """Set a spectator's value; one beyond the last makes room, with zeros between."""
        _set(self._spectators, index, value)

    def SetClass(self, index: int) -> None:
        """Set the class."""
        self._class = int(index)

    def SetWeight(self, weight: float) -> None:
        """Set the weight."""
        self._weight = float(weight)

    def SetBoostWeight(self, weight: float) -> None:
        """Set the weight of boosting."""
        self._boost = float(weight)

    def ScaleBoostWeight(self, factor: float) -> None:
        """Multiply the weight of boosting."""
        self._boost *= float(factor)

    def Print(self, option: object = "") -> None:  # noqa: ARG002 - ROOT's signature
        """Print all values."""
        parts = (("values", self._values), ("targets", self._targets), ("spectators", self._spectators))
        lines = [f"{name}: {', '.join(f'{value:g}' for value in values)}" for name, values in parts if values]
        MessageLog("Event").info(
            "\n".join(
                [*lines, f"class: {self._class}, weight: {self._weight:g}, boost weight: {self._boost:g}"]
            )
        )


def _singles(values: Sequence[Any]) -> list[float]:
    with np.errstate(over="ignore"):  # beyond float32 is infinite, as in TMVA
        singles: list[float] = np.array(values, np.float32).tolist()
    return singles


def _set(values: list[float], index: int, value: Any) -> None:
    values.extend([0.0] * (index + 1 - len(values)))
    values[index] = float(value)
