"""The unbinned, weighted ROC curve and the area under it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError, ShapeError


class RocPoints(Protocol):
    """The points of a ROC curve, by rising or falling signal efficiency, and the area under it."""

    @property
    def sensitivity(self) -> npt.NDArray[np.float64]:
        """Signal efficiency."""

    @property
    def specificity(self) -> npt.NDArray[np.float64]:
        """Background rejection."""

    @property
    def area(self) -> float:
        """The area under the curve."""


class RocCurve:
    r"""ROC curve of a response, one point for each distinct value.

    An event passes a cut when its response is at or above it. With the events sorted by rising response,

    .. math::
        \text{sensitivity}_k = \frac{\sum_{i \ge k} w_i^S}{\sum_i w_i^S}, \qquad
        \text{specificity}_k = \frac{\sum_{i < k} w_i^B}{\sum_i w_i^B},

    and the area is the trapezoidal sum over the points, as in TMVA's ``ROCCurve``. The side on which the
    signal lies is not looked at: a response with the signal below the background has an area under one half.

    Parameters
    ----------
    response : array_like, shape (N,)
        The method's response. NaN counts as below every number, so that such an event never passes.
    is_signal : array_like of bool, shape (N,)
        Signal or background.
    weight : array_like, shape (N,), optional
        Event weights, also negative ones; default 1.

    Raises
    ------
    ShapeError
        The three do not have the same length.
    DataError
        The weights of the signal or of the background do not sum to more than zero.

    Notes
    -----
    Events with equal responses are merged into one step of the curve; the diagonal through it gives each
    signal-background pair one half. ROOT does not merge them: there the area depends, by up to the area of
    the tie, on the order in which the sort leaves equal values. Ours is the mean over all these orders, and
    does not depend, to the last bit, on the order of the events.

    Examples
    --------
    >>> RocCurve([0.1, 0.4, 0.4, 0.8], [False, False, True, True]).area
    0.875
    """

    def __init__(
        self,
        response: npt.ArrayLike,
        is_signal: npt.ArrayLike,
        weight: npt.ArrayLike | None = None,
    ) -> None:
        values = np.asarray(response)
        signal = np.asarray(is_signal, dtype=bool)
        weights = np.ones(len(values)) if weight is None else np.asarray(weight, dtype=np.float64)
        if values.ndim != 1 or values.shape != signal.shape or values.shape != weights.shape:
            message = (
                f"a ROC curve needs three lists of one length, got response {values.shape}, "
                f"is_signal {signal.shape} and weight {weights.shape}"
            )
            raise ShapeError(message)
        thresholds, signal_at, background_at = _weight_by_value(values, signal, weights)
        # Weight at and above each value, then nothing above the last one.
        passing_signal = np.append(np.cumsum(signal_at[::-1])[::-1], 0.0)
        failing_background = np.append(0.0, np.cumsum(background_at))
        n_signal, n_background = passing_signal[0], failing_background[-1]
        if not (n_signal > 0 and n_background > 0):
            message = (
                "a ROC curve needs signal and background events with a positive sum of weights, got sums "
                f"{n_signal:g} (signal, {np.count_nonzero(signal)} events) and {n_background:g} "
                f"(background, {np.count_nonzero(~signal)} events)"
            )
            raise DataError(message)
        self.thresholds: npt.NDArray[np.float64] = thresholds
        """The distinct responses, rising; the last point of the curve lies above all of them."""
        self.sensitivity: npt.NDArray[np.float64] = passing_signal / n_signal
        """Signal efficiency, falling from 1 to 0; one entry more than `thresholds`."""
        self.specificity: npt.NDArray[np.float64] = failing_background / n_background
        """Background rejection, rising from 0 to 1; one entry more than `thresholds`."""

    @property
    def area(self) -> float:
        """The area under the curve, TMVA's ``ROC-integ``: 1 is a perfect separation, 0.5 none."""
        return float(
            np.sum(-np.diff(self.sensitivity) * 0.5 * (self.specificity[1:] + self.specificity[:-1]))
        )

    def signal_efficiency_at(self, background_efficiency: float) -> float:
        """Return the signal efficiency at a background efficiency, interpolated between points."""
        return float(np.interp(background_efficiency, 1.0 - self.specificity[::-1], self.sensitivity[::-1]))


def _weight_by_value(
    values: npt.NDArray[np.generic], signal: npt.NDArray[np.bool_], weights: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the distinct values and the sums of signal and background weights at each."""
    if len(values) == 0:
        empty = np.zeros(0)
        return empty, empty, empty
    keys = np.asarray(values, dtype=np.float64)
    keys = np.where(np.isnan(keys), -np.inf, keys)
    # The sums below must not depend on the order of the events: equal weights are counted; others break the
    # sort's ties, and so does the class, since zeros in between change how NumPy adds in blocks.
    unit = 1.0
    if weights.min() == weights.max():
        order, unit = np.argsort(keys), float(weights[0])
        weights = np.ones(len(weights))
    else:
        order = np.lexsort((signal, weights, keys))
    keys = keys[order]
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    weights, signal = weights[order], signal[order]
    return (
        keys[first],
        np.add.reduceat(np.where(signal, weights, 0.0), first) * unit,
        np.add.reduceat(np.where(signal, 0.0, weights), first) * unit,
    )
