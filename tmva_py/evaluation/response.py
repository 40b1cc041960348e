"""Means, widths and ranges of the responses of signal and background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError

RANGE_IN_RMS = 10.0
"""Histograms reach this many standard deviations from the means at most."""

UPPER_EDGE_MARGIN = 0.00001
"""Added to the largest response for the upper edge of histograms, so that it falls inside."""


@dataclass(frozen=True)
class ResponseSummary:
    """Weighted moments of a two-class response, and the range for its histograms.

    Attributes
    ----------
    mean_signal, mean_background : float
        Weighted means.
    rms_signal, rms_background : float
        Weighted standard deviations.
    minimum, maximum : float
        The extreme responses, drawn in to 10 standard deviations around the means.
    """

    mean_signal: float
    mean_background: float
    rms_signal: float
    rms_background: float
    minimum: float
    maximum: float

    @classmethod
    def of(
        cls,
        response: npt.NDArray[np.floating],
        is_signal: npt.NDArray[np.bool_],
        weight: npt.NDArray[np.floating],
    ) -> ResponseSummary:
        """Return the summary of responses; those that are not finite are left out.

        Raises
        ------
        DataError
            There is no signal or no background event with a finite response.
        """
        values = response.astype(np.float64)
        finite = np.isfinite(values)
        signal, background = is_signal & finite, ~is_signal & finite
        for name, chosen in (("signal", signal), ("background", background)):
            if not chosen.any():
                message = f"no {name} event with a finite response among {len(values)} events"
                raise DataError(message)
        mean_s, rms_s = _moments(values[signal], weight[signal])
        mean_b, rms_b = _moments(values[background], weight[background])
        lowest, highest = float(values[finite].min()), float(values[finite].max())
        reach_s, reach_b = RANGE_IN_RMS * rms_s, RANGE_IN_RMS * rms_b
        return cls(
            mean_s,
            mean_b,
            rms_s,
            rms_b,
            max(min(mean_s - reach_s, mean_b - reach_b), lowest),
            min(max(mean_s + reach_s, mean_b + reach_b), highest),
        )

    @property
    def signal_is_above(self) -> bool:
        """Whether a cut keeps what lies above it: the signal's mean is the larger one."""
        return self.mean_signal > self.mean_background

    @property
    def upper_edge(self) -> float:
        """Upper edge of the histograms' axis."""
        return self.maximum + UPPER_EDGE_MARGIN


def significance(summary: ResponseSummary) -> float:
    r"""Return :math:`|\bar s - \bar b| / \sqrt{\sigma_s^2 + \sigma_b^2}`, 0 without any width."""
    width = float(np.hypot(summary.rms_signal, summary.rms_background))
    return abs(summary.mean_signal - summary.mean_background) / width if width > 0 else 0.0


def overlap(responses: npt.NDArray[np.floating], cuts: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the fraction of events that each two methods put on the same side of their cuts.

    `responses` are those to the events of one class, shape (N, n_methods). An event exactly at a cut agrees
    with nothing, as in TMVA.
    """
    if len(responses) == 0:
        return np.zeros((responses.shape[1], responses.shape[1]))
    above = (responses > cuts).astype(np.float64)
    below = (responses < cuts).astype(np.float64)
    agreeing: npt.NDArray[np.float64] = (above.T @ above + below.T @ below) / len(responses)
    return agreeing


def _moments(values: npt.NDArray[np.float64], weights: npt.NDArray[np.floating]) -> tuple[float, float]:
    """Return the weighted mean and standard deviation; zeros if the weights do not sum to more than 0."""
    w = weights.astype(np.float64)
    total = float(w.sum())
    if total <= 0:
        return 0.0, 0.0
    mean = float(w @ values) / total
    # TMVA's formula, with its cancellation: the histograms' range depends on it.
    return mean, float(np.sqrt(abs(float(w @ (values * values)) / total - mean * mean)))
