"""How strongly two quantities depend on each other, from their binned joint distribution."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tmva_py.errors import ShapeError
from tmva_py.histograms import Histogram2D

Doubles = npt.NDArray[np.float64]


def mutual_information(counts: Doubles) -> float:
    r"""Return :math:`\sum p_{ij} \ln (p_{ij} / (p_i p_j))` in natural units, -1 without content.

    `counts` is the joint distribution, with even numbers of bins; TMVA joins them two by two first.
    """
    total = float(counts.sum())
    if total == 0:
        return -1.0
    joined = _joined(counts) / total
    product = np.outer(joined.sum(axis=1), joined.sum(axis=0))
    filled = (joined > 0) & (product > 0)
    return float(np.sum(joined[filled] * np.log(joined[filled] / product[filled])))


def correlation_ratio(histogram: Histogram2D, *, transposed: bool = False) -> float:
    r"""Return how much of the variance of y the mean of y at each x explains; -1 without content.

    .. math:: \eta^2 = \sum_i p_i (\bar y_i - \bar y)^2 / \sigma_y^2

    Unlike a correlation it also sees dependences that are not linear, and it is not symmetric; `transposed`
    exchanges x and y. The numbers of bins must be even: TMVA joins them two by two. Mean and variance of y
    come from the bins on the axis of y, with what lies outside the axis of x, as ROOT's projection has them.
    """
    contents = histogram.contents.T if transposed else histogram.contents
    inside = contents[1:-1, 1:-1]
    total = float(inside.sum())
    if total == 0:
        return -1.0
    # Numbers of bins will do for values of y: the ratio has no unit.
    y = np.arange(inside.shape[0] // 2, dtype=np.float64)
    projected = contents[1:-1].sum(axis=1).reshape(-1, 2).sum(axis=1)
    mean = float(projected @ y) / float(projected.sum())
    variance = float(projected @ (y - mean) ** 2) / float(projected.sum())
    joined = _joined(inside)
    per_x = joined.sum(axis=0)
    filled = per_x != 0
    means = (y @ joined)[filled] / per_x[filled]
    explained = float(np.sum(per_x[filled] / total * (means - mean) ** 2))
    return explained / variance if variance > 0 else 0.0


def correlation_with_target(values: npt.NDArray[np.floating], target: npt.NDArray[np.floating]) -> float:
    """Return the absolute linear correlation of a variable with a target, without event weights as TMVA."""
    x, t = values.astype(np.float64), target.astype(np.float64)
    x, t = x - x.mean(), t - t.mean()
    norm = float(np.sqrt((x @ x) * (t @ t)))
    return abs(float(x @ t)) / norm if norm > 0 else 0.0


def _joined(counts: Doubles) -> Doubles:
    rows, columns = counts.shape
    if rows % 2 or columns % 2:
        message = f"a joint distribution needs even numbers of bins, got {rows} x {columns}"
        raise ShapeError(message)
    joined: Doubles = counts.reshape(rows // 2, 2, columns // 2, 2).sum(axis=(1, 3))
    return joined
