"""``TNtuple`` and ``TNtupleD``: trees of numbers that are filled as arguments."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.pyroot.standin.trees import TTree


class TNtuple(TTree):
    """A tree of floats that are filled as arguments."""

    _type: Any = np.float32

    def __init__(self, name: object, title: object, variables: object, *more: Any) -> None:
        super().__init__(name, title)
        names = str(variables).split(":")
        self._buffers = [np.zeros(1, self._type) for _ in names]
        for one, buffer in zip(names, self._buffers, strict=True):
            self.Branch(one, buffer)

    def Fill(self, *values: float) -> int:
        given: Any = values[0] if len(values) == 1 and len(self._buffers) > 1 else values
        for buffer, value in zip(self._buffers, given, strict=True):
            buffer[0] = value
        return super().Fill()

    def GetNvar(self) -> int:
        return len(self._buffers)

    def GetArgs(self) -> list[float]:
        """Return the last values that were filled."""
        return [float(buffer[0]) for buffer in self._buffers]


class TNtupleD(TNtuple):
    _type = np.float64
