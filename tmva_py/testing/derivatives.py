"""Gradients against numerical derivatives, and what a difference between them suggests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.testing.report import MismatchError

Array = npt.NDArray[Any]

TOLERANCE = 1e-6
"""Largest relative error of a gradient in double precision."""

# Three step sizes h, h/2, h/4 cancel the errors of order h² and h⁴. With the large step little but rounding
# is left for a smooth function; the small ones are for functions with kinks, which a large step crosses.
STEPS = (2.0**-6, 2.0**-12, 2.0**-18)
# Components smaller than this share of the largest are compared with it.
FLOOR = 1e-2
# More components than this are drawn at random.
COMPONENTS = 150


@dataclass(frozen=True)
class Comparison:
    """A gradient beside its numerical derivative.

    Attributes
    ----------
    name : str
        Of the array that the derivative is by.
    indices : tuple of int arrays
        The compared components.
    found, expected : ndarray
        The gradient and the derivative there.
    error : float
        The largest difference, relative to the larger of the component and a hundredth of the largest.
    """

    name: str
    indices: tuple[npt.NDArray[np.intp], ...]
    found: Array
    expected: Array
    error: float

    @property
    def right(self) -> bool:
        """Whether they agree."""
        return self.error <= TOLERANCE

    @property
    def worst(self) -> tuple[tuple[int, ...], float, float]:
        """Index, gradient and derivative where they differ most."""
        difference = np.abs(self.found - self.expected)
        place = int(np.argmax(np.where(np.isfinite(difference), difference, np.inf)))
        index = tuple(int(axis[place]) for axis in self.indices)
        return index, float(self.found[place]), float(self.expected[place])

    def text(self) -> str:
        """Return name, index and both numbers."""
        index, found, expected = self.worst
        place = ", ".join(map(str, index))
        return f"{self.name}[{place}]: backward gives {found:.9g}, finite differences {expected:.9g}"


def compare_gradient(
    name: str,
    value: Callable[[], float],
    array: Array,
    gradient: Any,
    *,
    random: np.random.Generator,
    components: int = COMPONENTS,
) -> Comparison:
    """Compare `gradient` with the derivative of ``value()`` by `array`, which is moved in place and put back.

    Of more components than `components`, `random` draws that many.

    Raises
    ------
    MismatchError
        The gradient is missing or has another shape.
    """
    if gradient is None:
        message = f"{name}: there is no gradient (None)"
        raise MismatchError(message)
    gradient = np.asarray(gradient)
    if gradient.shape != array.shape:
        message = f"{name}: the gradient has shape {gradient.shape}, expected {array.shape}"
        raise MismatchError(message)
    flat = np.arange(array.size)
    if array.size > components:
        flat = np.sort(random.choice(array.size, components, replace=False))
    indices = np.unravel_index(flat, array.shape)
    found = gradient[indices].astype(np.float64)
    expected = np.array([_derivative(value, array, index, STEPS[0]) for index in zip(*indices, strict=True)])
    error = _errors(found, expected)
    for step in STEPS[1:]:
        for place in np.flatnonzero(error > TOLERANCE):
            index = tuple(axis[place] for axis in indices)
            again = _derivative(value, array, index, step)
            if abs(again - found[place]) < abs(expected[place] - found[place]):
                expected[place] = again
        error = _errors(found, expected)
    worst = float(error.max(initial=0.0))
    return Comparison(name, indices, found, expected, worst if np.isfinite(found).all() else np.inf)


def likely_cause(wrong: Comparison, others: Mapping[str, Comparison], counts: Mapping[str, int]) -> str:
    """Say what makes a gradient differ from the derivative as it does.

    Parameters
    ----------
    wrong : Comparison
        What differs.
    others : mapping
        The comparisons of the other arrays, by name.
    counts : mapping
        What numbers mean, as ``{"events": 5, "time steps": 3}``.
    """
    found, expected = wrong.found, wrong.expected
    if not np.isfinite(found).all():
        return "the gradient is not finite: memory is read before it is written, or a value overflows"
    if not found.any():
        return "the gradient is zero everywhere: backward does not compute it"
    factor = _common_factor(found, expected)
    if factor is not None:
        return _name_factor(factor, counts)
    for name, other in others.items():
        if name != wrong.name and other.expected.shape == expected.shape and _close(found, other.expected):
            return f"this is the gradient of {name}: the two are swapped"
    transposed = _transposed(wrong)
    if transposed is not None:
        return transposed
    error = _errors(found, expected)
    share = int((error > TOLERANCE).sum())
    if share < found.size:
        text = f"{share} of {found.size} components are wrong"
        return f"{text}{_place(error > TOLERANCE, wrong.indices)}: a branch, an index or the edge of a range"
    return "a term of the derivative is missing or belongs to another place"


def _place(wrong: Array, indices: tuple[npt.NDArray[np.intp], ...]) -> str:
    """Say along which axis the wrong components can be told from the right ones."""
    for number, axis in enumerate(indices):
        bad, good = set(axis[wrong].tolist()), set(axis[~wrong].tolist())
        if not bad & good:
            return f", those with index {number} = {', '.join(map(str, sorted(bad)))}"
    return ""


def _derivative(value: Callable[[], float], array: Array, index: tuple[Any, ...], step: float) -> float:
    start = array[index]

    def central(width: float) -> float:
        array[index] = start + width
        above = value()
        array[index] = start - width
        return (above - value()) / (2 * width)

    first, second, third = (central(step / 2**k) for k in range(3))
    array[index] = start
    better = [(4 * second - first) / 3, (4 * third - second) / 3]
    return (16 * better[1] - better[0]) / 15


def _errors(found: Array, expected: Array) -> Array:
    largest = max(float(np.abs(expected).max(initial=0.0)), FLOOR)
    difference = np.abs(found - expected) / np.maximum(np.abs(expected), FLOOR * largest)
    errors: Array = np.where(np.isfinite(difference), difference, np.inf)
    return errors


def _close(found: Array, expected: Array) -> bool:
    return bool(_errors(found, expected).max(initial=0.0) < 1e3 * TOLERANCE)


def _common_factor(found: Array, expected: Array) -> float | None:
    square = float(expected @ expected)
    if not square or found.size < 2:
        return None
    factor = float(found @ expected) / square
    return factor if factor and _close(found / factor, expected) else None


def _name_factor(factor: float, counts: Mapping[str, int]) -> str:
    if abs(factor + 1) < 1e-3:
        return "every component has the wrong sign"
    for name, number in counts.items():
        if number > 1 and abs(factor * number - 1) < 1e-3:
            return f"every component is divided by {number}, the number of {name}"
        if number > 1 and abs(factor / number - 1) < 1e-3:
            return f"every component is multiplied by {number}, the number of {name}"
    return f"every component is {factor:.6g} times the derivative: a factor of {1 / factor:.6g} is missing"


def _transposed(wrong: Comparison) -> str | None:
    shape = tuple(int(axis.max()) + 1 for axis in wrong.indices)
    if len(shape) != 2 or shape[0] != shape[1] or wrong.found.size != shape[0] * shape[1]:
        return None
    if _close(wrong.found.reshape(shape).T.ravel(), wrong.expected):
        return "the gradient is transposed"
    return None
