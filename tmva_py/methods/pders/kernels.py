"""How much an event counts by its distance from the middle of a box, which is 1 at its faces."""

from __future__ import annotations

import numpy as np

from tmva_py.methods.inputs import Doubles

_TINY = 1e-9


def kernel_values(
    name: str, distance: Doubles, n_variables: int, *, sigma: float, farthest: Doubles
) -> Doubles:
    """Return the kernel at distances (N, n); `farthest` (N,) is what ``Trim`` takes for 1."""
    with np.errstate(all="ignore"):
        if name in ("Box", "Sphere"):
            return np.ones_like(distance)
        if name == "Teepee":
            return 1.0 - distance
        if name == "Gauss":
            return np.exp(-0.5 * (distance / sigma) ** 2)
        if name == "Trim":
            part = distance / farthest[:, None]
            trimmed: Doubles = (1.0 - part * part * part) ** 3
            return trimmed
        if name.startswith("Sinc"):
            # Sinc3 has two, Sinc5 three, Sinc11 six crossings.
            return _power(_sinc((int(name[4:]) + 1) // 2 * distance), n_variables)
        level = int(name.removeprefix("Lanczos"))
        return _power(_sinc(distance) * _sinc(level * distance), n_variables)


def _sinc(x: Doubles) -> Doubles:
    small = np.abs(x) < _TINY
    at = np.pi * np.where(small, 1.0, x)
    return np.where(small, 1.0, np.sin(at) / at)


def _power(value: Doubles, n_variables: int) -> Doubles:
    if n_variables % 2:
        return value**n_variables
    result: Doubles = np.abs(value) * value ** (n_variables - 1)
    return result
