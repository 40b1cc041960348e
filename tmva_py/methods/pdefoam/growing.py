"""Growing a foam: the cell where a division gains most is divided, until there are enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import TrainingError
from tmva_py.methods.inputs import Doubles, Floats
from tmva_py.methods.pdefoam.densities import Density, Place
from tmva_py.methods.pdefoam.foam import Foam, Growth

Array = npt.NDArray[Any]

_EPSILON = float(np.finfo(np.float64).eps)
_SINGLE_EPSILON = float(np.finfo(np.float32).eps)


class Growing:
    """Cells in the making; attributes are those of `Foam`.

    Parameters
    ----------
    density : Density
        What is looked at.
    n_cells : int
        How many there are at most, all levels together.
    n_dimensions, n_events : int
        Of the events.
    growth : Growth
        The options.
    """

    def __init__(
        self, density: Density, n_cells: int, n_dimensions: int, n_events: int, growth: Growth
    ) -> None:
        self._density, self._most, self._growth = density, n_cells, growth
        self.axis = np.full(n_cells, -1, np.int32)
        self.division = np.full(n_cells, 0.5)
        self.parent = np.full(n_cells, -1, np.int32)
        self.daughters = np.full((n_cells, 2), -1, np.int32)
        self.volume, self.integral, self.drive, self._n_events = (np.zeros(n_cells) for _ in range(4))
        self._depth = np.ones(n_cells, np.int64)
        # Of cells that may be divided: which events may be in their daughters.
        self._inside: dict[int, Array] = {0: np.arange(n_events)}
        self._n_dimensions = n_dimensions
        self.n_cells = 1

    def run(self, advance: Callable[[], None]) -> None:
        """Divide cells; `advance` is told of every two new ones.

        Raises
        ------
        TrainingError
            There is nothing to divide by.
        """
        self._explore(0)
        if self._density.updates_parents and (self.integral[0] == 0 or self.axis[0] < 0):
            message = (
                "no events were found in the boxes that were looked at; take a larger VolFrac or more nSampl"
            )
            raise TrainingError(message)
        while self.n_cells + 1 < self._most:
            cell = self._next()
            if cell < 0:
                break
            self._divide(cell)
            advance()

    def _next(self) -> int:
        """Return the cell whose division gains most, −1 if none may be divided."""
        made = slice(0, self.n_cells)
        growth, drive, part = self._growth, self.drive[made], np.abs(self.division[made])
        may = (self.daughters[made, 0] < 0) & (drive >= _SINGLE_EPSILON)
        may &= (part > _EPSILON) & (part < 1.0 - _EPSILON)
        if growth.max_depth > 0:
            may &= self._depth[made] < growth.max_depth
        if growth.n_min > 0:
            may &= self._n_events[made] > growth.n_min
        return int(np.argmax(np.where(may, drive, -1.0))) if may.any() else -1

    def _divide(self, cell: int) -> None:
        first = self.n_cells
        self.daughters[cell] = first, first + 1
        for new in (first, first + 1):
            self.parent[new] = cell
            self._depth[new] = self._depth[cell] + 1
            self.integral[new], self.drive[new] = 0.5 * self.integral[cell], 0.5 * self.drive[cell]
        self.n_cells += 2
        self._inside[first] = self._inside[first + 1] = self._inside.pop(cell)
        self._explore(first)
        self._explore(first + 1)

    def _explore(self, cell: int) -> None:
        low, size, volume = self._place(cell)
        found = self._density.explore(Place(low, size, volume, self._inside[cell]))
        before = float(self.integral[cell]), float(self.drive[cell])
        self.volume[cell] = volume
        self.axis[cell], self.division[cell] = found.axis, found.division
        self.integral[cell], self.drive[cell] = found.integral, found.drive
        self._n_events[cell], self._inside[cell] = found.n_events, found.inside
        if not self._density.updates_parents:
            return
        above = int(self.parent[cell])
        while above >= 0:
            self.integral[above] = self.integral[above] + found.integral - before[0]
            self.drive[above] = self.drive[above] + found.drive - before[1]
            above = int(self.parent[above])

    def _place(self, cell: int) -> tuple[Doubles, Doubles, float]:
        """Return where a cell is, and its volume, from it upwards."""
        low, size = [0.0] * self._n_dimensions, [1.0] * self._n_dimensions
        at, above = cell, int(self.parent[cell])
        while above >= 0:
            axis, part = int(self.axis[above]), float(self.division[above])
            if self.daughters[above, 0] == at:
                size[axis] *= part
                low[axis] *= part
            else:
                size[axis] *= 1.0 - part
                low[axis] = low[axis] * (1.0 - part) + part
            at, above = above, int(self.parent[above])
        volume = 1.0
        for one in size:
            volume *= one
        return np.array(low), np.array(size), volume

    def foam(
        self, name: str, kind: str, selector: int, ends: tuple[Floats, Floats], variables: tuple[str, ...]
    ) -> Foam:
        """Return the foam, whose cells are empty."""
        made = slice(0, self.n_cells)
        return Foam(
            name=name,
            kind=kind,
            selector=selector,
            minimum=ends[0].astype(np.float64),
            maximum=ends[1].astype(np.float64),
            axis=self.axis[made],
            division=self.division[made],
            parent=self.parent[made],
            daughters=self.daughters[made],
            volume=self.volume[made],
            integral=self.integral[made],
            drive=self.drive[made],
            elements=np.zeros((self.n_cells, 2)),
            n_elements=np.zeros(self.n_cells, np.int32),
            growth=self._growth,
            variables=variables,
        )
