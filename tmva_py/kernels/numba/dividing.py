"""Dividing the events of a node among its children, compiled.

The columns of a node's events lie side by side in the order of the events.
"""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.numba.compiling import borrowing

Array = Any


@borrowing
def divide(column: Array, start: int, stop: int, cut: float, above_is_right: int, order: Array) -> int:
    """Write the events of both children in their order, left ones first; return where right ones begin."""
    # Right ones are gathered at the far end, and moved.
    n_left, n_right = 0, 0
    n = stop - start
    for i in range(start, stop):
        right = int(column[i] >= cut)
        if above_is_right == 0:
            right = 1 - right
        order[n_left] = i
        order[n + n_right] = i
        n_left += 1 - right
        n_right += right
    for i in range(n_right):
        order[n_left + i] = order[n + i]
    return n_left


@borrowing
def move_columns(
    source: Array, target: Array, first: int, last: int, start: int, n: int, order: Array
) -> None:
    """Copy the values of some variables in a new order."""
    for variable in range(first, last):
        values, moved = source[variable], target[variable]
        for i in range(n):
            moved[start + i] = values[order[i]]


@borrowing
def move_amounts(source: Array, target: Array, start: int, n: int, order: Array) -> None:
    """Copy the amounts of events in a new order."""
    for i in range(n):
        for k in range(source.shape[1]):
            target[start + i, k] = source[order[i], k]


@borrowing
def add_up(amounts: Array, first: int, last: int, order: Array, totals: Array) -> None:
    """Write the sums of the amounts of some events in their order."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    if amounts.shape[1] == 2:
        for i in range(first, last):
            event = order[i]
            a += amounts[event, 0]
            b += amounts[event, 1]
    else:
        for i in range(first, last):
            event = order[i]
            a += amounts[event, 0]
            b += amounts[event, 1]
            c += amounts[event, 2]
            d += amounts[event, 3]
    totals[0], totals[1], totals[2], totals[3] = a, b, c, d
