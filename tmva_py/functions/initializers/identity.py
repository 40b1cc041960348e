"""The initialiser IDENTITY."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.functions.initializers.base import Initializer
from tmva_py.plugins import hookimpl


class IdentityInitializer(Initializer):
    """Ones on the diagonal, else zero."""

    names = ("IDENTITY",)
    code = "I"

    def draw(self, random: np.random.Generator, rows: int, columns: int) -> npt.NDArray[Any]:
        """Return a matrix drawn by the rule in the class's docstring."""
        return np.eye(rows, columns)


@hookimpl
def tmva_py_initializers() -> Sequence[type]:
    """Register the initialiser."""
    return [IdentityInitializer]
