"""Responses of decision trees to events x (N, n_features).

At a node an event goes on to one child if x < cut or x is not a number, to the other if x ≥ cut. Sums are
taken in double precision in the order of the trees, so that every version gives the same bits.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any


class Trees(NamedTuple):
    """Trees of any shape; the nodes of all of them are in one row.

    A node's child for x ≥ cut follows the one for x < cut. A leaf is its own child, and its cut is not a
    number, so that nothing leaves it.
    """

    feature: Array
    """Columns of x that the nodes compare, int32."""
    cut: Array
    """Float32."""
    below: Array
    """Each node's child for x < cut, int32."""
    value: Array
    """The leaves' answers, float32."""
    root: Array
    """Each tree's first node, int32."""
    depth: Array
    """How many decisions an event passes at most in each tree, int32."""


class FullTrees(NamedTuple):
    """T trees of one depth D with all their nodes: those of node i are 2i + 1 for x < cut and 2i + 2."""

    feature: Array
    """(T, 2^D − 1), int32."""
    cut: Array
    """(T, 2^D − 1), float32."""
    value: Array
    """(T, 2^D), float32: the leaves from left to right."""


@kernel
def tree_values(xp: Any, *, x: Array, trees: Trees) -> Array:
    """The trees' answers, (T, N) in float32."""
    values = xp.empty((len(trees.root), len(x)), trees.value.dtype)
    for tree in range(len(trees.root)):
        values[tree] = trees.value[_leaves(xp, x, trees, tree)]
    return values


@kernel
def tree_sums(xp: Any, *, x: Array, trees: Trees, weights: Array, n_outputs: int) -> Array:
    """Σ w_t v_t over the trees t, t + K, t + 2K … for each of K outputs, (N, K) in double precision."""
    sums = xp.zeros((len(x), n_outputs), xp.float64)
    for tree in range(len(trees.root)):
        values = trees.value[_leaves(xp, x, trees, tree)]
        sums[:, tree % n_outputs] += weights[tree] * values.astype(xp.float64)
    return sums


@kernel
def leaf_sums(xp: Any, *, x: Array, trees: Trees, weights: Array, first: Array) -> Array:
    """`first` (K,) and w_t v_t for each tree t, (N, K) in double precision.

    Here leaves have a row of answers, `trees.value` (n_nodes, C) in double precision: column c of tree t
    goes to place t·C + c modulo K.
    """
    n_columns, n_outputs = trees.value.shape[1], len(first)
    sums = xp.repeat(first[None, :], len(x), axis=0)
    for tree in range(len(trees.root)):
        leaves = _leaves(xp, x, trees, tree)
        for column in range(n_columns):
            place = (tree * n_columns + column) % n_outputs
            sums[:, place] += weights[tree] * trees.value[leaves, column]
    return sums


@kernel
def full_tree_sums(xp: Any, *, x: Array, trees: FullTrees, weights: Array, n_outputs: int) -> Array:
    """As `tree_sums`, for full trees."""
    n_trees, n_inner = trees.feature.shape
    events = xp.arange(len(x))
    sums = xp.zeros((len(x), n_outputs), xp.float64)
    for tree in range(n_trees):
        node = xp.zeros(len(x), xp.int64)
        for _ in range(n_inner.bit_length()):
            right = x[events, trees.feature[tree][node]] >= trees.cut[tree][node]
            node = 2 * node + 1 + right
        values = trees.value[tree][node - n_inner]
        sums[:, tree % n_outputs] += weights[tree] * values.astype(xp.float64)
    return sums


def _leaves(xp: Any, x: Array, trees: Trees, tree: int) -> Array:
    """Return the leaf of one tree that each event ends in."""
    events = xp.arange(len(x))
    node = xp.full(len(x), trees.root[tree])
    for _ in range(int(trees.depth[tree])):
        node = trees.below[node] + (x[events, trees.feature[node]] >= trees.cut[node])
    return node
