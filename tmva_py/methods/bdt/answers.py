"""How a forest answers: its trees in the form that the kernels take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.backends import Backend
from tmva_py.data.products import product_in_order
from tmva_py.kernels.trees import FullTrees, Trees, full_tree_sums, leaf_sums, tree_sums, tree_values
from tmva_py.lazy import lazy
from tmva_py.methods.bdt.forest import Forest
from tmva_py.methods.inputs import Doubles, Floats

Array = npt.NDArray[Any]

# Deeper trees are walked through: all their nodes would be too many.
DEEPEST_FULL = 6
# Events whose Fisher discriminants are computed at once.
_BLOCK = 4096


@dataclass(frozen=True, eq=False)
class FisherCuts:
    """Cuts on linear combinations of the variables: each is one more column of events, 1 above the cut."""

    coefficients: Doubles
    """(n_cuts, n_variables)."""
    offset: Doubles
    cut: Floats

    def extended(self, x: Floats) -> Floats:
        """Return events with the columns added."""
        # In the order of the variables, as TMVA adds: the discriminants of events at a cut are exact.
        value = product_in_order(x, self.coefficients.T, self.offset)
        return np.concatenate([x, (value > self.cut).astype(np.float32)], axis=1)


class Answers:
    """A forest that answers.

    Parameters
    ----------
    forest : Forest
        The trees.
    values : ndarray of float32, shape (n_nodes,), or of float64, shape (n_nodes, n_columns)
        What each leaf answers; rows of answers are for `row_sums` alone.
    n_variables : int
        Columns of the events.
    """

    def __init__(self, forest: Forest, values: Floats | Doubles, n_variables: int) -> None:
        self._forest = forest
        self._values = values
        self._feature, self._cut, self._fisher = _features(forest, n_variables)
        self._inner = forest.node_type == 0
        own = np.arange(forest.n_nodes, dtype=np.int32)
        right, left = (np.where(self._inner, one, own) for one in (forest.right, forest.left))
        self._below = np.where(forest.cut_type, left, right)
        self._above = np.where(forest.cut_type, right, left)
        self._order = _by_level(forest, self._inner, self._below, self._above)

    @property
    def depth(self) -> Array:
        """How many decisions each tree has one after the other."""
        return self._order.depth

    def sums(self, x: Floats, weights: Doubles, n_outputs: int, backend: Backend) -> Doubles:
        """Return Σ w_t v_t over the trees t, t + K …, (N, K)."""
        kernel: Any = full_tree_sums if self._are_full else tree_sums
        run, trees = kernel.on(backend), self.full_trees if self._are_full else self.trees
        parts = [
            run(backend.xp, x=part, trees=trees, weights=weights, n_outputs=n_outputs)
            for part in self._parts(x)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def values(self, x: Floats, backend: Backend) -> Floats:
        """Return what each tree answers to each event, (n_trees, N)."""
        kernel = tree_values.on(backend)
        parts = [kernel(backend.xp, x=part, trees=self.trees) for part in self._parts(x)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)

    def row_sums(self, x: Floats, weights: Doubles, first: Doubles, backend: Backend) -> Doubles:
        """Return the weighted sums of rows of answers, which begin with `first`: (N, K)."""
        kernel = leaf_sums.on(backend)
        parts = [
            kernel(backend.xp, x=part, trees=self.trees, weights=weights, first=first)
            for part in self._parts(x)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    @lazy
    def _are_full(self) -> bool:
        """Whether the kernels get all nodes down to the deepest."""
        return 1 <= int(self.depth.max()) <= DEEPEST_FULL

    @lazy
    def trees(self) -> Trees:
        """The trees in the form for walking through them."""
        nodes = self._order.nodes
        return Trees(
            feature=np.where(self._inner, self._feature, 0)[nodes].astype(np.int32),
            cut=np.where(self._inner, self._cut, np.float32(np.nan))[nodes],
            below=self._order.below,
            value=self._values[nodes],
            root=np.arange(len(self._forest), dtype=np.int32),
            depth=self.depth,
        )

    @lazy
    def full_trees(self) -> FullTrees:
        """The trees with all nodes down to the deepest; leaves above it have copies of themselves below."""
        features, cuts = [], []
        level = self._forest.starts[:-1, None]
        for _ in range(int(self.depth.max())):
            decides = self._inner[level]
            features.append(np.where(decides, self._feature[level], 0))
            cuts.append(np.where(decides, self._cut[level], np.float32(np.inf)))
            level = np.stack([self._below[level], self._above[level]], axis=2).reshape(len(level), -1)
        return FullTrees(
            np.concatenate(features, axis=1).astype(np.int32),
            np.concatenate(cuts, axis=1).astype(np.float32),
            self._values[level],
        )

    def _parts(self, x: Floats) -> list[Floats]:
        if self._fisher is None:
            return [x]
        starts = range(0, max(1, len(x)), _BLOCK)
        return [self._fisher.extended(x[start : start + _BLOCK]) for start in starts]


@dataclass(frozen=True)
class _Order:
    """The nodes that events can reach, level by level, children side by side."""

    nodes: Array
    below: Array
    depth: Array


def _by_level(forest: Forest, inner: Array, below: Array, above: Array) -> _Order:
    roots = forest.starts[:-1]
    trees = np.arange(len(forest))
    depth = np.zeros(len(forest), np.int32)
    levels, children = [roots], []
    level, of_tree, count, number = roots, trees, len(roots), 0
    while len(level):
        decides = inner[level]
        places = np.arange(count - len(level), count)
        firsts = count + 2 * np.cumsum(decides) - 2
        children.append(np.where(decides, firsts, places))
        parents, of_tree = level[decides], np.repeat(of_tree[decides], 2)
        level = np.stack([below[parents], above[parents]], axis=1).ravel()
        count += len(level)
        number += 1
        depth[of_tree] = number
        levels.append(level)
    return _Order(np.concatenate(levels).astype(np.int32), np.concatenate(children).astype(np.int32), depth)


def _features(forest: Forest, n_variables: int) -> tuple[Array, Array, FisherCuts | None]:
    """Return the column and the cut of each node, and the columns that are to be added."""
    if not forest.has_fisher_cuts:
        return forest.variable, forest.cut, None
    nodes = np.flatnonzero((np.diff(forest.coefficient_starts) > 0) & (forest.node_type == 0))
    if not len(nodes):
        return forest.variable, forest.cut, None
    rows = np.stack([forest.coefficients_of(node) for node in nodes.tolist()])
    feature, cut = forest.variable.copy(), forest.cut.copy()
    feature[nodes] = n_variables + np.arange(len(nodes))
    cut[nodes] = 0.5
    return feature, cut, FisherCuts(np.ascontiguousarray(rows[:, :-1]), rows[:, -1], forest.cut[nodes])
