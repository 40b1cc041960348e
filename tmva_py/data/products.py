"""Products of matrices whose sums have one order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tmva_py.kernels.linear import ordered_products

Doubles = npt.NDArray[np.float64]


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
    begin = None if offset is None else np.ascontiguousarray(offset, np.float64).reshape(-1)
    found: Doubles = ordered_products.at_hand(np, values=values, matrix=matrix, offset=begin)
    return found
