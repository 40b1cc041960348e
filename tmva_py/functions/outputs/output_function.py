"""The three output functions of TMVA."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tmva_py.backends import Array
from tmva_py.errors import UnknownNameError, did_you_mean


@dataclass(frozen=True)
class OutputFunction:
    """What turns raw outputs into predictions.

    Attributes
    ----------
    name : str
        Name in Python.
    code : str
        The letter in weight files (``OutputFunction="S"``).
    apply : callable
        ``apply(xp, x)`` returns a new array of the shape of `x`, (B, n).
    """

    name: str
    code: str
    apply: Callable[[Any, Array], Array]


def _identity(xp: Any, x: Array) -> Array:
    return xp.array(x)


def _sigmoid(xp: Any, x: Array) -> Array:
    # Small probabilities keep their relative precision, and nothing overflows.
    small = xp.exp(-xp.absolute(x))
    return xp.where(x >= 0, 1 / (1 + small), small / (1 + small))


def _softmax(xp: Any, x: Array) -> Array:
    exponentials = xp.exp(x - xp.max(x, axis=1, keepdims=True))
    return exponentials / xp.sum(exponentials, axis=1, keepdims=True)


OUTPUT_FUNCTIONS = (
    OutputFunction("IDENTITY", "I", _identity),
    OutputFunction("SIGMOID", "S", _sigmoid),
    OutputFunction("SOFTMAX", "M", _softmax),
)


def find_output_function(name_or_code: str) -> OutputFunction:
    """Return the output function with this name (case does not count) or this one-letter code.

    Raises
    ------
    UnknownNameError
        There is none.
    """
    for function in OUTPUT_FUNCTIONS:
        if name_or_code == function.code or name_or_code.upper() == function.name:
            return function
    known = [function.name for function in OUTPUT_FUNCTIONS]
    message = (
        f"unknown output function {name_or_code!r}{did_you_mean(name_or_code, known)}\n"
        f"  known: {', '.join(known)}"
    )
    raise UnknownNameError(message)
