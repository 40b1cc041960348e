"""Loss functions, compiled: value and gradient in one pass, the sum in double precision in one order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tmva_py.kernels import loss as kernels
from tmva_py.kernels.numba import functions
from tmva_py.kernels.numba.compiling import compiled
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.vectors import Emitter, Lanes
from tmva_py.kernels.numba.views import At

Array = Any


def _cross_entropy(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    o, y = values
    small = functions.exp(e, -e.unary("fabs", o))
    # For targets of 0 and 1 the first two cancel without rounding.
    value = e.maximum(0.0, o) - y * o + functions.log_of_one_plus(e, small)
    return [value, functions.sigmoid(e, o) - y]


cross_entropy_terms = elementwise(_cross_entropy)


@compiled
def cross_entropy(
    output: Array, target: Array, weight: Array, weighted: int, gradient: Array, wanted: int
) -> float:
    """Return Σ w (−y ln σ(o) − (1−y) ln(1−σ(o))) and write the gradient."""
    events, columns = output.shape
    values = np.empty_like(output)
    slopes = np.empty_like(output)
    cross_entropy_terms(output.size, (At(output, 0), At(target, 0)), (At(values, 0), At(slopes, 0)), ())
    factor = output.dtype.type(1.0 / (events * columns))
    total = 0.0
    for i in range(events):
        for j in range(columns):
            if weighted:
                total += values[i, j] * weight[i, 0]
                slopes[i, j] *= weight[i, 0]
            else:
                total += values[i, j]
            if wanted:
                gradient[i, j] = slopes[i, j] * factor
    mean: float = total / columns
    return mean


@compiled
def mean_squared_error(
    output: Array, target: Array, weight: Array, weighted: int, gradient: Array, wanted: int
) -> float:
    """Return Σ w (y − o)² / n and write the gradient."""
    events, columns = output.shape
    factor = output.dtype.type(2.0 / (events * columns))
    total = 0.0
    for i in range(events):
        for j in range(columns):
            deviation = output[i, j] - target[i, j]
            slope = deviation * weight[i, 0] if weighted else deviation
            total += slope * deviation
            if wanted:
                gradient[i, j] = slope * factor
    mean: float = total / columns
    return mean


@compiled
def softmax_cross_entropy(
    output: Array, target: Array, weight: Array, weighted: int, gradient: Array, wanted: int
) -> float:
    """Return Σ w Σ −y ln softmax(o) and write the gradient."""
    events, columns = output.shape
    one = output.dtype.type(1.0)
    factor = output.dtype.type(1.0 / events)
    exponentials = np.empty(columns, output.dtype)
    total = 0.0
    for i in range(events):
        largest = output[i, 0]
        for j in range(1, columns):
            # What is not a number must come through.
            if not output[i, j] <= largest:
                largest = output[i, j]
        sum_of = output.dtype.type(0.0)
        targets = output.dtype.type(0.0)
        for j in range(columns):
            exponentials[j] = math.exp(output[i, j] - largest)
            sum_of += exponentials[j]
            targets += target[i, j]
        logarithm = output.dtype.type(math.log(sum_of))
        w = weight[i, 0] if weighted else one
        for j in range(columns):
            total += target[i, j] * (logarithm - (output[i, j] - largest)) * w
            if wanted:
                gradient[i, j] = (exponentials[j] / sum_of * targets - target[i, j]) * w * factor
    return total


def _with(compiled_loss: Any) -> Any:
    """Return the override that calls a compiled loss."""

    def run(xp: Any, *, output: Array, target: Array, weight: Array | None, gradient: Array | None) -> Array:
        # An array takes the place of one that is absent, so that one compiled function serves all.
        total = compiled_loss(
            output,
            target,
            output if weight is None else weight,
            int(weight is not None),
            output if gradient is None else gradient,
            int(gradient is not None),
        )
        return xp.float64(total)

    return run


kernels.cross_entropy.override("numba")(_with(cross_entropy))
kernels.mean_squared_error.override("numba")(_with(mean_squared_error))
kernels.softmax_cross_entropy.override("numba")(_with(softmax_cross_entropy))
