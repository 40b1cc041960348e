"""Binned efficiencies versus the cut and versus each other: what TMVA's tables and plots show."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tmva_py.evaluation.response import ResponseSummary
from tmva_py.evaluation.root_finder import find_root
from tmva_py.histograms import Axis, Histogram, LinearSpline
from tmva_py.lazy import lazy

N_CUT_BINS = 10000
"""Bins of the efficiencies versus the cut."""

N_CURVE_BINS = 100
"""Bins of background versus signal efficiency (``fNbinsXOfROCCurve``)."""

N_SCAN_STEPS = 1000
N_OVERLAP_STEPS = 5000
FORCED_MARGIN = 1.0e-5
CUT_WITHOUT_ROOT = 1.0


@dataclass(frozen=True)
class EfficiencyCurves:
    """Signal and background efficiency versus the cut.

    Attributes
    ----------
    signal, background : Histogram
        Efficiency of a cut at each bin's lower edge (signal above) or upper edge (signal below).
    summary : ResponseSummary
        Of the TEST sample: it gives the range and which side the signal is on, also for the training sample.
    sum_of_signal_weights : float
        For the error of an efficiency.
    """

    signal: Histogram
    background: Histogram
    summary: ResponseSummary
    sum_of_signal_weights: float

    @classmethod
    def of(
        cls,
        response: npt.NDArray[np.floating],
        is_signal: npt.NDArray[np.bool_],
        weight: npt.NDArray[np.floating],
        summary: ResponseSummary,
        n_bins: int = N_CUT_BINS,
    ) -> EfficiencyCurves:
        """Return the efficiencies of a sample in the range of `summary`."""

        def curve(chosen: npt.NDArray[np.bool_]) -> Histogram:
            return _efficiency(response[chosen], weight[chosen], summary, n_bins)

        return cls(
            curve(is_signal),
            curve(~is_signal),
            summary,
            float(weight[is_signal].sum(dtype=np.float64)),
        )

    @lazy
    def signal_spline(self) -> LinearSpline:
        """Linear spline of the signal efficiency through the bin centres."""
        return LinearSpline(self.signal.axis.centres, self.signal.values)

    @lazy
    def background_spline(self) -> LinearSpline:
        """Linear spline of the background efficiency through the bin centres."""
        return LinearSpline(self.background.axis.centres, self.background.values)

    def signal_efficiency_of_cut(self, cut: float) -> float:
        """Return the signal efficiency, forced to 1 and 0 next to the ends of the range."""
        above = self.summary.signal_is_above
        if cut - self.summary.minimum < FORCED_MARGIN:
            return 1.0 if above else 0.0
        if self.summary.maximum - cut < FORCED_MARGIN:
            return 0.0 if above else 1.0
        return self.signal_spline.at(cut)

    def cut_for(self, signal_efficiency: float) -> float | None:
        """Return the cut with this signal efficiency, or None if the search finds none."""
        return find_root(
            self.signal_efficiency_of_cut, self.summary.minimum, self.summary.maximum, signal_efficiency
        )


@dataclass(frozen=True)
class BackgroundVersusSignal:
    """Background efficiency as a function of the signal efficiency, in equal bins on 0 to 1."""

    background_efficiency: Histogram
    """TMVA's ``effBvsS``."""

    n_without_cut: int
    """Bins for which no cut with their signal efficiency was found; TMVA takes a cut of 1 there."""

    @classmethod
    def of(
        cls,
        background: EfficiencyCurves,
        cuts_from: EfficiencyCurves | None = None,
        n_bins: int = N_CURVE_BINS,
    ) -> BackgroundVersusSignal:
        """Return the background efficiency of a sample at cuts for signal efficiencies of the same sample.

        Or of another one, `cuts_from`: for the training sample too TMVA takes the test sample's cuts.
        """
        source = background if cuts_from is None else cuts_from
        axis = Axis(n_bins, 0.0, 1.0)
        found = [source.cut_for(efficiency) for efficiency in axis.centres.tolist()]
        cuts = np.array([CUT_WITHOUT_ROOT if cut is None else cut for cut in found])
        return cls(
            _curve(background.background_spline(cuts), 0.0, 1.0),
            sum(cut is None for cut in found),
        )

    @lazy
    def spline(self) -> LinearSpline:
        """Linear spline through the bin centres."""
        return LinearSpline(self.background_efficiency.axis.centres, self.background_efficiency.values)

    @property
    def rejection(self) -> Histogram:
        """Background rejection ``1 - effB``, TMVA's ``rejBvsS``."""
        return _curve(1.0 - self.background_efficiency.values, 0.0, 1.0)

    @property
    def inverse(self) -> Histogram:
        """``1 / effB``, 0 where no background is left, TMVA's ``invBeffvsSeff``."""
        efficiency = self.background_efficiency.values
        left = efficiency > np.finfo(np.float64).eps
        inverse = np.divide(1.0, efficiency, out=np.zeros_like(efficiency), where=left)
        # Bins that are not set are not counted.
        return replace(_curve(inverse, 0.0, 1.0), entries=float(np.count_nonzero(left)))

    @property
    def area(self) -> float:
        """Mean background rejection over the signal efficiency: the key by which TMVA ranks methods."""
        return float(np.sum(1.0 - self.spline(_steps(N_SCAN_STEPS)))) / N_SCAN_STEPS

    def signal_efficiency_at(self, background_efficiency: float) -> float:
        """Return the signal efficiency at a background efficiency.

        The first of 1000 steps on which the curve crosses the wanted value, or the last step if none does.
        """
        # TMVA holds the wanted value as a float.
        wanted = float(np.float32(background_efficiency))
        signal = _steps(N_SCAN_STEPS)
        difference = self.spline(signal) - wanted
        crossed = np.flatnonzero(difference * np.append(-wanted, difference[:-1]) <= 0)
        if len(crossed) == 0:
            return float(signal[-1])
        first = int(crossed[0])
        return float(0.5 * (signal[first] + (signal[first - 1] if first else 0.0)))

    def balanced_signal_efficiency(self) -> float:
        """Return the signal efficiency at which it equals the background rejection."""
        signal = _steps(N_OVERLAP_STEPS)
        difference = signal - (1.0 - self.spline(signal))
        crossed = np.flatnonzero(difference * np.append(0.0, difference[:-1]) < 0)
        if len(crossed) == 0:
            return float(signal[-1])
        first = int(crossed[0])
        return float(0.5 * (signal[first] + signal[first - 1]))


def efficiency_error(efficiency: float, sum_of_weights: float) -> float:
    """Return the binomial error of an efficiency, 0 without events."""
    if sum_of_weights <= 0:
        return 0.0
    return float(np.sqrt(max(efficiency * (1.0 - efficiency), 0.0) / sum_of_weights))


def _curve(values: npt.NDArray[np.floating], minimum: float, maximum: float) -> Histogram:
    return Histogram.of_values(Axis(len(values), minimum, maximum), values, is_double=True)


def _steps(count: int) -> npt.NDArray[np.float64]:
    return (np.arange(1, count + 1) - 0.5) / count


def _efficiency(
    response: npt.NDArray[np.floating],
    weight: npt.NDArray[np.floating],
    summary: ResponseSummary,
    n_bins: int,
) -> Histogram:
    """Return the fraction of weight that passes a cut at each bin, scaled to a maximum of 1."""
    minimum, maximum = summary.minimum, summary.upper_edge
    finite = np.isfinite(response)
    values, weights = response[finite].astype(np.float64), weight[finite].astype(np.float64)
    # Truncated toward zero like TMVA's cast to int, in the order of its operations.
    scaled = np.clip((values - minimum) / (maximum - minimum) * n_bins, -2.0, n_bins + 2.0)
    highest_bin = scaled.astype(np.int64) + 1
    if summary.signal_is_above:
        inside = highest_bin <= n_bins
        last_passed = np.maximum(highest_bin[inside], 1) - 1
        per_bin = np.bincount(last_passed, weights[inside], minlength=n_bins)
        passing = np.cumsum(per_bin[::-1])[::-1]
    else:
        inside = highest_bin >= 1
        first_passed = np.minimum(highest_bin[inside], n_bins)
        per_bin = np.bincount(first_passed, weights[inside], minlength=n_bins + 1)
        passing = np.cumsum(per_bin)[:n_bins]
    scale = max(float(np.finfo(np.float64).eps), float(passing.max()))
    # TMVA multiplies by the inverse; the last bit decides which cut a plateau of the curve gives.
    curve = _curve(passing * (1.0 / scale), minimum, maximum)
    # Filled by adding to bins, of which ROOT neither counts nor squares anything.
    return replace(curve, entries=0.0, variances=np.zeros(n_bins + 2))
