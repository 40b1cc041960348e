"""The training events of a rule ensemble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.data import DataSetInfo, Events
from tmva_py.errors import TrainingError
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Doubles, Floats


@dataclass(frozen=True, eq=False)
class Sample:
    """N events.

    Attributes
    ----------
    columns : ndarray of float32, shape (n_variables, N)
        The variables.
    weight : ndarray of float64, shape (N,)
        Event weights.
    is_signal : ndarray of bool, shape (N,)
        Whether an event is of the signal class.
    class_index : ndarray of int32, shape (N,)
        Classes.
    """

    columns: Floats
    weight: Doubles
    is_signal: npt.NDArray[np.bool_]
    class_index: npt.NDArray[np.int32]

    @classmethod
    def of(cls, events: Events, info: DataSetInfo, owner: str) -> Sample:
        """Return events.

        Raises
        ------
        TrainingError
            There are too few, or one has a value that is not finite.
        """
        if len(events) < 4:
            message = f"{owner}: {len(events)} training events; half of them follow the path, half check it"
            raise TrainingError(message)
        finite = np.isfinite(events.x).all(axis=0)
        if not finite.all():
            label = info.variables[int(np.argmin(finite))].label
            message = f"{owner}: variable {label!r} of a training event is not finite"
            raise TrainingError(message)
        signal = events.class_index == info.signal_class_index
        columns = np.ascontiguousarray(events.x.T)
        return cls(columns, events.weight.astype(np.float64), signal, events.class_index)

    def __len__(self) -> int:
        return len(self.weight)

    @lazy
    def total(self) -> float:
        """The sum of the weights."""
        return in_order(self.weight)


def in_order(values: Doubles) -> float:
    """Return a sum taken from the first value to the last."""
    return float(np.cumsum(values)[-1]) if len(values) else 0.0


def variance(squares: float, total: float, n: int) -> float:
    """Return the variance of n numbers by their sum and that of their squares, as TMVA computes it."""
    with np.errstate(all="ignore"):
        return float(np.float64(squares - total * total / np.float64(n)) / np.float64(n - 1))
