"""Deviations of a regression from its target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError, ShapeError
from tmva_py.evaluation.association import mutual_information
from tmva_py.histograms import Axis, Histogram2D

N_RESPONSE_BINS = 150
N_TARGET_BINS = 100
TRUNCATION_IN_RMS = 2.0


@dataclass(frozen=True)
class Deviation:
    """Weighted moments of response minus target, and the mutual information of the two.

    Attributes
    ----------
    bias, absolute, rms : float
        Mean, mean absolute value and standard deviation of response - target.
    mutual_information : float
        In natural units, from a binned joint distribution; -1 if that is empty.
    """

    bias: float
    absolute: float
    rms: float
    mutual_information: float


@dataclass(frozen=True)
class RegressionEvaluation:
    """The evaluation of a regression on one sample.

    Attributes
    ----------
    full : Deviation
        Of all events.
    truncated : Deviation
        Of the events within two standard deviations of the bias.
    """

    full: Deviation
    truncated: Deviation

    @classmethod
    def of(
        cls,
        response: npt.NDArray[np.floating],
        target: npt.NDArray[np.floating],
        weight: npt.NDArray[np.floating],
    ) -> RegressionEvaluation:
        """Return the evaluation of a response.

        Parameters
        ----------
        response, target, weight : ndarray, shape (N,)
            Rounded to float32 first, as TMVA's events are; so is their difference.

        Raises
        ------
        ShapeError
            The three do not have one length.
        DataError
            The weights do not sum to more than zero.
        """
        if not response.shape == target.shape == weight.shape or response.ndim != 1:
            message = (
                f"a regression needs three lists of one length, got response {response.shape}, "
                f"target {target.shape} and weight {weight.shape}"
            )
            raise ShapeError(message)
        r, t, w = response.astype(np.float32), target.astype(np.float32), weight.astype(np.float64)
        if not w.sum() > 0:
            message = f"a regression needs a positive sum of weights, got {w.sum():g} of {len(w)} events"
            raise DataError(message)
        deviation = (r - t).astype(np.float64)
        low, high = float(min(r.min(), t.min())), float(max(r.max(), t.max()))

        def moments(chosen: npt.NDArray[np.bool_]) -> Deviation:
            d, weights = deviation[chosen], w[chosen]
            total = float(weights.sum())
            if not total:  # no event is near: some response is not a number
                return Deviation(np.nan, np.nan, np.nan, -1.0)
            bias = float(weights @ d) / total
            return Deviation(
                bias,
                float(weights @ np.abs(d)) / total,
                float(np.sqrt(max(float(weights @ (d * d)) / total - bias**2, 0.0))),
                _mutual_information(r[chosen], t[chosen], weights, low, high),
            )

        full = moments(np.ones(len(r), dtype=bool))
        reach = TRUNCATION_IN_RMS * full.rms
        inside = (deviation >= full.bias - reach) & (deviation <= full.bias + reach)
        return cls(full, moments(inside))


def _mutual_information(
    response: npt.NDArray[np.float32],
    target: npt.NDArray[np.float32],
    weight: npt.NDArray[np.float64],
    low: float,
    high: float,
) -> float:
    """Return the mutual information of TMVA's 150 x 100 bins; -1 if all values are one."""
    if not high > low:
        return -1.0
    axes = Axis(N_RESPONSE_BINS, low, high), Axis(N_TARGET_BINS, low, high)
    return mutual_information(Histogram2D.fill(*axes, response, target, weight).values)
