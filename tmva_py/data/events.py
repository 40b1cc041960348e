"""Events as arrays, and the training and test samples."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.data.data_set_info import DataSetInfo

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Events:
    """A sample of N events; row i of every array is event i.

    Parameters
    ----------
    x : ndarray of float32, shape (N, n_variables)
        Values of the variables.
    targets : ndarray of float32, shape (N, n_targets)
        Regression targets.
    spectators : ndarray of float64, shape (N, n_spectators)
        Values of the spectators. Those of integers (`VariableInfo.whole_type`) are exact up to 2⁵³, for event
        numbers exceed what float32 can tell apart; all others are rounded to float32.
    weight : ndarray of float64, shape (N,)
        Event weights after renormalisation. Not float32: TMVA keeps an event's weight in double, so that
        the float32 product of tree weight and weight expression times the class's factor is not rounded.
    original_weight : ndarray of float64, shape (N,)
        Event weights before renormalisation; each is exact in float32.
    class_index : ndarray of int32, shape (N,)
        Index into ``DataSetInfo.classes``.
    """

    x: Floats
    targets: Floats
    spectators: npt.NDArray[np.floating]
    weight: npt.NDArray[np.float64]
    original_weight: npt.NDArray[np.float64]
    class_index: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.weight)

    def select(self, chosen: npt.NDArray[Any]) -> Events:
        """Return the events that a boolean mask keeps, or those at the given indices in their order."""
        return Events(*(getattr(self, field.name)[chosen] for field in dataclasses.fields(self)))

    @classmethod
    def empty(cls, n_variables: int, n_targets: int = 0, n_spectators: int = 0) -> Events:
        """Return a sample without events."""
        return cls(
            np.empty((0, n_variables), np.float32),
            np.empty((0, n_targets), np.float32),
            np.empty((0, n_spectators)),
            np.empty(0),
            np.empty(0),
            np.empty(0, np.int32),
        )

    @classmethod
    def concatenate(cls, parts: list[Events]) -> Events:
        """Return the events of all parts, one after the other; at least one part is needed."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            *(
                np.concatenate([getattr(part, field.name) for part in parts])
                for field in dataclasses.fields(cls)
            )
        )


@dataclass(frozen=True)
class DataSet:
    """Training and test events.

    Parameters
    ----------
    info : DataSetInfo
        Variables, targets, spectators, classes and what was computed from the training events.
    training, testing : Events
        The two samples, in TMVA's order.
    """

    info: DataSetInfo
    training: Events
    testing: Events
