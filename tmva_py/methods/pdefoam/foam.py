"""A foam: a tree of cells that divide a box of variables, each with what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import WeightFileError
from tmva_py.kernels.foams import Cells
from tmva_py.kernels.linear import fractions_of_ranges
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Doubles, Floats

Array = npt.NDArray[Any]

KINDS = ("Event", "Discriminant", "Target", "MultiTarget", "DecisionTree")
"""What cells hold: sums of weights, the part of a class and its error, a target and its error, sums over
variables and targets, again the part of a class. TMVA's classes are ``PDEFoam`` and one of these."""

_TINY = float(np.finfo(np.float64).eps)


@dataclass(frozen=True)
class Growth:
    """How a foam was grown; a file keeps it, responses do not need it."""

    n_bins: int
    n_samples: int
    events_per_bin: int
    n_min: int
    max_depth: int


@dataclass(frozen=True, eq=False)
class Foam:
    """Cells by number, the whole space first.

    Attributes
    ----------
    name : str
        As in the file, such as ``DiscrFoam``.
    kind : str
        One of `KINDS`.
    selector : int
        The class or target that cells are about; of MultiTarget, 0 for the mean and 1 for the densest cell.
    minimum, maximum : ndarray of float64, shape (n_dimensions,)
        The box; inside the foam it is from 0 to 1.
    axis : ndarray of int32, shape (n,)
        In which dimension a cell is divided, or would be next.
    division : ndarray of float64, shape (n,)
        Where, as a part of the cell.
    parent : ndarray of int32, shape (n,)
        −1 for the whole space.
    daughters : ndarray of int32, shape (n, 2)
        The lower and the upper part; −1 in cells that are not divided.
    volume, integral, drive : ndarray of float64, shape (n,)
        Volume, mean of the density and what a division is expected to gain, when the foam was grown.
    elements : ndarray of float64, shape (n, 2)
        What is known of cells.
    n_elements : ndarray of int32, shape (n,)
        How many of them a file holds; the others are 0.
    growth : Growth
        How it was grown.
    variables : tuple of str
        Names of the dimensions.
    """

    name: str
    kind: str
    selector: int
    minimum: Doubles
    maximum: Doubles
    axis: Array
    division: Doubles
    parent: Array
    daughters: Array
    volume: Doubles
    integral: Doubles
    drive: Doubles
    elements: Doubles
    n_elements: Array
    growth: Growth
    variables: tuple[str, ...] = ()

    def __getstate__(self) -> dict[str, Any]:
        kind = type(self)
        return {
            name: value
            for name, value in vars(self).items()
            if not isinstance(getattr(kind, name, None), lazy)
        }

    def __len__(self) -> int:
        return len(self.axis)

    @property
    def n_dimensions(self) -> int:
        """How many dimensions the space has."""
        return len(self.minimum)

    @lazy
    def active(self) -> Array:
        """Return the numbers of the cells that are not divided."""
        return np.flatnonzero(self.daughters[:, 0] < 0)

    @lazy
    def box(self) -> tuple[Doubles, Doubles]:
        """Return where cells begin and how large they are, both (n, n_dimensions): from each cell upwards."""
        low = np.zeros((len(self), self.n_dimensions))
        size = np.ones_like(low)
        rows = at = np.arange(len(self))
        while True:
            keep = self.parent[at] >= 0
            rows, at = rows[keep], at[keep]
            if not len(rows):
                return low, size
            up = self.parent[at]
            axis, part = self.axis[up], self.division[up]
            is_lower = self.daughters[up, 0] == at
            size[rows, axis] *= np.where(is_lower, part, 1.0 - part)
            begin = low[rows, axis]
            low[rows, axis] = np.where(is_lower, begin * part, begin * (1.0 - part) + part)
            at = up

    @lazy
    def cells(self) -> Cells:
        """Return the tree of cuts."""
        numbers = np.arange(len(self), dtype=np.int32)
        divided = self.daughters[:, 0] >= 0
        lower = np.where(divided, self.daughters[:, 0], numbers)
        upper = np.where(divided, self.daughters[:, 1], numbers)
        axis = np.where(divided, self.axis, 0)
        low, size = self.box
        border = low[lower, axis] + size[lower, axis]
        return Cells(
            axis.astype(np.int32),
            np.where(divided, border, 0.0),
            lower.astype(np.int32),
            upper.astype(np.int32),
        )

    @lazy
    def depth(self) -> int:
        """Return how many cuts a point passes at most."""
        return int(self.levels.max())

    @lazy
    def levels(self) -> Array:
        """Return how many cells are above each."""
        levels = np.zeros(len(self), np.int64)
        at = self.parent
        while (above := at >= 0).any():
            levels += above
            at = np.where(above, self.parent[at], -1)
        return levels

    @lazy
    def spans(self) -> tuple[Array, Doubles, Doubles]:
        """Return the cells that are not divided, depth first, and the borders that points in them pass.

        Points in such a cell are above the first border, up to the second one, both (n_active, n_dimensions).
        """
        cells = self.cells
        over = np.full((len(self), self.n_dimensions), -np.inf)
        upto = np.full_like(over, np.inf)
        found, waiting = [], [0]
        while waiting:
            cell = waiting.pop()
            if cells.below[cell] == cell:
                found.append(cell)
                continue
            axis, border = cells.axis[cell], cells.border[cell]
            for side in (cells.above[cell], cells.below[cell]):
                over[side], upto[side] = over[cell], upto[cell]
                waiting.append(int(side))
            over[cells.above[cell], axis] = max(over[cell, axis], border)
            upto[cells.below[cell], axis] = min(upto[cell, axis], border)
        order = np.array(found, np.int64)
        return order, over[order], upto[order]

    def inside(self, x: npt.NDArray[np.floating], first: int = 0) -> Floats:
        """Return values of dimensions from the `first` on as they are inside the foam."""
        part = slice(first, first + x.shape[1])
        found: Floats = fractions_of_ranges.at_hand(
            np, values=x, low=self.minimum[part], width=self._widths[part]
        )
        return found

    def outside(self, x: npt.NDArray[np.floating], first: int = 0) -> Floats:
        """Return values inside the foam as variables."""
        part = slice(first, first + x.shape[1])
        low, high = self.minimum[part], self.maximum[part]
        return (x.astype(np.float32).astype(np.float64) * (high - low) + low).astype(np.float32)

    @lazy
    def _widths(self) -> Doubles:
        return self.maximum - self.minimum

    @lazy
    def values(self) -> Floats:
        """Return what is known of cells in single precision, (n, 2)."""
        with np.errstate(over="ignore"):
            return self.elements.astype(np.float32)

    @lazy
    def densities(self) -> Floats:
        """Return the first value of cells over their volume."""
        with np.errstate(all="ignore"):
            density = self.values[:, 0].astype(np.float64) / self.volume
            return np.where(self.volume > _TINY, density, 0.0).astype(np.float32)

    @property
    def n_cuts(self) -> Array:
        """How often each dimension is cut."""
        divided = self.daughters[:, 0] >= 0
        return np.bincount(self.axis[divided], minlength=self.n_dimensions)

    def check(self) -> None:
        """Refuse what is no foam.

        Raises
        ------
        WeightFileError
            The message has the cell and what is wrong with it.
        """
        problem = _problem(self)
        if problem is not None:
            message = f"foam {self.name}: {problem}"
            raise WeightFileError(message)


def _problem(foam: Foam) -> str | None:
    """Return what is wrong with a foam."""
    if not (np.isfinite(foam.minimum).all() and np.isfinite(foam.maximum).all()):
        return "its box is not finite"
    if not (foam.minimum < foam.maximum).all():
        number = int(np.argmin(foam.minimum < foam.maximum))
        return f"dimension {number} goes from {foam.minimum[number]:g} to {foam.maximum[number]:g}"
    n = len(foam)
    if n < 1 or foam.parent[0] != -1:
        return "it has no cell that is the whole space"
    divided = (foam.daughters >= 0).any(axis=1)
    wrong = divided & (foam.daughters < 0).any(axis=1)
    if wrong.any():
        return f"cell {int(np.argmax(wrong))} has only one daughter"
    rows = np.flatnonzero(divided)
    below = foam.daughters[rows]
    if (below >= n).any() or (foam.parent >= n).any():
        return f"a cell has a relative beyond the last one, {n - 1}"
    if len(np.unique(below)) != n - 1 or below.size != n - 1 or (below == 0).any():
        return f"{n} cells, but {below.size} daughters; each cell but the first must be one, and once"
    if (foam.parent[below] != rows[:, None]).any():
        number = int(rows[np.argmax((foam.parent[below] != rows[:, None]).any(axis=1))])
        return f"cell {number} is not the parent of its daughters"
    axes = foam.axis[rows]
    if ((axes < 0) | (axes >= foam.n_dimensions)).any():
        number = int(rows[np.argmax((axes < 0) | (axes >= foam.n_dimensions))])
        return f"cell {number} is divided in dimension {foam.axis[number]} of {foam.n_dimensions}"
    parts = foam.division[rows]
    if not ((parts > 0) & (parts < 1)).all():
        number = int(rows[np.argmin((parts > 0) & (parts < 1))])
        return f"cell {number} is divided at {foam.division[number]:g}, which must be between 0 and 1"
    # Every cell is a daughter once: what the first one does not reach goes in a circle.
    reached, level = 0, np.array([0])
    while len(level):
        reached += len(level)
        level = foam.daughters[level].ravel()
        level = level[level >= 0]
    if reached != n:
        return f"only {reached} of {n} cells are reached from the first one"
    if np.isnan(foam.elements).any() or np.isnan(foam.volume).any():
        bad = np.isnan(foam.elements).any(axis=1) | np.isnan(foam.volume)
        return f"cell {int(np.argmax(bad))} has a value that is not a number"
    finite = divided | np.isfinite(foam.values[:, 0])
    if not finite.all():
        return f"cell {int(np.argmin(finite))} has a value that is not finite in single precision"
    return None
