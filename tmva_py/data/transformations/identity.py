"""``VarTransform=I``: nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from tmva_py.data.transformations.base import Floats, VariableTransformation
from tmva_py.plugins import hookimpl


class IdentityTransformation(VariableTransformation):
    """Leaves every value as it is. Weight files count it and hold nothing of it."""

    names: ClassVar[tuple[str, ...]] = ("I", "Ident", "Identity")
    short_name: ClassVar[str] = "Id"

    def fit(
        self,
        values: Floats,
        weight: npt.NDArray[np.float64],
        class_index: npt.NDArray[np.int32],
        n_classes: int,
    ) -> None:
        """Learn nothing."""

    def transform(self, values: Floats) -> Floats:
        """Return the values."""
        return values

    def inverse(self, values: Floats) -> Floats:
        """Return the values."""
        return values

    def write_xml(self, element: Element) -> None:
        """Add nothing."""

    def read_xml(self, element: Element, n_values: int) -> None:
        """Read nothing."""


@hookimpl
def tmva_py_transformations() -> Sequence[type]:
    """Offer the transformation."""
    return [IdentityTransformation]
