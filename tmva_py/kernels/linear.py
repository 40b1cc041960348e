"""Linear functions of events' values as TMVA computes them: each sum in the order of its terms."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any

# So many events at once stay in a processor's cache.
_BLOCK = 1024
# Up to so many events all terms of the sums are there at once: fewer calls, more memory.
_FEW = 16


@kernel
def ordered_products(xp: Any, *, values: Array, matrix: Array, offset: Array | None) -> Array:
    """Rows of `values` (N, k) times `matrix` (k, m), in double precision, after `offset` (m,) or (1,)."""
    begin = None if offset is None else offset.reshape(-1, 1)
    if len(values) <= _FEW:
        return _of_few(xp, values.T, matrix, begin).T
    result = xp.empty((len(values), matrix.shape[1]))
    for start in range(0, len(values), _BLOCK):
        columns = values[start : start + _BLOCK].T
        # A negative zero is what changes nothing that is added to it.
        total = xp.full((matrix.shape[1], columns.shape[1]), -0.0 if begin is None else begin)
        term = xp.empty_like(total)
        for column, factors in zip(columns, matrix, strict=True):
            total += xp.multiply(factors[:, None], column, out=term)
        result[start : start + _BLOCK] = total.T
    return result


def _of_few(xp: Any, columns: Array, matrix: Array, begin: Array | None) -> Array:
    first = 0 if begin is None else 1
    terms = xp.empty((first + len(matrix), matrix.shape[1], columns.shape[1]))
    if begin is not None:
        terms[0] = begin
    xp.multiply(columns[:, None, :], matrix[:, :, None], out=terms[first:])
    # Unlike a sum as such, it goes from the first term to the last.
    return xp.add.accumulate(terms, axis=0, out=terms)[-1]


@kernel
def single_sums(xp: Any, *, x: Array, coefficients: Array) -> Array:
    """Offset and weighted values of events (N, n), for coefficients (n_sums, 1 + n): (n_sums, N) in float32.

    Each term is double, and each sum is rounded to single precision before the next term.
    """
    result = xp.empty((len(coefficients), len(x)), xp.float32)
    offset, factors = coefficients[:, :1], coefficients.T[1:, :, None]
    with xp.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(x), _BLOCK):
            total = result[:, start : start + _BLOCK]
            total[:] = offset
            for term in factors * x[start : start + _BLOCK].T[:, None, :]:
                # The sum is taken in double precision before it is rounded.
                xp.add(total, term, out=total, casting="same_kind")
    return result


@kernel
def squared_distances(xp: Any, *, x: Array, mean: Array, inverse: Array) -> Array:
    """Σ ((x − m)_i (x − m)_j) V_ij of events (N, n), row after row of V, in double precision: (N,)."""
    total = xp.empty(len(x))
    for start in range(0, len(x), _BLOCK):
        away = x[start : start + _BLOCK].astype(xp.float64) - mean
        pairs = (away[:, :, None] * away[:, None, :]).reshape(len(away), -1)
        total[start : start + _BLOCK] = ordered_products(
            xp, values=pairs, matrix=inverse.reshape(-1, 1), offset=xp.zeros(1)
        )[:, 0]
    return total


@kernel
def rounded_sums(xp: Any, *, terms: Array) -> Array:
    """Sums over the second axis of terms (N, k, m), (N, m) in float32, rounded before each next term."""
    sums = xp.zeros((len(terms), terms.shape[2]), xp.float32)
    with xp.errstate(over="ignore", invalid="ignore"):
        for term in terms.swapaxes(0, 1):
            xp.add(sums, term, out=sums, casting="same_kind")
    return sums


@kernel
def fractions_of_ranges(xp: Any, *, values: Array, low: Array, width: Array) -> Array:
    """(x − low)/width of values (N, k), taken in double precision, in float32."""
    with xp.errstate(all="ignore"):
        return ((values.astype(xp.float64) - low) / width).astype(xp.float32)


@kernel
def normalized(xp: Any, *, values: Array, offset: Array, scale: Array) -> Array:
    """((x − offset)·scale)·2 − 1 of values (N, k), in their precision."""
    with xp.errstate(divide="ignore", invalid="ignore", over="ignore"):
        result = values - offset
        result *= scale
        result *= xp.float32(2)
        result -= xp.float32(1)
    return result


@kernel
def denormalized(xp: Any, *, values: Array, offset: Array, scale: Array) -> Array:
    """Offset + (y + 1)/(scale·2) of values (N, k), in their precision."""
    with xp.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return offset + (values + xp.float32(1)) / (scale * xp.float32(2))
