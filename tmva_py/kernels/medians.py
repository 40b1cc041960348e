"""Weighted medians of trees' answers, as AdaBoostR2 responds."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel
def means_around_medians(xp: Any, *, values: Array, order: Array, weights: Array) -> Array:
    """The mean of each event's answers within n // 6 places of their weighted median, (N,).

    `values` are the answers (n_trees, N), `order` the places (n_trees, N) of rising answers, and `weights`
    the trees', (n_trees,).
    """
    n_trees = len(values)
    sorted_values = xp.take_along_axis(values, order, axis=0).astype(xp.float64)
    cumulative = xp.cumsum(weights[order], axis=0)
    half = xp.cumsum(weights)[-1] / 2.0
    # The number of trees that are passed until their weights exceed one half.
    middle = xp.minimum(1 + (cumulative <= half).sum(axis=0), n_trees)
    reach = n_trees // 6
    first = xp.maximum(middle - reach - 1, 0)
    last = xp.minimum(middle + reach, n_trees)
    places = xp.arange(n_trees)[:, None]
    inside = (places >= first) & (places < last)
    sums = xp.cumsum(xp.where(inside, sorted_values, 0.0), axis=0)[-1]
    return sums / (last - first)
