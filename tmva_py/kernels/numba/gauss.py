"""What the Gaussian transformation does beside the inverse error function, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.kernels.gauss import error_function_values, uncertain_singles
from tmva_py.kernels.numba.compiling import borrowing

Array = Any


@borrowing
def write_error_function_values(fraction: Array, largest: float, out: Array) -> None:
    """Write the values; comparisons let "not a number" through."""
    for row in range(out.shape[0]):
        for event in range(out.shape[1]):
            value = fraction[row, event] * 2.0 - 1.0
            if value < -largest:
                value = -largest
            elif value > largest:
                value = largest
            out[row, event] = value


@error_function_values.override("numba")
def _error_function_values(xp: Any, *, fraction: Array, largest: float) -> Array:
    out = xp.empty(fraction.shape, fraction.dtype)
    write_error_function_values(xp.ascontiguousarray(fraction), largest, out)
    return out


@borrowing
def write_uncertain_singles(values: Array, deviation: float, limit: float, out: Array) -> None:
    """Write which values are."""
    for row in range(out.shape[0]):
        for event in range(out.shape[1]):
            value = values[row, event]
            below, above = np.float32(value - deviation), np.float32(value + deviation)
            out[row, event] = below != above or abs(value) > limit


@uncertain_singles.override("numba")
def _uncertain_singles(xp: Any, *, values: Array, deviation: float, limit: float) -> Array:
    out = xp.empty(values.shape, xp.bool_)
    write_uncertain_singles(xp.ascontiguousarray(values), deviation, limit, out)
    return out
