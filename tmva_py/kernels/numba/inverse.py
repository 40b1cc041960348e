"""Inverses of matrices, compiled."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.inverse import inverse_matrix
from tmva_py.kernels.numba.compiling import borrowing

Array = Any


@borrowing
def take_apart(a: Array, scale: Array, swaps: Array) -> bool:
    """Write both triangles in the place of a matrix; return whether it is not singular."""
    n = a.shape[0]
    for i in range(n):
        largest = 0.0
        for j in range(n):
            largest = max(largest, abs(a[i, j]))
        if not largest > 0.0:
            return False
        scale[i] = 1.0 / largest
    for j in range(n):
        largest, pivot = -1.0, j
        for i in range(n):
            r = a[i, j]
            for k in range(min(i, j)):
                r -= a[i, k] * a[k, j]
            a[i, j] = r
            if i >= j and scale[i] * abs(r) >= largest:
                largest, pivot = scale[i] * abs(r), i
        for k in range(n):
            a[pivot, k], a[j, k] = a[j, k], a[pivot, k]
        scale[pivot] = scale[j]
        swaps[j] = pivot
        if not abs(a[j, j]) > 0.0:
            return False
        factor = 1.0 / a[j, j]
        for i in range(j + 1, n):
            a[i, j] *= factor
    return True


@borrowing
def put_together(a: Array, column: Array, swaps: Array) -> None:
    """Write the inverse in the place of the triangles."""
    n = a.shape[0]
    for j in range(n):
        a[j, j] = 1.0 / a[j, j]
        for k in range(j):
            factor = a[k, j]
            for i in range(k):
                a[i, j] += factor * a[i, k]
            a[k, j] *= a[k, k]
        for k in range(j):
            a[k, j] *= -a[j, j]
    for j in range(n - 2, -1, -1):
        for i in range(j + 1, n):
            column[i] = a[i, j]
            a[i, j] = 0.0
        for i in range(n):
            total = 0.0
            for k in range(j + 1, n):
                total += a[i, k] * column[k]
            a[i, j] = -total + a[i, j]
    for j in range(n - 1, -1, -1):
        pivot = swaps[j]
        for i in range(n):
            a[i, pivot], a[i, j] = a[i, j], a[i, pivot]


@inverse_matrix.override("numba")
def _inverse(xp: Any, *, matrix: Array) -> Array:
    a = matrix.copy()
    room, swaps = xp.empty(len(a)), xp.empty(len(a), xp.int64)
    if not take_apart(a, room, swaps):
        return a[:0]
    put_together(a, room, swaps)
    return a
