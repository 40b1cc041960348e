"""The initialiser XAVIER."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.functions.initializers.base import Initializer
from tmva_py.plugins import hookimpl


class XavierInitializer(Initializer):
    """Normal with s = √(6/(columns + rows)), drawn again beyond 2 s.

    ROOT's comment speaks of √(2/(n+m)); its code uses 6, and so does this one.
    """

    names = ("XAVIER",)
    code = "X"

    def draw(self, random: np.random.Generator, rows: int, columns: int) -> npt.NDArray[Any]:
        """Return a matrix drawn by the rule in the class's docstring."""
        scale = float(np.sqrt(6.0 / (columns + rows)))
        values = random.normal(0.0, 1.0, (rows, columns))
        while (outside := np.abs(values) > 2.0).any():
            values[outside] = random.normal(0.0, 1.0, int(outside.sum()))
        values *= scale
        return values


@hookimpl
def tmva_py_initializers() -> Sequence[type]:
    """Register the initialiser."""
    return [XavierInitializer]
