"""Responses of decision trees on the GPU."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.cuda.launch import contiguous, launch
from tmva_py.kernels.trees import FullTrees, Trees, full_tree_sums, tree_sums, tree_values

Array = Any


@full_tree_sums.override("cupy")
def _full_tree_sums_cupy(xp: Any, *, x: Array, trees: FullTrees, weights: Array, n_outputs: int) -> Array:
    events, features = x.shape
    n_trees, inner = trees.feature.shape
    sums = xp.zeros((events, n_outputs), xp.float64)
    launch(
        xp, "trees", "full_tree_sums", x.dtype, events, contiguous(xp, x), *trees, weights, sums,
        events, features, n_trees, inner.bit_length(), n_outputs,
    )  # fmt: skip
    return sums


@tree_values.override("cupy")
def _tree_values_cupy(xp: Any, *, x: Array, trees: Trees) -> Array:
    events, features = x.shape
    values = xp.empty((len(trees.root), events), trees.value.dtype)
    launch(
        xp, "trees", "tree_values", x.dtype, values.size, contiguous(xp, x), *trees, values,
        events, features, len(trees.root),
    )  # fmt: skip
    return values


@tree_sums.override("cupy")
def _tree_sums_cupy(xp: Any, *, x: Array, trees: Trees, weights: Array, n_outputs: int) -> Array:
    values = _tree_values_cupy(xp, x=x, trees=trees)
    sums = xp.zeros((len(x), n_outputs), xp.float64)
    launch(xp, "trees", "tree_sums", x.dtype, len(x), values, weights, sums, len(x), len(weights), n_outputs)
    return sums
