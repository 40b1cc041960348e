"""Functions of two vectors, and sums of them over support vectors, rounded as TMVA rounds them.

Everything is single precision but exponentials, powers and the sums.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from tmva_py.kernels.kernel import kernel

Array = Any

RBF, MULTI_GAUSS, POLYNOMIAL = range(3)
"""Kinds of functions."""

# Values at once.
_BLOCK = 1 << 20


class Similarity(NamedTuple):
    """A function of two vectors: the sum or the product of others."""

    kinds: Array
    """(n,) of int64: `RBF`, `MULTI_GAUSS`, `POLYNOMIAL`."""
    multiplies: bool
    """Whether they are multiplied."""
    gamma: float
    """exp(−gamma·d²)."""
    gammas: Array
    """(n_variables,) of float32: exp(−Σ gamma_v·d_v²)."""
    theta: float
    """(x·y + theta)^order."""
    order: int


@kernel
def function_matrix(xp: Any, *, x: Array, columns: Array, similarity: Similarity) -> Array:
    """Values between vectors x (m, n_variables) and `columns` (n_variables, n), in float32: (m, n)."""
    single = xp.float32
    result = xp.full((len(x), columns.shape[1]), 1 if similarity.multiplies else 0, single)
    for kind in similarity.kinds:
        if kind == RBF:
            norm = xp.zeros(result.shape, single)
            for value, column in zip(x.T, columns, strict=True):
                away = value[:, None] - column
                norm += away * away
            values = xp.exp((-norm * single(similarity.gamma)).astype(xp.float64)).astype(single)
        elif kind == MULTI_GAUSS:
            values = xp.ones(result.shape, single)
            for value, column, gamma in zip(x.T, columns, similarity.gammas, strict=True):
                away = value[:, None] - column
                part = xp.exp((-(away * away) * single(gamma)).astype(xp.float64))
                values = (values.astype(xp.float64) * part).astype(single)
        else:
            total = xp.full(result.shape, similarity.theta, single)
            for value, column in zip(x.T, columns, strict=True):
                total += value[:, None] * column
            values = xp.power(total.astype(xp.float64), float(similarity.order)).astype(single)
        result = result * values if similarity.multiplies else result + values
    return result


@kernel
def machine_sums(xp: Any, *, x: Array, columns: Array, factors: Array, similarity: Similarity) -> Array:
    """Sums over vectors `columns` (n_variables, n) with `factors` (n,) for each of x (m, n_variables): (m,).

    Products are float32, sums float64, from the first to the last.
    """
    sums = xp.zeros(len(x))
    if not len(factors):
        return sums
    step = max(1, _BLOCK // len(factors))
    for first in range(0, len(x), step):
        values = function_matrix(xp, x=x[first : first + step], columns=columns, similarity=similarity)
        sums[first : first + step] = xp.cumsum((values * factors).astype(xp.float64), axis=1)[:, -1]
    return sums
