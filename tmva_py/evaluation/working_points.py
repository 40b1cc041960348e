"""The evaluation of a method that selects events at working points and has no response: TMVA's Cuts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError
from tmva_py.histograms import Axis, Histogram
from tmva_py.lazy import lazy

Doubles = npt.NDArray[np.float64]
N_SCAN_STEPS = 1000
_STEPS: Doubles = (np.arange(N_SCAN_STEPS) + 0.5) / N_SCAN_STEPS
NOT_MEASURED = -0.1
"""TMVA's training background efficiency at a working point whose signal efficiency is another one's."""


@dataclass(frozen=True, eq=False)
class WorkingPoints:
    """Signal and background efficiency of each working point on one sample, shape (n_points,)."""

    signal: Doubles
    background: Doubles

    @classmethod
    def measured(
        cls,
        selections: Iterable[npt.NDArray[np.bool_]],
        is_signal: npt.NDArray[np.bool_],
        weight: npt.NDArray[np.floating],
    ) -> WorkingPoints:
        """Return the shares of weight that each selection of events keeps, float32 as in TMVA.

        Raises
        ------
        DataError
            The weights of signal or background do not sum to more than zero.
        """
        # TMVA counts single weights in a tree whose nodes hold float32, and divides in single precision.
        single = weight.astype(np.float32).astype(np.float64)
        classes = [np.where(chosen, single, 0.0) for chosen in (is_signal, ~is_signal)]
        sums = [float(one.sum()) for one in classes]
        if not min(sums) > 0:
            message = (
                "efficiencies need signal and background events with a positive sum of weights, got sums "
                f"{sums[0]:g} (signal) and {sums[1]:g} (background)"
            )
            raise DataError(message)
        kept = [[float(one[chosen].sum()) for one in classes] for chosen in selections]
        shares = np.array(kept, np.float32) / np.array(sums, np.float32)
        return cls(*np.maximum(shares.astype(np.float64), 0.0).T)


class WorkingPointEvaluation:
    """TMVA's figures for a method of working points, from its efficiencies on test and training sample.

    Parameters
    ----------
    test, training : WorkingPoints
        The points in the same order: number i of n is trained for a signal efficiency between i/n and
        (i+1)/n.

    Notes
    -----
    The curve of background versus signal efficiency goes through the points measured on the test sample, in
    their order, and through (0, 0) and (1, 1). Where measured signal efficiencies do not rise from point to
    point, what lies between two of them depends on how TMVA's binary search happens to run; it runs here so.
    """

    def __init__(self, test: WorkingPoints, training: WorkingPoints) -> None:
        self.test = test
        self.training = training
        self._axis = Axis(len(test.signal), 0.0, 1.0)

    @lazy
    def area(self) -> float:
        """Mean background rejection over the signal efficiency."""
        return float(np.mean(1.0 - self._scan(*self._curve)))

    @property
    def roc_area(self) -> float:
        """What the tables show as ``ROC-integ``: the same as `area`."""
        return self.area

    @property
    def sensitivity(self) -> Doubles:
        """Signal efficiency of the points of a ROC curve, rising."""
        return np.sort(self._curve[0], kind="stable")

    @property
    def specificity(self) -> Doubles:
        """Background rejection of the points of a ROC curve."""
        x, y = self._curve
        return 1.0 - y[np.argsort(x, kind="stable")]

    def signal_efficiency_at(self, background_efficiency: float) -> float:
        """Return the test sample's signal efficiency at a background efficiency."""
        return self._crossing(self._scan(*self._curve), background_efficiency)

    def training_signal_efficiency_at(self, background_efficiency: float) -> float:
        """Return the training sample's, from `training_background_efficiency`."""
        centres, values = self._axis.centres, self.training_background_efficiency.values
        return self._crossing(self._scan(centres, values), background_efficiency)

    @property
    def signal_efficiency(self) -> Histogram:
        """Signal efficiency by number of the working point, test sample (``effS``)."""
        return self._histogram(self.test.signal)

    @property
    def background_efficiency(self) -> Histogram:
        """Background efficiency by number of the working point, test sample (``effB``)."""
        return self._histogram(self.test.background)

    @lazy
    def curve(self) -> Histogram:
        """Background versus signal efficiency, test sample (``effBvsS``)."""
        x, y = self._curve
        return self._histogram([_between(x, y, place) for place in self._axis.centres.tolist()])

    @lazy
    def training_background_efficiency(self) -> Histogram:
        """Background efficiency of the points that keep their own signal efficiency, training sample."""
        own = self._axis.bins_of(self.training.signal) == np.arange(1, self._axis.n_bins + 1)
        return self._histogram(np.where(own, self.training.background, NOT_MEASURED))

    @property
    def training_rejection(self) -> Histogram:
        """Background rejection, training sample (``trainingRejBvsS``); 0 where it is not measured."""
        values = self.training_background_efficiency.values
        return self._histogram(np.where(values == NOT_MEASURED, 0.0, 1.0 - values))

    @property
    def rejection(self) -> Histogram:
        """Background rejection versus signal efficiency, test sample (``rejBvsS``)."""
        return self._histogram(1.0 - self.curve.values)

    @lazy
    def _curve(self) -> tuple[Doubles, Doubles]:
        return (
            np.concatenate([[0.0], self.test.signal, [1.0]]),
            np.concatenate([[0.0], self.test.background, [1.0]]),
        )

    def _histogram(self, values: npt.ArrayLike) -> Histogram:
        return Histogram.of_values(self._axis, values, is_double=True)

    @staticmethod
    def _scan(x: Doubles, y: Doubles) -> Doubles:
        return np.array([_between(x, y, place) for place in _STEPS.tolist()])

    @staticmethod
    def _crossing(values: Doubles, wanted: float) -> float:
        """Return the first step of a scan at which the values cross the wanted one, or the last step."""
        difference = values - float(np.float32(wanted))
        before = np.append(-float(np.float32(wanted)), difference[:-1])
        crossed = np.flatnonzero(difference * before <= 0)
        if len(crossed) == 0:
            return float(_STEPS[-1])
        first = int(crossed[0])
        return float(0.5 * (_STEPS[first] + (_STEPS[first - 1] if first else 0.0)))


def _between(x: Doubles, y: Doubles, place: float) -> float:
    """Return the line between two points at a place, with ``TMath::BinarySearch`` on x in whatever order."""
    last = len(x) - 1
    left = bisect_left(x, place)
    if left > last or x[left] != place:
        left = max(left - 1, 0)
    right = left + 1 if left == 0 or (place > x[left] and left != last) else left - 1
    width = x[left] - x[right]
    return float(y[left] + (place - x[left]) * (y[left] - y[right]) / width) if width else float(y[left])
