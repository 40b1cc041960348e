"""The initialiser GAUSS."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.functions.initializers.base import Initializer
from tmva_py.plugins import hookimpl


class GaussInitializer(Initializer):
    """Normal with standard deviation √(2/columns)."""

    names = ("GAUSS",)
    code = "G"

    def draw(self, random: np.random.Generator, rows: int, columns: int) -> npt.NDArray[Any]:
        """Return a matrix drawn by the rule in the class's docstring."""
        return random.normal(0.0, np.sqrt(2.0 / columns), (rows, columns))


@hookimpl
def tmva_py_initializers() -> Sequence[type]:
    """Register the initialiser."""
    return [GaussInitializer]
