"""The three output functions of TMVA."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tmva_py.backends import Array
from tmva_py.errors import UnknownNameError, did_you_mean
from tmva_py.kernels import Kernel
from tmva_py.kernels import output as kernels


@dataclass(frozen=True)
class OutputFunction:
    """What turns raw outputs into predictions.

    Attributes
    ----------
    name : str
        Name in Python.
    code : str
        The letter in weight files (``OutputFunction="S"``).
    kernel : Kernel
        ``kernel.on(backend)(xp, x=x)`` returns a new array of the shape of `x`, (B, n); see
        `tmva_py.kernels.output`.
    """

    name: str
    code: str
    kernel: Kernel[..., Any]

    def apply(self, xp: Any, x: Array) -> Array:
        """Return a new array of the shape of `x`, (B, n), computed by the array namespace `xp`."""
        return self.kernel(xp, x=x)


OUTPUT_FUNCTIONS = (
    OutputFunction("IDENTITY", "I", kernels.identity),
    OutputFunction("SIGMOID", "S", kernels.sigmoid),
    OutputFunction("SOFTMAX", "M", kernels.softmax),
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
