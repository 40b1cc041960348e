"""The initialiser ZERO."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.functions.initializers.base import Initializer
from tmva_py.plugins import hookimpl


class ZeroInitializer(Initializer):
    """All zero."""

    names = ("ZERO",)
    code = "Z"

    def draw(self, random: np.random.Generator, rows: int, columns: int) -> npt.NDArray[Any]:
        """Return a matrix drawn by the rule in the class's docstring."""
        # Weight files are read into networks of zeros: no memory for more digits than these have.
        return np.zeros((rows, columns), np.float32)


@hookimpl
def tmva_py_initializers() -> Sequence[type]:
    """Register the initialiser."""
    return [ZeroInitializer]
