"""What the Gaussian transformation does before and after the inverse error function."""

from __future__ import annotations

from typing import Any

from tmva_py.kernels.kernel import kernel

Array = Any


@kernel
def error_function_values(xp: Any, *, fraction: Array, largest: float) -> Array:
    """2f − 1 of fractions (k, N) below a value of a normal distribution, within ±`largest`."""
    return xp.minimum(xp.maximum(fraction * 2.0 - 1.0, -largest), largest)


@kernel
def uncertain_singles(xp: Any, *, values: Array, deviation: float, limit: float) -> Array:
    """Whether values (k, N) may be another number in single precision, being so far off; beyond a limit."""
    below, above = (values - deviation).astype(xp.float32), (values + deviation).astype(xp.float32)
    return (below != above) | (abs(values) > limit)
