"""What a cut improves: indices of the mixture of a node's signal s and background b, and gains of cuts.

The formulas are those of TMVA, operation by operation: which of two cuts is the better one may hang on the
last bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

Array = Any

GINI, CROSS_ENTROPY, GINI_WITH_LAPLACE, MISCLASSIFICATION, SIGNIFICANCE, VARIANCE = range(6)
"""The numbers by which kernels know them; `VARIANCE` is for trees of targets."""

SMALLEST_GAIN = math.sqrt(2.0**-52)
"""Below this a gain of purity, times the sum of weights, is taken for rounding."""

Index = Callable[[Any, Array, Array], Array]


def gini(xp: Any, s: Array, b: Array) -> Array:
    """p(1 − p), with the purity p = s/(s + b)."""
    whole = s + b
    return xp.where((whole <= 0) | (s <= 0) | (b <= 0), 0.0, s * b / whole / whole)


def cross_entropy(xp: Any, s: Array, b: Array) -> Array:
    """−p ln p − (1 − p) ln(1 − p)."""
    empty = (s + b <= 0) | (s <= 0) | (b <= 0)
    p = xp.where(empty, 0.5, s / (s + b))
    log = xp.vectorize(_log, otypes=[xp.float64])
    return xp.where(empty, 0.0, -(p * log(p) + (1.0 - p) * log(1.0 - p)))


def _log(p: float) -> float:
    """Return the logarithm of the C library: NumPy's may differ in the last bit."""
    return math.log(p) if p > 0 else -math.inf


def gini_with_laplace(xp: Any, s: Array, b: Array) -> Array:
    """p(1 − p) with p = (s + 1)/(s + b + 2)."""
    p = (s + 1.0) / (s + b + 2.0)
    return xp.where(s + b <= 0, 0.0, p * (1.0 - p))


def misclassification(xp: Any, s: Array, b: Array) -> Array:
    """1 − max(p, 1 − p)."""
    p = s / (s + b)
    return xp.where(s + b <= 0, 0.0, 1.0 - xp.maximum(p, 1.0 - p))


def significance(xp: Any, s: Array, b: Array) -> Array:
    """s/√(s + b)."""
    return xp.where(s + b > 0, s / xp.sqrt(s + b), 0.0)


INDICES: tuple[Index, ...] = (gini, cross_entropy, gini_with_laplace, misclassification, significance)
"""By number."""


def variance(whole: Array, t: Array, t2: Array) -> Array:
    """The variance of a target, from sums of w, wt and wt²."""
    return (t2 - t * t / whole) / whole


def purity_gain(xp: Any, index: Index, s: Array, b: Array, all_s: float, all_b: float) -> Array:
    """What cuts with s and b below them gain over the node with `all_s` and `all_b`."""
    rest_s, rest_b = all_s - s, all_b - b
    parent = (all_s + all_b) * float(index(xp, xp.float64(all_s), xp.float64(all_b)))
    above = (rest_s + rest_b) * index(xp, rest_s, rest_b)
    below = (s + b) * index(xp, s, b)
    difference = parent - above - below
    nothing = ((rest_s == s) & (rest_b == b)) | (difference < SMALLEST_GAIN)
    return xp.where(nothing, 0.0, difference / (all_s + all_b))


def variance_gain(xp: Any, n: Array, t: Array, t2: Array, all_n: float, all_t: float, all_t2: float) -> Array:
    """What cuts with sums n, t and t2 below them gain, relative to the node's variance."""
    parent = all_n * variance(all_n, all_t, all_t2)
    above = (all_n - n) * variance(all_n - n, all_t - t, all_t2 - t2)
    below = n * variance(n, t, t2)
    return xp.where((n == all_n) | (n == 0), 0.0, (parent - above - below) / parent)
