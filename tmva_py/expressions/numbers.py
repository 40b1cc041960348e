"""C's conversions of doubles to integers, and the arithmetic that ROOT builds on them.

What the C++ standard leaves undefined is what ROOT's x86-64 builds answer (``expressions.md`` lists it).
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

#: One value per row, or one for all rows.
Values: TypeAlias = Any
Mask: TypeAlias = npt.NDArray[np.bool_]

_TWO_31 = 2.0**31
_TWO_63 = 2.0**63
_LOWEST = np.int64(-(2**63))


def to_int64(x: Values) -> Values:
    """Return ``(Long64_t)x``: cut toward zero; NaN and what does not fit give the lowest integer."""
    fits = (x >= -_TWO_63) & (x < _TWO_63)
    return np.where(fits, np.where(fits, x, 0.0).astype(np.int64), _LOWEST)


def to_int32(x: Values) -> Values:
    """Return ``(Int_t)x`` as int64: cut toward zero; NaN and what does not fit give −2³¹."""
    fits = (x > -_TWO_31 - 1) & (x < _TWO_31)
    return np.where(fits, np.where(fits, x, 0.0).astype(np.int64), -(2**31))


def to_uint64(x: Values) -> Values:
    """Return ``(ULong64_t)x``: a negative x wraps round (−3 is 2⁶⁴ − 3)."""
    upper = x >= _TWO_63
    low = to_int64(np.where(upper, 0.0, x)).view(np.uint64)
    if not np.any(upper):
        return low
    high = to_int64(np.where(upper, x - _TWO_63, 0.0)).view(np.uint64) ^ np.uint64(2**63)
    return np.where(upper, high, low)


def divide(a: Values, b: Values) -> Values:
    """Return a/b, and 0 where b is 0."""
    return np.where(b == 0, 0.0, a / b) if np.any(b == 0) else a / b


def modulo(a: Values, b: Values) -> Values:
    """Return ``(Long64_t)a % (Long64_t)b`` with C's sign rule; 0 where ROOT stops with a division by zero."""
    numerator, denominator = to_int64(a), to_int64(b)
    # -2^63 % -1 overflows in C; its mathematical value is 0, as for every number modulo 1.
    safe = np.where((denominator == 0) | (denominator == -1), 1, denominator)
    return np.fmod(numerator, safe).astype(np.float64)


def bit_and(a: Values, b: Values) -> Values:
    """Return ``(ULong64_t)a & (ULong64_t)b`` as a double."""
    return (to_uint64(a) & to_uint64(b)).astype(np.float64)


def bit_or(a: Values, b: Values) -> Values:
    """Return ``(ULong64_t)a | (ULong64_t)b`` as a double."""
    return (to_uint64(a) | to_uint64(b)).astype(np.float64)


def shift_left(a: Values, b: Values) -> Values:
    """Return ``(ULong64_t)a << (ULong64_t)b`` as a double; the processor takes the count modulo 64."""
    return np.left_shift(to_uint64(a), to_uint64(b) & np.uint64(63)).astype(np.float64)


def shift_right(a: Values, b: Values) -> Values:
    """Return ``(ULong64_t)a >> (ULong64_t)b`` as a double; the processor takes the count modulo 64."""
    return np.right_shift(to_uint64(a), to_uint64(b) & np.uint64(63)).astype(np.float64)
