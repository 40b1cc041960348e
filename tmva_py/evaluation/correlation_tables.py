"""TMVA's tables of correlations and overlaps of methods, as lines of text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]
SMALLEST_PRODUCT = 1e-20
SHORTEST = 7


def linear_correlations(values: npt.NDArray[np.floating]) -> Doubles:
    """Return linear correlations of columns without event weights, 0 where a variance is next to 0."""
    x = values.astype(np.float64)
    x -= x.mean(axis=0) if len(x) else 0.0
    covariance = x.T @ x / max(len(x), 1)
    variance = np.diag(covariance)
    product = np.outer(variance, variance)
    usable = product > SMALLEST_PRODUCT
    correlation: Doubles = np.where(usable, covariance / np.sqrt(np.where(usable, product, 1.0)), 0.0)
    np.fill_diagonal(correlation, 1.0)
    return correlation


def matrix_lines(matrix: Doubles, rows: Sequence[str], columns: Sequence[str]) -> list[str]:
    r"""Return a table of numbers between -1 and 1, with names of rows and columns.

    Examples
    --------
    >>> print(*matrix_lines(np.array([[0.5], [-0.25]]), ["x", "y"], ["LD"]), sep="\n")
    ----------------
                  LD
          x:  +0.500
          y:  -0.250
    ----------------
    """
    widths = [max(SHORTEST, len(name)) for name in columns]
    longest = max([SHORTEST, *map(len, rows)])
    # TMVA's rule is as long as the columns' names need it, whatever the rows' are.
    bar = "-" * (max([SHORTEST, *widths]) + 1 + sum(width + 1 for width in widths))
    head = "".join(f"{name:>{width + 1}}" for name, width in zip(columns, widths, strict=True))
    lines = [bar, " " * (longest + 1) + head]
    for name, values in zip(rows, matrix, strict=True):
        cells = (f"{value:+1.3f}".rjust(width + 1) for value, width in zip(values, widths, strict=True))
        lines.append(f"{name:>{longest}}:{''.join(cells)}")
    return [*lines, bar]


def value_lines(
    values: Sequence[float], names: Sequence[str], name_title: str, value_title: str
) -> list[str]:
    r"""Return a table of one number for each name.

    Examples
    --------
    >>> print(*value_lines([0.25], ["LD"], "Method", "Cut value"), sep="\n")
    --------------------
     Method:  Cut value:
    --------------------
         LD:     +0.250
    --------------------
    """
    longest = max([SHORTEST, len(name_title), *map(len, names)])
    width = max(len(value_title) + 1, longest)
    bar = "-" * (longest + width + 3)
    rows = [
        f"{name:>{longest}}:" + f"{value:+1.3f}".rjust(width + 1)
        for name, value in zip(names, values, strict=True)
    ]
    return [bar, f"{name_title:>{longest}}:{value_title:>{width + 1}}:", bar, *rows, bar]
