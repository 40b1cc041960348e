"""Matrix products whose sums have one order, whatever library multiplies, however many events there are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

# So many events at once stay in a processor's cache.
_BLOCK = 1024
# Up to so many events all terms of the sums are there at once: fewer calls, more memory.
_FEW = 16


def product_in_order(
    values: npt.NDArray[np.floating], matrix: Doubles, offset: npt.ArrayLike | None = None
) -> Doubles:
    """Return the rows of `values` times `matrix`, in double precision, added up from the first column on.

    TMVA adds like this, and one event gets the bits that it gets among many; a library's product, whose
    sums have the order that suits it, gives neither.

    Parameters
    ----------
    values : ndarray, shape (N, k)
        One row for each event.
    matrix : ndarray of float64, shape (k, m)
        The factors.
    offset : array_like, shape (m,) or one number, optional
        What the sums begin with.

    Returns
    -------
    ndarray of float64, shape (N, m)
    """
    begin = None if offset is None else np.asarray(offset, np.float64).reshape(-1, 1)
    if len(values) <= _FEW:
        return _of_few(values.T, matrix, begin).T
    result = np.empty((len(values), matrix.shape[1]))
    for start in range(0, len(values), _BLOCK):
        columns = values[start : start + _BLOCK].T
        # A negative zero is what changes nothing that is added to it.
        total = np.full((matrix.shape[1], columns.shape[1]), -0.0 if begin is None else begin)
        term = np.empty_like(total)
        for column, factors in zip(columns, matrix, strict=True):
            total += np.multiply(factors[:, None], column, out=term)
        result[start : start + _BLOCK] = total.T
    return result


def _of_few(columns: npt.NDArray[np.floating], matrix: Doubles, begin: Doubles | None) -> Doubles:
    first = 0 if begin is None else 1
    terms = np.empty((first + len(matrix), matrix.shape[1], columns.shape[1]))
    if begin is not None:
        terms[0] = begin
    np.multiply(columns[:, None, :], matrix[:, :, None], out=terms[first:])
    # Unlike a sum as such, it goes from the first term to the last.
    found: Doubles = np.add.accumulate(terms, axis=0, out=terms)[-1]
    return found
