"""Finding the nearest training events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend, make_backend
from tmva_py.kernels.neighbours import LANES, Points, nearest
from tmva_py.kernels.search_trees import SearchTree, first_visited
from tmva_py.lazy import lazy
from tmva_py.methods.inputs import Floats
from tmva_py.methods.knn.tree import balanced_tree

Array = npt.NDArray[Any]

# Beyond what is needed, so that rounding to single precision cannot bring a further point in.
_MORE = 8
# Queries by which the others are judged.
_PILOTS = 64


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Points among which the nearest are found, as TMVA finds them.

    Attributes
    ----------
    x : ndarray of float32, shape (n, n_variables)
        The points.
    can_be_found : ndarray of bool, shape (n,)
        Whether a point may be an answer; TMVA passes by those whose weight is not above 0.
    balance_depth : int
        How many levels of TMVA's tree are at medians.
    """

    x: Floats
    can_be_found: npt.NDArray[np.bool_]
    balance_depth: int

    @lazy
    def _numbers(self) -> Array:
        return np.flatnonzero(self.can_be_found)

    @lazy
    def _found_x(self) -> Floats:
        return np.ascontiguousarray(self.x[self._numbers])

    @property
    def n_points(self) -> int:
        """How many points can be found."""
        return len(self._numbers)

    @lazy
    def tree(self) -> SearchTree:
        """The tree in which TMVA comes across the points."""
        return balanced_tree(self.x, self.can_be_found, self.balance_depth, make_backend("cpu"))

    @lazy
    def points(self) -> Points:
        """The points in boxes."""
        return points_in_boxes(self._found_x)

    @lazy
    def _double_search(self) -> Any:
        from scipy.spatial import cKDTree

        return cKDTree(self._found_x.astype(np.float64))

    def nearest(self, queries: Floats, count: int, backend: Backend) -> tuple[Array, Floats]:
        """Return numbers and squared distances, (N, count), of the points nearest to each query.

        Equally far ones are in the order in which TMVA comes across them; there are at least so many points.
        """
        pilots = self._nearest(queries[:_PILOTS], count, backend)
        # Where most have equally far points, looking for the nearest is in vain.
        if 2 * len(pilots[2]) > min(len(queries), _PILOTS):
            numbers, distances = self._visited(queries, count, backend)
        else:
            few = len(queries) <= _PILOTS
            numbers, distances, tied = pilots if few else self._nearest(queries, count, backend)
            if len(tied):
                numbers[tied], distances[tied] = self._visited(queries[tied], count, backend)
        # Infinitely far points are all equally far.
        return numbers, np.fmin(distances, np.float32(np.inf))

    def _visited(self, queries: Floats, count: int, backend: Backend) -> tuple[Array, Floats]:
        rows = np.ascontiguousarray(queries)
        return first_visited.on(backend)(np, queries=rows, x=self.x, tree=self.tree, count=count)

    def _nearest(self, queries: Floats, count: int, backend: Backend) -> tuple[Array, Floats, Array]:
        """Return numbers and distances, and which queries have equally far points."""
        wanted = min(count + 1, self.n_points)
        are_finite = np.isfinite(queries)
        if are_finite.all():
            places, distances = self._found(queries, wanted, backend)
        else:
            finite = np.asarray(are_finite.all(axis=1))
            places = np.zeros((len(queries), wanted), np.int32)
            distances = np.full((len(queries), wanted), np.float32(np.inf))
            if finite.any():
                places[finite], distances[finite] = self._found(queries[finite], wanted, backend)
        (tied,) = (distances[:, 1:] == distances[:, :-1]).any(axis=1).nonzero()
        return self._numbers[places[:, :count]], distances[:, :count], tied

    def _found(self, queries: Floats, wanted: int, backend: Backend) -> tuple[Array, Floats]:
        """Return numbers and distances for finite queries."""
        rows = np.ascontiguousarray(queries)
        if "numba" in backend.kernel_sets:
            return nearest.on(backend)(backend.xp, queries=rows, points=self.points, count=wanted)
        return self._by_scipy(rows, wanted)

    def _by_scipy(self, queries: Floats, wanted: int) -> tuple[Array, Floats]:
        places = np.zeros((len(queries), wanted), np.int32)
        distances = np.zeros((len(queries), wanted), np.float32)
        left, more = np.arange(len(queries)), min(wanted + _MORE, self.n_points)
        # A distance in single precision is wrong by no more than this part of it.
        rounding = (self.x.shape[1] + 2) * float(np.finfo(np.float32).eps)
        while len(left):
            far, candidates = self._double_search.query(
                queries[left].astype(np.float64), k=range(1, more + 1)
            )
            candidates = np.sort(candidates, axis=1)
            total = np.zeros(candidates.shape, np.float32)
            with np.errstate(over="ignore"):
                for variable in range(self.x.shape[1]):
                    difference = self._found_x[candidates, variable] - queries[left, variable, None]
                    total += difference * difference
            order = np.argsort(total, axis=1, kind="stable")[:, :wanted]
            places[left] = np.take_along_axis(candidates, order, axis=1)
            distances[left] = np.take_along_axis(total, order, axis=1)
            is_sure = far[:, -1] ** 2 * (1 - rounding) > distances[left, -1].astype(np.float64) * (
                1 + rounding
            )
            if more == self.n_points:
                break
            left, more = left[~is_sure], min(2 * more, self.n_points)
        return places, distances


def points_in_boxes(x: Floats) -> Points:
    """Return points (n, n_variables) in boxes that are halved at the median of their widest variable."""
    n_levels = max(0, int(np.ceil(np.log2(max(len(x), 1) / LANES))))
    parts = [np.arange(len(x))]
    low, high = [], []
    for level in range(n_levels + 1):
        halves = []
        for part in parts:
            inside = x[part]
            low.append(inside.min(axis=0))
            high.append(inside.max(axis=0))
            if level < n_levels:
                widest = int(np.argmax(high[-1].astype(np.float64) - low[-1]))
                middle = len(part) // 2
                order = np.argpartition(inside[:, widest], middle)
                halves += [part[order[:middle]], part[order[middle:]]]
        if level < n_levels:
            parts = halves
    columns = np.full((len(parts), x.shape[1], LANES), np.nan, np.float32)
    number = np.full((len(parts), LANES), -1, np.int32)
    for box, part in enumerate(parts):
        columns[box, :, : len(part)] = x[part].T
        number[box, : len(part)] = part
    return Points(columns, number, np.array(low, np.float32), np.array(high, np.float32))
