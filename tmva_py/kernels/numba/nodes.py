"""Nodes of a tree that grows, compiled.

`whole` has their whole numbers: variable, type of the cut, children, type of the node; `values` those in
single precision: cut, purity, response, spread, index, signal and background.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.indices import index_of, variance_of
from tmva_py.kernels.separation import VARIANCE

Array = Any


@borrowing
def make_leaf(
    totals: Array, separation: int, purity_limit: float, node: int, whole: Array, values: Array
) -> None:
    """Write a node that is not cut: a leaf until it is cut."""
    s, b = np.float32(totals[0]), np.float32(totals[1])
    total = np.float32(s + b)
    purity = np.float32(s / total) if total > 0 else np.float32(-1.0)
    whole[node, 0], whole[node, 1], whole[node, 2], whole[node, 3] = -1, 1, -1, -1
    values[node, 0], values[node, 1], values[node, 2], values[node, 3] = 0.0, purity, -99.0, 0.0
    values[node, 5], values[node, 6] = s, b
    if separation == VARIANCE:
        weight = totals[0] + totals[1]
        whole[node, 4] = -99
        mean = totals[2] / weight
        square = totals[3] / weight - mean * totals[2] / weight
        values[node, 2] = mean
        values[node, 3] = 0.0 if square < 2.0**-52 else math.sqrt(square)
        values[node, 4] = variance_of(weight, totals[2], totals[3])
    else:
        whole[node, 4] = 1 if np.float64(purity) > purity_limit else -1
        values[node, 4] = index_of(separation, totals[0], totals[1])


@borrowing
def choose(results: Array) -> int:
    """Return the variable whose cut gains most, −1 if none is allowed."""
    best, gain = -1, -1.0
    for variable in range(results.shape[0]):
        if results[variable, 0] > gain:
            gain, best = results[variable, 0], variable
    return best


@borrowing
def cut_of(best: Array) -> Any:
    """Return the cut of a row of results."""
    return np.float32(best[4] + (best[1] + 1.0) * best[5])


@borrowing
def make_cut(
    results: Array, variable: int, totals: Array, separation: int, node: int, whole: Array, values: Array
) -> None:
    """Make a node one that is cut."""
    best = results[variable]
    whole[node, 4] = 0
    if separation == VARIANCE:
        weight = totals[0] + totals[1]
        last = int(best[3]) - 1
        t, t2 = 0.0, 0.0
        if results[0, 3] > last:
            t, t2 = results[last, 6], results[last, 7]
        mean = t / weight
        square = t2 / weight - mean * t / weight
        values[node, 2] = mean
        values[node, 3] = 0.0 if square < 2.0**-52 else math.sqrt(square)
        values[node, 4] = variance_of(weight, t, t2)


@borrowing
def may_be_cut(n: int, totals: Array, depth: int, max_depth: int, separation: int, min_size: float) -> bool:
    """Return whether a node is large enough and has more than one kind of events."""
    weight = totals[0] + totals[1]
    if n < 2 * min_size or not weight >= 2 * min_size or depth >= max_depth:
        return False
    if separation == VARIANCE:
        return bool(weight != 0)
    return bool(totals[0] != 0 and totals[1] != 0)


@borrowing
def merge(n_nodes: int, purity_limit: float, whole: Array, values: Array) -> None:
    """Make leaves of nodes with two leaves of one kind; children come after their parents."""
    for i in range(n_nodes):
        node = n_nodes - 1 - i
        if whole[node, 4] == 0:
            kinds = whole[whole[node, 2], 4] * whole[whole[node, 3], 4]
            if kinds > 0:
                whole[node, 0], whole[node, 2], whole[node, 3] = -1, -1, -1
                whole[node, 4] = 1 if np.float64(values[node, 1]) > purity_limit else -1


@borrowing
def in_order(whole: Array, values: Array, stack: Array, whole_out: Array, values_out: Array) -> int:
    """Write the nodes that are left in the order node, left part, right part; return their number."""
    n, n_waiting = 0, 1
    stack[0, 0], stack[0, 1], stack[0, 2] = 0, -1, 0
    while n_waiting > 0:
        n_waiting -= 1
        node, parent, side = stack[n_waiting, 0], stack[n_waiting, 1], stack[n_waiting, 2]
        for k in range(whole.shape[1]):
            whole_out[n, k] = whole[node, k]
        for k in range(values.shape[1]):
            values_out[n, k] = values[node, k]
        if parent >= 0:
            whole_out[parent, 2 + side] = n
        if whole[node, 2] >= 0:
            for k in range(2):
                row = stack[n_waiting]
                row[0], row[1], row[2] = whole[node, 3 - k], n, 1 - k
                n_waiting += 1
        n += 1
    return n
