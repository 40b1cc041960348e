"""``VarTransform=G``: each value becomes normally distributed."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, cast
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt

from tmva_py.data.transformations.base import VariableTransformation
from tmva_py.data.transformations.cumulative import CumulativeTransformation
from tmva_py.data.transformations.uniform import UniformTransformation
from tmva_py.kernels.gauss import error_function_values, uncertain_singles
from tmva_py.plugins import hookimpl

Doubles = npt.NDArray[np.float64]

LARGEST_ARGUMENT = 0.99999999
ROOT_OF_TWO = 1.414213562  # as TMVA has it
# ROOT's inverse error function stops when the error function is as near as this.
_CLOSE_ENOUGH = 1e-14
# By as much it is off at most where its result is below the limit; beyond, by more.
_LARGEST_DEVIATION, _LIMIT = 1.5e-10, 4.2


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
        argument = error_function_values.at_hand(np, fraction=fraction, largest=LARGEST_ARGUMENT)
        result: Doubles = _erfinv()(argument, out=fraction)
        result *= ROOT_OF_TWO
        # Where it may be seen in single precision that ROOT's function is not exact, its result is taken.
        seen = uncertain_singles.at_hand(np, values=result, deviation=_LARGEST_DEVIATION, limit=_LIMIT)
        if seen.any():
            arguments, places = argument[seen], cast(Any, slice(None))
            if len(arguments) > 1:
                arguments, places = np.unique(arguments, return_inverse=True)
            of_root = np.array([_inverse_error_function(one) for one in arguments.tolist()])
            result[seen] = ROOT_OF_TWO * of_root[places]
        return result

    def to_fraction(self, transformed: Doubles) -> Doubles:
        """Return the normal distribution's fractions."""
        from scipy.special import erf

        result: Doubles = (erf(transformed / ROOT_OF_TWO) + 1.0) / 2.0
        return result


@functools.cache
def _erfinv() -> Callable[..., Doubles]:
    from scipy.special import erfinv

    return cast("Callable[..., Doubles]", erfinv)


def _inverse_error_function(x: float) -> float:
    """Return what ROOT's ``TMath::ErfInverse`` has when its secants come close enough."""
    if abs(x) <= _CLOSE_ENOUGH or math.isnan(x):
        return math.sqrt(math.pi) / 2.0 * x
    found = math.sqrt(math.pi) / 2.0 * abs(x)
    before, step = math.erf(0.9 * found), 0.1 * found
    for _ in range(50):
        value = 1.0 - math.erfc(found)
        missing = abs(x) - value
        if abs(missing) < _CLOSE_ENOUGH:
            break
        step *= missing / (value - before)
        before, found = value, found + step
        if abs(step / found) < _CLOSE_ENOUGH:
            break
    return math.copysign(found, x)


@hookimpl
def tmva_py_transformations() -> Sequence[type]:
    """Offer the transformation."""
    return [GaussTransformation]
