"""What the checks of functions share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.plugins import Registry
from tmva_py.testing.report import MismatchError, expect

Array = npt.NDArray[Any]


def class_of(kind: str, given: str | type, registry: Registry) -> type:
    """Return the class that is meant by a name, or `given` itself."""
    return registry.find(kind, given) if isinstance(given, str) else given


def subject_of(kind: str, given: object) -> str:
    """Return how a report calls what it checks."""
    name = given if isinstance(given, str) else getattr(given, "__qualname__", type(given).__qualname__)
    return f"{kind} {name!r}"


def expect_same(what: str, before: Array, after: Array) -> None:
    """Raise unless two arrays are equal; the text has the first index and both numbers.

    Raises
    ------
    MismatchError
        They differ.
    """
    if np.shape(before) != np.shape(after):
        message = f"{what}: shape was {np.shape(before)} and is {np.shape(after)}"
        raise MismatchError(message)
    same = (before == after) | ((before != before) & (after != after))
    if not np.all(same):
        index = tuple(int(axis) for axis in np.argwhere(~same)[0])
        message = f"{what}: index {list(index)} was {before[index]:.9g} and is {after[index]:.9g}"
        raise MismatchError(message)


def check_code(cls: type, kind: str, registry: Registry, expected: type) -> str:
    """Check the mark of a class in weight files: there, of the right type, and of no other class.

    Raises
    ------
    MismatchError
        It is missing, of another type, or taken.
    """
    code = getattr(cls, "code", None)
    expect(
        isinstance(code, expected) and code != "" and not isinstance(code, bool),
        f"code is {code!r}, expected {'a number' if expected is int else 'a text'}: it stands in weight "
        "files",
    )
    others = [
        other for other in registry.classes(kind) if other is not cls and getattr(other, "code", None) == code
    ]
    if others:
        message = (
            f"code {code!r} is that of {others[0].__qualname__} too: a weight file would come back with the "
            "other; take one that is free"
        )
        raise MismatchError(message)
    return f"code {code!r}"


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
    """Return a scalar of a backend on the host.

    Raises
    ------
    MismatchError
        It is not a scalar in double precision.
    """
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


def first_difference(names: Sequence[str], found: Sequence[Array], expected: Sequence[Array]) -> str:
    """Return name, index and both numbers of the first difference, or an empty text."""
    for name, value, right in zip(names, found, expected, strict=True):
        if not np.array_equal(value, right):
            index = tuple(int(axis) for axis in np.argwhere(value != right)[0])
            return f"{name}{list(index)}: {value[index]:.9g} and {right[index]:.9g}"
    return ""


def expect_close(what: str, expected: Array, found: Array, where: tuple[str, str], cause: str) -> None:
    """Raise unless two arrays agree but for rounding; the text has index, both numbers and the likely cause.

    Parameters
    ----------
    what : str
        What the arrays are.
    expected, found : ndarray
        The arrays.
    where : tuple of str
        Under which circumstances the first and the second were made.
    cause : str
        What makes them differ.

    Raises
    ------
    MismatchError
        They differ.
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
