"""Numbers that users give, in any form, as NumPy arrays; what is not a real number is refused by its name."""

from __future__ import annotations

from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError, ShapeError, TMVAError

_REAL = "fiub"


def real_numbers(name: str, values: Any) -> npt.NDArray[Any]:
    """Return an array of real numbers, in the precision that it has; `name` is for messages.

    Raises
    ------
    ShapeError
        Rows differ in length.
    DataError
        There are texts, dates, complex numbers, None or masked values, or no array can be made.
    """
    if type(values) is np.ndarray and values.dtype.kind in _REAL:
        return values
    if values is None:
        message = f"{name}: expected numbers, got None"
        raise DataError(message)
    if isinstance(values, np.ma.MaskedArray):
        return real_numbers(name, _without_mask(name, values))
    if isinstance(values, list | tuple) and any(isinstance(row, np.ma.MaskedArray) for row in values):
        rows = [_without_mask(f"{name}, row {i}", np.ma.asarray(row)) for i, row in enumerate(values)]
        return real_numbers(name, rows)
    try:
        array = np.asarray(values)
    except TMVAError:
        raise
    except ValueError as error:
        message = f"{name}: expected an array of numbers: {error}"
        raise ShapeError(message) from None
    # A tensor that requires gradients or is on a device says how to get its values.
    except (TypeError, RuntimeError, OverflowError, AttributeError, NotImplementedError) as error:
        message = f"{name}: no array of numbers can be made of {type(values).__name__}: {error}"
        raise DataError(message) from None
    if array.dtype.kind == "O":
        return _from_objects(name, array)
    if array.dtype.kind not in _REAL:
        kind = "complex numbers" if array.dtype.kind == "c" else f"an array of {array.dtype.name}"
        advice = "; take their real part or absolute value" if array.dtype.kind == "c" else ""
        message = f"{name}: expected real numbers, got {kind}{advice}"
        raise DataError(message)
    return array


def _without_mask(name: str, values: np.ma.MaskedArray[Any, Any]) -> npt.NDArray[Any]:
    masked = np.ma.getmaskarray(values)
    if masked.any():
        first = tuple(int(place) for place in np.argwhere(masked)[0])
        message = (
            f"{name}: {int(masked.sum())} values are masked (the first at {first}); leave those events out, "
            "or give the masked values a number with .filled(number)"
        )
        raise DataError(message)
    return np.asarray(values.data)


def _from_objects(name: str, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an array of Python's numbers as one of double precision."""
    for place, value in enumerate(array.flat):
        if not isinstance(value, Real | Decimal | np.bool_):
            shown = repr(value)
            text = "" if array.ndim == 0 else f" (value {place}: {shown[:40]})"
            message = f"{name}: expected real numbers, got {type(value).__name__}{text}"
            raise DataError(message)
    try:
        return array.astype(np.float64)
    except (OverflowError, ValueError, TypeError) as error:
        message = f"{name}: expected real numbers: {error}"
        raise DataError(message) from None
