"""Ranges, correlations and weighted moments of events."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tmva_py.data.data_set_info import DataSetInfo
from tmva_py.data.events import Events
from tmva_py.data.variable_info import FLOAT_MIN, VariableInfo
from tmva_py.errors import DataError, warn

Doubles = npt.NDArray[np.float64]


def set_ranges(info: DataSetInfo, events: Events) -> None:
    """Set the ranges of variables, targets and spectators to those of some events.

    A variable or target with one value throughout is an error; the message names all such.
    """
    blocks = (("variable", info.variables, events.x), ("target", info.targets, events.targets))
    constant = [
        f"{what} {_name(one)!r} is always {one.minimum:g}"
        for what, infos, values in blocks
        for one in _set_block(infos, values)
    ]
    _set_block(info.spectators, events.spectators)
    if constant:
        message = (
            f"Dataset[{info.name}] : {'; '.join(constant[:10])}{'; …' * (len(constant) > 10)}: constant in "
            f"all {len(events)} training events. Please remove {'it' if len(constant) == 1 else 'them'}."
        )
        raise DataError(message)


def _set_block(infos: list[VariableInfo], values: npt.NDArray[np.float32]) -> list[VariableInfo]:
    """Set the ranges; return what is constant."""
    if not infos:
        return []
    for one, low, high in zip(infos, values.min(axis=0), values.max(axis=0), strict=True):
        one.minimum, one.maximum = float(low), float(high)
    return [one for one in infos if abs(np.float32(one.maximum) - np.float32(one.minimum)) <= FLOAT_MIN]


def _name(info: VariableInfo) -> str:
    return info.internal_name if info.is_from_array else info.expression


def covariance_matrix(x: npt.NDArray[np.float32], weight: Doubles) -> Doubles:
    r"""Return the weighted covariance, normalised by the sum of weights.

    Notes
    -----
    As in ``DataSetFactory::CalcCovarianceMatrix``, without subtracting the mean first:
    :math:`\sum w x_i x_j / W - \sum w x_i \sum w x_j / W^2`, all in double.
    """
    values = x.astype(np.float64)
    total = float(np.sum(weight))
    weighted = values * weight[:, np.newaxis]
    first = weighted.sum(axis=0) / total
    covariance: Doubles = weighted.T @ values / total - np.outer(first, first)
    return covariance


def centred_covariance(x: npt.NDArray[np.float32], weight: Doubles) -> Doubles:
    r"""Return the weighted covariance from the deviations from the mean; not finite for weights of sum 0.

    Notes
    -----
    The same quantity as `covariance_matrix`, :math:`\sum w (x_i - \bar x_i)(x_j - \bar x_j) / W`, without the
    digits that TMVA's formula loses when a mean is large against the spread.
    """
    values = x.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        total = np.sum(weight)
        values -= weight @ values / total
        covariance: Doubles = (values * weight[:, np.newaxis]).T @ values / total
    return (covariance + covariance.T) / 2


def correlation_matrix(
    x: npt.NDArray[np.float32], weight: Doubles, names: Sequence[str], where: str
) -> Doubles:
    """Return the weighted linear correlations; 0 with a warning where a variance is 0."""
    covariance = covariance_matrix(x, weight)
    variance = np.diag(covariance)
    product = np.outer(variance, variance)
    flat = [name for name, value in zip(names, variance, strict=True) if not value > 0]
    if flat:
        listed = ", ".join(flat[:10])
        text = f"{where}: the variance of {listed} is not above 0; the correlations with it are set to 0"
        warn(text)
    correlation: Doubles = np.where(
        product > 0, covariance / np.sqrt(np.where(product > 0, product, 1.0)), 0.0
    )
    np.fill_diagonal(correlation, 1.0)
    return correlation


def weighted_moments(x: npt.NDArray[np.float32], weight: Doubles) -> tuple[Doubles, Doubles]:
    """Return the weighted mean and the weighted root mean square deviation of each column."""
    values = x.astype(np.float64)
    total = float(np.sum(weight))
    mean = weight @ values / total
    rms = np.sqrt(np.maximum(weight @ values**2 / total - mean**2, 0.0))
    return mean, rms
