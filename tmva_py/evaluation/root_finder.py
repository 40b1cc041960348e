"""The search for a cut, as TMVA's efficiencies need it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

MAX_ITERATIONS = 100
_EPSILON = float(np.finfo(np.float64).eps)


def find_root(
    function: Callable[[float], float], minimum: float, maximum: float, reference: float
) -> float | None:
    """Return where `function` equals `reference`, or None if it does not cross it between the ends.

    Brent's bracketing with secant steps and bisections only, step for step TMVA's ``RootFinder`` (CERNLIB's
    RZERO): where the function is flat, the root that comes out depends on the steps. TMVA sets a flag that
    rules out inverse quadratic interpolation and never clears it, so that branch is left out here.
    """
    a, b = minimum, maximum
    f_a, f_b = function(a) - reference, function(b) - reference
    if f_a * f_b > 0:
        return None
    c, f_c = 0.0, f_b
    step = previous_step = 0.0
    for _ in range(MAX_ITERATIONS + 1):
        if (f_b < 0 and f_c < 0) or (f_b > 0 and f_c > 0):
            c, f_c = a, f_a
            step = previous_step = b - a
        if abs(f_c) < abs(f_b):
            a, b, c = b, c, b
            f_a, f_b, f_c = f_b, f_c, f_b
        tolerance = 0.5 * _EPSILON * abs(b)
        half = 0.5 * (c - b)
        if f_b == 0 or abs(half) <= tolerance:
            return b
        if abs(previous_step) < tolerance or abs(f_a) <= abs(f_b):
            step = previous_step = half
        else:
            ratio = f_b / f_a
            p, q = 2 * half * ratio, 1 - ratio
            if p > 0:
                q = -q
            else:
                p = -p
            if 2 * p < min(3 * half * q - abs(tolerance * q), abs(previous_step * q)):
                previous_step, step = step, p / q
            else:
                step = previous_step = half
        a, f_a = b, f_b
        if abs(step) > tolerance:
            b += step
        else:
            b += tolerance if half > 0 else -tolerance
        f_b = function(b) - reference
    return b
