"""Weighted medians of trees' answers, compiled."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.medians import means_around_medians
from tmva_py.kernels.numba.compiling import borrowing

Array = Any


@borrowing
def write_means(values: Array, order: Array, weights: Array, out: Array) -> None:
    """Write the means."""
    n_trees = values.shape[0]
    half = -0.0
    for tree in range(n_trees):
        half += weights[tree]
    half /= 2.0
    reach = n_trees // 6
    for event in range(values.shape[1]):
        cumulative, passed = -0.0, 0
        for place in range(n_trees):
            cumulative += weights[order[place, event]]
            if cumulative <= half:
                passed += 1
        middle = min(1 + passed, n_trees)
        first, last = max(middle - reach - 1, 0), min(middle + reach, n_trees)
        total = 0.0 if first > 0 else -0.0
        for place in range(first, last):
            total += float(values[order[place, event], event])
        if last < n_trees:
            total += 0.0
        out[event] = total / (last - first)


@means_around_medians.override("numba")
def _means_around_medians(xp: Any, *, values: Array, order: Array, weights: Array) -> Array:
    out = xp.empty(values.shape[1])
    write_means(xp.ascontiguousarray(values), xp.ascontiguousarray(order), weights, out)
    return out
