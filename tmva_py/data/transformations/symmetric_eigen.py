"""Eigenvectors of symmetric matrices with the signs that ROOT gives them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from tmva_py.errors import TrainingError

Doubles = npt.NDArray[np.float64]

MOST_ITERATIONS = 30


def symmetric_eigen(matrix: Doubles) -> tuple[Doubles, Doubles]:
    """Return eigenvalues, the largest first, and eigenvectors as columns.

    Notes
    -----
    Householder's reduction and the QL algorithm with implicit shifts, as the routines ``tred2`` and ``tql2``
    of EISPACK (Bowdler, Martin, Reinsch, Wilkinson, Handbook for Automatic Computation II, 1971) that ROOT's
    ``TMatrixDSymEigen`` follows too. An eigenvector's sign is arbitrary; `numpy.linalg.eigh` chooses others
    than ROOT, and not the same on every machine.
    """
    n = len(matrix)
    vectors = np.array(matrix, dtype=np.float64)
    diagonal, beside = _tridiagonal(vectors)
    _diagonalise(vectors, diagonal, beside)
    order = list(range(n))
    for i in range(n - 1):  # the selection sort of ROOT: equal eigenvalues keep its order
        largest = max(range(i, n), key=lambda k: diagonal[order[k]])
        order[i], order[largest] = order[largest], order[i]
    return diagonal[order], vectors[:, order]


def _tridiagonal(v: Doubles) -> tuple[Doubles, Doubles]:
    """Turn `v` into the transformation to tridiagonal form; return the diagonal and what is beside it."""
    n = len(v)
    d, e = v[-1].copy(), np.zeros(n)
    for i in range(n - 1, 0, -1):
        scale, h = float(np.abs(d[:i]).sum()), 0.0
        if scale == 0.0:
            e[i] = d[i - 1]
            d[:i] = v[i - 1, :i]
            v[i, :i] = v[:i, i] = 0.0
        else:
            d[:i] /= scale
            h = float(d[:i] @ d[:i])
            f = float(d[i - 1])
            g = -math.sqrt(h) if f > 0 else math.sqrt(h)
            e[i] = scale * g
            h -= f * g
            d[i - 1] = f - g
            v[:i, i] = d[:i]
            lower = np.tril(v[:i, :i])
            e[:i] = (lower @ d[:i] + np.tril(lower, -1).T @ d[:i]) / h
            e[:i] -= float(e[:i] @ d[:i]) / (h + h) * d[:i]
            v[:i, :i] -= np.tril(np.outer(e[:i], d[:i]) + np.outer(d[:i], e[:i]))
            d[:i] = v[i - 1, :i]
            v[i, :i] = 0.0
        d[i] = h
    for i in range(n - 1):
        v[-1, i], v[i, i] = v[i, i], 1.0
        if d[i + 1] != 0.0:
            reflected = v[: i + 1, i + 1].copy()
            v[: i + 1, : i + 1] -= np.outer(reflected / d[i + 1], reflected @ v[: i + 1, : i + 1])
        v[: i + 1, i + 1] = 0.0
    d = v[-1].copy()
    v[-1] = 0.0
    v[-1, -1] = 1.0
    return d, np.append(e[1:], 0.0)


def _diagonalise(v: Doubles, d: Doubles, e: Doubles) -> None:
    """Diagonalise the tridiagonal matrix in place; `d` becomes the eigenvalues, `v` the eigenvectors."""
    n = len(d)
    shift, largest, epsilon = 0.0, 0.0, float(np.finfo(np.float64).eps)
    for low in range(n):
        largest = max(largest, abs(d[low]) + abs(e[low]))
        high = low
        while high < n - 1 and not abs(e[high]) <= epsilon * largest:
            high += 1
        for _ in range(MOST_ITERATIONS):
            if high == low or abs(e[low]) <= epsilon * largest:
                break
            shift += _ql_step(v, d, e, low, high)
        else:
            message = "the eigenvectors of the covariance matrix cannot be found: no convergence"
            raise TrainingError(message)
        d[low] += shift
        e[low] = 0.0


def _ql_step(v: Doubles, d: Doubles, e: Doubles, low: int, high: int) -> float:
    """Take one QL step on rows `low` to `high`; return the shift."""
    g = d[low]
    p = (d[low + 1] - g) / (2.0 * e[low])
    r = -math.hypot(p, 1.0) if p < 0 else math.hypot(p, 1.0)
    d[low] = e[low] / (p + r)
    d[low + 1] = e[low] * (p + r)
    next_diagonal, shift = d[low + 1], g - d[low]
    d[low + 2 :] -= shift
    p = d[high]
    c = c2 = c3 = 1.0
    next_beside = e[low + 1]
    s = s2 = 0.0
    for i in range(high - 1, low - 1, -1):
        c3, c2, s2 = c2, c, s
        g, h = c * e[i], c * p
        r = math.hypot(p, e[i])
        e[i + 1] = s * r
        s, c = e[i] / r, p / r
        p = c * d[i] - s * g
        d[i + 1] = h + s * (c * g + s * d[i])
        left, right = v[:, i].copy(), v[:, i + 1].copy()
        v[:, i + 1] = s * left + c * right
        v[:, i] = c * left - s * right
    p = -s * s2 * c3 * next_beside * e[low] / next_diagonal
    e[low], d[low] = s * p, c * p
    return float(shift)
