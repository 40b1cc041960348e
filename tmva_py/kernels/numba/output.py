"""Output functions, compiled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tmva_py.kernels.numba import functions
from tmva_py.kernels.numba.activation import plain
from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.numba.elementwise import elementwise
from tmva_py.kernels.numba.vectors import Emitter, Lanes
from tmva_py.kernels.numba.views import At
from tmva_py.kernels.output import sigmoid

Array = Any


def _sigmoid(e: Emitter, values: Sequence[Lanes], scalars: Sequence[Lanes]) -> list[Lanes]:
    (x,) = values
    # Small probabilities keep their relative precision, and nothing overflows.
    small = functions.exp(e, -e.unary("fabs", x))
    return [e.where(e.compare(">=", x, 0.0), 1.0, small) / (1.0 + small)]


sigmoid_lanes = elementwise(_sigmoid)


@borrowing
def run_sigmoid(x: Array, out: Array) -> None:
    """Write 1/(1 + exp(−x))."""
    sigmoid_lanes(x.size, (At(x, 0),), (At(out, 0),), ())


@sigmoid.override("numba")
def _sigmoid_numba(xp: Any, *, x: Array) -> Array:
    if not plain(x):
        x = x.copy(order="C")
    out = xp.empty(x.shape, x.dtype)
    run_sigmoid(x, out)
    return out
