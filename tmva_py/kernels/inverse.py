"""Inverses of matrices as ROOT's TMatrixD computes them, addition by addition.

The matrix is taken apart by Crout's method with implicit pivoting; the inverse is made of the two triangles
in their place.
"""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel
def inverse_matrix(xp: Any, *, matrix: Array) -> Array:
    """The inverse of a matrix (n, n); without any row if the matrix is singular."""
    a = matrix.copy()
    n = len(a)
    largest = abs(a).max(axis=1, initial=0.0)
    if not (largest > 0).all():
        return a[:0]
    scale = 1.0 / largest
    swaps = []
    for j in range(n):
        for i in range(1, j):
            a[i, j] = _less(xp, a[i : i + 1, j], a[i : i + 1, :i] * a[:i, j])[0]
        a[j:, j] = _less(xp, a[j:, j], a[j:, :j] * a[:j, j])
        sizes = scale[j:] * abs(a[j:, j])
        # The last one of the largest.
        pivot = n - 1 - int(xp.argmax(sizes[::-1]))
        a[[pivot, j]] = a[[j, pivot]]
        scale[pivot] = scale[j]
        swaps.append((j, pivot))
        if not abs(a[j, j]) > 0:
            return a[:0]
        a[j + 1 :, j] *= 1.0 / a[j, j]
    for j in range(n):
        a[j, j] = 1.0 / a[j, j]
        for k in range(j):
            a[:k, j] += a[k, j] * a[:k, k]
            a[k, j] *= a[k, k]
        a[:j, j] *= -a[j, j]
    for j in range(n - 2, -1, -1):
        column = a[j + 1 :, j].copy()
        a[j + 1 :, j] = 0.0
        a[:, j] = -xp.cumsum(a[:, j + 1 :] * column, axis=1)[:, -1] + a[:, j]
    for j, pivot in reversed(swaps):
        a[:, [pivot, j]] = a[:, [j, pivot]]
    return a


def _less(xp: Any, first: Array, terms: Array) -> Array:
    """Return numbers minus rows of terms, one after the other."""
    return xp.cumsum(xp.concatenate([first[:, None], -terms], axis=1), axis=1)[:, -1]
