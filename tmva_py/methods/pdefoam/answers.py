"""What foams say of events: the values of their cells, alone or together with those around them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.kernels.foams import cell_numbers, densest_cells, density_means, gauss_means
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Floats
from tmva_py.methods.pdefoam.foam import Foam

Array = npt.NDArray[Any]

KERNELS = ("None", "Gauss", "LinNeighbors")
"""How the values of cells are mixed, in the order of their numbers in weight files."""

SELECTIONS = ("Mean", "Mpv")
"""Which of the targets of cells is taken, again by number."""

_STEP = np.float32(1e-6)
_SINGLE_EPSILON = np.finfo(np.float32).eps
_UNKNOWN = np.float32(-1.0)
_NONE = np.empty(0, np.intp)


class Answers:
    """A foam's answers.

    Parameters
    ----------
    foam : Foam
        The foam.
    backend : Backend
        Where points are looked for.
    kernel : str
        One of `KERNELS`.
    sigma : float
        Of the Gaussian, in parts of the foam; exact in float32.
    """

    def __init__(self, foam: Foam, backend: Backend, kernel: str = "None", sigma: float = 0.0) -> None:
        self.foam, self.kernel, self.sigma = foam, kernel, sigma
        self._backend = backend
        self._is_empty: Array = np.zeros(len(foam), bool)
        if foam.kind == "Target":
            # The error of a cell without events.
            self._is_empty = foam.values[:, 1] == _UNKNOWN

    @lazy
    def _has_empty(self) -> bool:
        return bool(self._is_empty.any())

    def of(self, x: Floats, values: Floats) -> Floats:
        """Return the mixture of cells' `values` (n, k) for events, (N, k)."""
        points = self.foam.inside(x)
        at = self.cells_of(points)
        unknown = np.flatnonzero(self._is_empty[at]) if self._has_empty else _NONE
        if self.kernel == "Gauss":
            found = self._gauss(points, at, values)
        elif self.kernel == "LinNeighbors":
            found = self._between(points, at, values)
        else:
            found = values[at]
        if len(unknown):
            found[unknown] = self._around(points[unknown], at[unknown], values)
        return found

    def cells_of(self, points: Floats) -> Array:
        """Return the cells that points inside the foam lie in."""
        foam, backend = self.foam, self._backend
        points = np.ascontiguousarray(points)
        found: Array = cell_numbers.on(backend)(backend.xp, x=points, cells=foam.cells, depth=foam.depth)
        return found

    def targets(self, x: Floats, selection: str) -> Floats:
        """Return the targets that a foam of variables and targets expects of events."""
        foam, backend, n_known = self.foam, self._backend, x.shape[1]
        low, high, wide = foam.minimum[:n_known], foam.maximum[:n_known], x.astype(np.float64)
        wide = np.where(wide >= high, high - _SINGLE_EPSILON, np.where(x <= low, low + _SINGLE_EPSILON, wide))
        points = foam.inside(wide.astype(np.float32))
        # What is no number is above every border.
        points = np.ascontiguousarray(np.where(np.isnan(points), np.float32(np.inf), points))
        order, over, upto = foam.spans
        begin, size = foam.box
        middle = (begin + 0.5 * size)[order, n_known:]
        centers = np.ascontiguousarray(foam.outside(middle, n_known))
        known = {
            "x": points,
            "over": np.ascontiguousarray(over[:, :n_known]),
            "upto": np.ascontiguousarray(upto[:, :n_known]),
            "density": foam.densities[order].astype(np.float64),
        }
        if selection == "Mpv":
            found = densest_cells.on(backend)(backend.xp, **known)
            return np.where((found >= 0)[:, None], centers[found], np.float32(0.0))
        sums, norm = density_means.on(backend)(backend.xp, **known, centers=centers)
        enough = (norm > _SINGLE_EPSILON)[:, None]
        span = ((foam.maximum - foam.minimum) / 2.0)[n_known:].astype(np.float32)
        result: Floats = np.where(enough, sums / np.where(enough, norm[:, None], np.float32(1.0)), span)
        return result

    def _gauss(self, points: Floats, at: Array, values: Floats) -> Floats:
        foam, backend = self.foam, self._backend
        active = foam.active
        begin, size = foam.box
        empty = self._is_empty[active]
        instead = (
            self._around(points, at, values)
            if empty.any()
            else np.zeros((len(points), values.shape[1]), np.float32)
        )
        found: Floats = gauss_means.on(backend)(
            backend.xp,
            x=np.ascontiguousarray(np.clip(points, np.float32(0.0), np.float32(1.0))),
            low=np.ascontiguousarray(begin[active]),
            high=np.ascontiguousarray((begin + size)[active]),
            values=np.ascontiguousarray(values[active]),
            empty=empty,
            instead=instead,
            sigma=self.sigma,
        )
        return found

    def _around(self, points: Floats, at: Array, values: Floats) -> Floats:
        """Return the means of the cells beside those of points, of those that are known."""
        total = np.zeros((len(points), values.shape[1]), np.float32)
        count = np.zeros(len(points), np.float32)
        for axis in range(self.foam.n_dimensions):
            for side in (self._before(points, at, axis), self._behind(points, at, axis)):
                known = ~self._is_empty[side]
                total[known] += values[side[known]]
                count += known
        return _mean(total, count, np.zeros_like(total))

    def _between(self, points: Floats, at: Array, values: Floats) -> Floats:
        """Return values on straight lines between the middles of cells and of those beside them."""
        begin, size = self.foam.box
        own = values[at]
        unknown = self._is_empty[at]
        if unknown.any():
            own[unknown] = self._around(points[unknown], at[unknown], values)
        total = np.zeros_like(own)
        count = np.zeros(len(points), np.float32)
        parts = ((points.astype(np.float64) - begin[at]) / size[at]).astype(np.float32)
        for axis, part in enumerate(parts.T):
            is_left = part < 0.5
            beside = np.where(is_left, self._before(points, at, axis), self._behind(points, at, axis))
            away = np.where(is_left, part, np.float32(1.0) - part).astype(np.float64)[:, None]
            known = ~self._is_empty[beside]
            first = (total + own * (0.5 + away)).astype(np.float32)
            second = (first + values[beside] * (0.5 - away)).astype(np.float32)
            total = np.where(known[:, None], second, total)
            count += known
        return _mean(total, count, own)

    def _before(self, points: Floats, at: Array, axis: int) -> Array:
        moved = points.copy()
        moved[:, axis] = self.foam.box[0][at, axis] - _STEP
        return self.cells_of(moved)

    def _behind(self, points: Floats, at: Array, axis: int) -> Array:
        begin, size = self.foam.box
        moved = points.copy()
        moved[:, axis] = begin[at, axis] + size[at, axis] + _STEP
        return self.cells_of(moved)


def _mean(total: Floats, count: Floats, otherwise: Floats) -> Floats:
    some = (count > 0)[:, None]
    mean: Floats = np.where(some, total / np.where(some, count[:, None], np.float32(1.0)), otherwise)
    return mean
