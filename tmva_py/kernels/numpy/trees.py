"""Responses of full trees with NumPy: all comparisons of a tree at once, then bits of the leaf's number."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.trees import FullTrees, full_tree_sums

Array = Any

# Events whose columns, comparisons and sums stay in the cache.
BLOCK = 8192
# Below this many events, all trees are walked through at once.
FEW_EVENTS = 48
# Deeper ones have more nodes than an event passes by far.
DEEPEST = 8


@full_tree_sums.override("numpy")
def _full_tree_sums(xp: Any, *, x: Array, trees: FullTrees, weights: Array, n_outputs: int) -> Array:
    n_trees, n_inner = trees.feature.shape
    if len(x) <= FEW_EVENTS:
        return _of_few_events(xp, x, trees, weights, n_outputs)
    if not 1 <= n_inner.bit_length() <= DEEPEST:
        return full_tree_sums.reference(xp, x=x, trees=trees, weights=weights, n_outputs=n_outputs)
    sums = xp.zeros((n_outputs, len(x)))
    answers = weights[:, None] * trees.value.astype(xp.float64)
    cuts = trees.cut[:, :, None]
    for start in range(0, len(x), BLOCK):
        columns = xp.ascontiguousarray(x[start : start + BLOCK].T)
        for tree in range(n_trees):
            right = columns.take(trees.feature[tree], axis=0) >= cuts[tree]
            sums[tree % n_outputs, start : start + BLOCK] += answers[tree].take(_leaves(xp, right))
    return xp.ascontiguousarray(sums.T)


def _of_few_events(xp: Any, x: Array, trees: FullTrees, weights: Array, n_outputs: int) -> Array:
    n_trees, n_inner = trees.feature.shape
    sums = xp.zeros((len(x), n_outputs))
    each = xp.arange(n_trees)
    for event, values in enumerate(x):
        node = xp.zeros(n_trees, xp.intp)
        for _ in range(n_inner.bit_length()):
            node = 2 * node + 1 + (values[trees.feature[each, node]] >= trees.cut[each, node])
        answers = weights * trees.value[each, node - n_inner].astype(xp.float64)
        for output in range(n_outputs):
            # Not a sum, which NumPy takes in another order.
            of_output = xp.cumsum(answers[output::n_outputs])
            sums[event, output] = of_output[-1] if len(of_output) else 0.0
    return sums


def _leaves(xp: Any, right: Array) -> Array:
    """Return the number of the leaf of each event, given where it would go at every node, (nodes, events)."""
    taken: list[Array] = []
    first, width = 0, 1
    while first < len(right):
        level = right[first : first + width]
        # The first decision chooses half of a level, the next one half of that, and so on.
        for went_right in taken:
            half = len(level) // 2
            level = level[:half] ^ ((level[:half] ^ level[half:]) & went_right)
        taken.append(level[0])
        first, width = 2 * first + 1, 2 * width
    number = taken[0].view(xp.uint8)
    for went_right in taken[1:]:
        number = (number << 1) | went_right.view(xp.uint8)
    return number.astype(xp.intp)
