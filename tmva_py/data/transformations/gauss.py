"""``VarTransform=G``: each value becomes normally distributed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from tmva_py.data.transformations.base import VariableTransformation
from tmva_py.data.transformations.cumulative import CumulativeTransformation
from tmva_py.data.transformations.uniform import UniformTransformation
from tmva_py.plugins import hookimpl

Doubles = npt.NDArray[np.float64]

LARGEST_ARGUMENT = 0.99999999
ROOT_OF_TWO = 1.414213562  # as TMVA has it


class GaussTransformation(CumulativeTransformation):
    r"""The value of a normal distribution with the same fraction of events below it.

    .. math:: y = \sqrt 2\, \mathrm{erf}^{-1}(2 F(x) - 1)

    with the cumulative distribution :math:`F` of the training events. The argument of the inverse error
    function is kept in ±0.99999999, so that results are within ±5.7307.
    """

    names: ClassVar[tuple[str, ...]] = ("G", "Gauss")
    short_name: ClassVar[str] = "Gauss"
    flat_or_gauss: ClassVar[str] = "Gauss"

    @classmethod
    def class_for(cls, element: Element) -> type[VariableTransformation]:
        """Return the uniform transformation for ``FlatOrGauss="Flat"``."""
        return UniformTransformation if element.get("FlatOrGauss") == "Flat" else cls

    def from_fraction(self, fraction: Doubles) -> Doubles:
        """Return the values of the normal distribution."""
        from scipy.special import erfinv

        fraction *= 2.0
        fraction -= 1.0
        np.clip(fraction, -LARGEST_ARGUMENT, LARGEST_ARGUMENT, out=fraction)
        result: Doubles = erfinv(fraction, out=fraction)
        result *= ROOT_OF_TWO
        return result

    def to_fraction(self, transformed: Doubles) -> Doubles:
        """Return the normal distribution's fractions."""
        from scipy.special import erf

        result: Doubles = (erf(transformed / ROOT_OF_TWO) + 1.0) / 2.0
        return result


@hookimpl
def tmva_py_transformations() -> Sequence[type]:
    """Offer the transformation."""
    return [GaussTransformation]
