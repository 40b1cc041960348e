"""Linear functions of events' values, compiled: one event after the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.kernels.linear import (
    denormalized,
    fractions_of_ranges,
    normalized,
    ordered_products,
    rounded_sums,
    single_sums,
    squared_distances,
)
from tmva_py.kernels.numba.compiling import borrowing

Array = Any

_NOTHING = np.empty(0)


@borrowing
def write_products(values: Array, matrix: Array, turned: int, offset: Array, out: Array) -> None:
    """Write products and sums; the matrix is (m, k) if `turned`, and the offset has m, one or no numbers."""
    n_terms = values.shape[1]
    for event in range(values.shape[0]):
        row = out[event]
        for place in range(row.size):
            # A negative zero is what changes nothing that is added to it.
            row[place] = offset[place if offset.size == row.size else 0] if offset.size else -0.0
        if turned:
            for place in range(row.size):
                total = row[place]
                for term in range(n_terms):
                    total += matrix[place, term] * values[event, term]
                row[place] = total
        else:
            for term in range(n_terms):
                value = values[event, term]
                for place in range(row.size):
                    row[place] += matrix[term, place] * value


@ordered_products.override("numba")
def _ordered_products(xp: Any, *, values: Array, matrix: Array, offset: Array | None) -> Array:
    turned = not matrix.flags.c_contiguous
    if turned:
        matrix = xp.ascontiguousarray(matrix.T)
    out = xp.empty((len(values), matrix.shape[0 if turned else 1]))
    write_products(xp.ascontiguousarray(values), matrix, turned, _NOTHING if offset is None else offset, out)
    return out


@borrowing
def write_single_sums(x: Array, coefficients: Array, out: Array) -> None:
    """Write the sums."""
    for number in range(out.shape[0]):
        factors = coefficients[number]
        for event in range(x.shape[0]):
            out[number, event] = factors[0]
            for place in range(x.shape[1]):
                out[number, event] = out[number, event] + factors[1 + place] * x[event, place]


@single_sums.override("numba")
def _single_sums(xp: Any, *, x: Array, coefficients: Array) -> Array:
    out = xp.empty((len(coefficients), len(x)), xp.float32)
    write_single_sums(xp.ascontiguousarray(x), coefficients, out)
    return out


@borrowing
def write_rounded_sums(terms: Array, out: Array) -> None:
    """Write the sums."""
    for event in range(out.shape[0]):
        for place in range(out.shape[1]):
            out[event, place] = 0.0
            for term in range(terms.shape[1]):
                out[event, place] = out[event, place] + terms[event, term, place]


@rounded_sums.override("numba")
def _rounded_sums(xp: Any, *, terms: Array) -> Array:
    out = xp.empty((terms.shape[0], terms.shape[2]), xp.float32)
    write_rounded_sums(xp.ascontiguousarray(terms), out)
    return out


@borrowing
def write_fractions(values: Array, low: Array, width: Array, out: Array) -> None:
    """Write the fractions."""
    for event in range(values.shape[0]):
        for place in range(values.shape[1]):
            out[event, place] = (float(values[event, place]) - low[place]) / width[place]


@fractions_of_ranges.override("numba")
def _fractions_of_ranges(xp: Any, *, values: Array, low: Array, width: Array) -> Array:
    out = xp.empty(values.shape, xp.float32)
    write_fractions(xp.ascontiguousarray(values), low, width, out)
    return out


@borrowing
def write_squared_distances(x: Array, mean: Array, inverse: Array, out: Array) -> None:
    """Write the distances."""
    n = x.shape[1]
    for event in range(x.shape[0]):
        total = 0.0
        for row in range(n):
            away = float(x[event, row]) - mean[row]
            for column in range(n):
                total += inverse[row, column] * (away * (float(x[event, column]) - mean[column]))
        out[event] = total


@squared_distances.override("numba")
def _squared_distances(xp: Any, *, x: Array, mean: Array, inverse: Array) -> Array:
    out = xp.empty(len(x))
    write_squared_distances(xp.ascontiguousarray(x), mean, inverse, out)
    return out


@borrowing
def write_normalized(values: Array, offset: Array, scale: Array, out: Array) -> None:
    """Write the values."""
    one = np.float32(1.0)
    for event in range(values.shape[0]):
        for place in range(values.shape[1]):
            scaled = (values[event, place] - offset[place]) * scale[place]
            out[event, place] = (scaled + scaled) - one


@normalized.override("numba")
def _normalized(xp: Any, *, values: Array, offset: Array, scale: Array) -> Array:
    out = xp.empty(values.shape, values.dtype)
    write_normalized(xp.ascontiguousarray(values), offset, scale, out)
    return out


@borrowing
def write_denormalized(values: Array, offset: Array, scale: Array, out: Array) -> None:
    """Write the values."""
    one = np.float32(1.0)
    for event in range(values.shape[0]):
        for place in range(values.shape[1]):
            width = scale[place] + scale[place]
            out[event, place] = offset[place] + (values[event, place] + one) / width


@denormalized.override("numba")
def _denormalized(xp: Any, *, values: Array, offset: Array, scale: Array) -> Array:
    out = xp.empty(values.shape, values.dtype)
    write_denormalized(xp.ascontiguousarray(values), offset, scale, out)
    return out
