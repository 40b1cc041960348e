"""``VarTransform=U``: each value becomes uniformly distributed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from tmva_py.data.transformations.cumulative import CumulativeTransformation
from tmva_py.plugins import hookimpl

Doubles = npt.NDArray[np.float64]


class UniformTransformation(CumulativeTransformation):
    """The fraction of training events below a value, in [1e-9, 1 - 1e-9].

    By default regression targets are transformed as well.
    """

    names: ClassVar[tuple[str, ...]] = ("U", "Uniform")
    short_name: ClassVar[str] = "Uniform"
    default_selection: ClassVar[str] = "_V_,_T_"
    flat_or_gauss: ClassVar[str] = "Flat"

    def from_fraction(self, fraction: Doubles) -> Doubles:
        """Return the fractions."""
        return fraction

    def to_fraction(self, transformed: Doubles) -> Doubles:
        """Return the values, which are fractions."""
        return transformed


@hookimpl
def tmva_py_transformations() -> Sequence[type]:
    """Offer the transformation."""
    return [UniformTransformation]
