"""Comparisons of arrays whose messages have the place, both numbers and the likely cause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.testing.report import MismatchError, expect

Array = npt.NDArray[Any]


def expect_same(what: str, before: Array, after: Array) -> None:
    """Raise unless two arrays are equal; the text has the first index and both numbers."""
    if np.shape(before) != np.shape(after):
        message = f"{what}: shape was {np.shape(before)} and is {np.shape(after)}"
        raise MismatchError(message)
    same = (before == after) | ((before != before) & (after != after))
    if not np.all(same):
        index = tuple(int(axis) for axis in np.argwhere(~same)[0])
        message = f"{what}: index {list(index)} was {before[index]:.9g} and is {after[index]:.9g}"
        raise MismatchError(message)


def derivative(function: Callable[[Array], Array], x: Array, found: Array) -> Array:
    """Return the elementwise derivative of `function`, by the step that comes nearest to `found`."""
    best = np.full(x.shape, np.inf)
    for step in (2.0**-6, 2.0**-10, 2.0**-14):
        central = [
            (function(x + step / 2**k) - function(x - step / 2**k)) / (2 * step / 2**k) for k in range(3)
        ]
        better = [(4 * central[k + 1] - central[k]) / 3 for k in range(2)]
        value = (16 * better[1] - better[0]) / 15
        best = np.where(np.abs(value - found) < np.abs(best - found), value, best)
    return best


def scalar(value: Any, backend: Any, what: str) -> float:
    """Return a scalar of a backend on the host, or raise where it has another shape or precision."""
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    expect(
        shape == (), f"{what} is {type(value).__name__} of shape {shape}, expected a scalar of the backend"
    )
    expect(
        str(dtype).endswith("float64"),
        f"{what} is {dtype}, expected float64: use xp.sum(..., dtype=xp.float64)",
    )
    host = value if isinstance(value, np.generic) else backend.to_numpy(value)
    return float(host)


def expect_close(what: str, expected: Array, found: Array, where: tuple[str, str], cause: str) -> None:
    """Raise unless two arrays agree but for rounding.

    The text has index, both numbers, under which circumstances (`where`) each was made, and the likely cause.
    """
    if np.shape(expected) != np.shape(found):
        message = (
            f"{what}: shape {np.shape(expected)} {where[0]}, {np.shape(found)} {where[1]}\n"
            f"  likely cause: {cause}"
        )
        raise MismatchError(message)
    same = np.isclose(found, expected, rtol=1e-9, atol=1e-12, equal_nan=True)
    if not np.all(same):
        index = tuple(int(axis) for axis in np.argwhere(~same)[0])
        message = (
            f"{what}{list(index)}: {expected[index]:.9g} {where[0]}, {found[index]:.9g} {where[1]}\n"
            f"  likely cause: {cause}"
        )
        raise MismatchError(message)
