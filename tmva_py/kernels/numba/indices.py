"""The mixture of a node and the variance of its targets, compiled."""

from __future__ import annotations

import math

from tmva_py.kernels.numba.compiling import borrowing
from tmva_py.kernels.separation import GINI, GINI_WITH_LAPLACE, MISCLASSIFICATION, SIGNIFICANCE


@borrowing
def index_of(separation: int, s: float, b: float) -> float:
    """Return the mixture of s and b."""
    whole = s + b
    if separation == SIGNIFICANCE:
        return s / math.sqrt(whole) if whole > 0 else 0.0
    if whole <= 0:
        return 0.0
    if separation == MISCLASSIFICATION:
        p = s / whole
        return 1.0 - max(p, 1.0 - p)
    if separation == GINI_WITH_LAPLACE:
        p = (s + 1.0) / (s + b + 2.0)
        return p * (1.0 - p)
    if s <= 0 or b <= 0:
        return 0.0
    if separation == GINI:
        return s * b / whole / whole
    p = s / whole
    return -(p * math.log(p) + (1.0 - p) * math.log(1.0 - p))


@borrowing
def variance_of(whole: float, t: float, t2: float) -> float:
    """Return the variance of a target."""
    return (t2 - t * t / whole) / whole
