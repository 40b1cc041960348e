"""``TMVA.ROCCalc``: curves and efficiencies of two histograms of a response."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.booking.histogram_view import HistogramView, histogram_of
from tmva_py.errors import BookingError
from tmva_py.evaluation.efficiency import BackgroundVersusSignal, EfficiencyCurves, efficiency_error
from tmva_py.evaluation.response import ResponseSummary
from tmva_py.histograms import Axis, Histogram
from tmva_py.lazy import lazy

_N_STEPS = 1000


class ROCCalc:
    """What TMVA computes from the histograms ``MVA_<title>_S`` and ``_B``.

    Parameters
    ----------
    mvaS, mvaB : histogram
        Of PyROOT, of uproot or of tmva_py: the response to signal and background in the same bins.

    Raises
    ------
    BookingError
        These are no histograms, their bins differ, one of them is empty, or the mean of the signal lies below
        that of the background: TMVA's curves are those of cuts that keep what is above.
    """

    def __init__(self, mvaS: Any, mvaB: Any) -> None:
        signal, background = histogram_of(mvaS, "ROCCalc"), histogram_of(mvaB, "ROCCalc")
        for name, one in (("signal", signal), ("background", background)):
            if not (one.values > 0).any():
                message = f"ROCCalc: the histogram of the {name} is empty"
                raise BookingError(message)
        if signal.axis.n_bins != background.axis.n_bins or not np.allclose(
            (signal.axis.minimum, signal.axis.maximum),
            (background.axis.minimum, background.axis.maximum),
            rtol=0,
            atol=1e-6,
        ):
            message = (
                f"ROCCalc: histograms with different bins: {signal.axis.n_bins} on [{signal.axis.minimum:g}, "
                f"{signal.axis.maximum:g}], and {background.axis.n_bins} on [{background.axis.minimum:g}, "
                f"{background.axis.maximum:g}]"
            )
            raise BookingError(message)
        if not signal.mean > background.mean:
            message = (
                f"ROCCalc: the mean of the signal, {signal.mean:g}, is not above that of the background, "
                f"{background.mean:g}: turn the sign of the response"
            )
            raise BookingError(message)
        self._n_signal = float(signal.values.sum())
        # Only the range and the side of the signal are used.
        summary = ResponseSummary(
            signal.mean, background.mean, 0.0, 0.0, signal.axis.minimum, signal.axis.maximum
        )
        self._efficiencies = EfficiencyCurves(
            _cumulative(signal), _cumulative(background), summary, self._n_signal
        )

    @lazy
    def _curve(self) -> BackgroundVersusSignal:
        return BackgroundVersusSignal.of(self._efficiencies)

    def GetROC(self) -> HistogramView:
        """Return background rejection versus signal efficiency, in 100 bins."""
        rejection = self._curve.rejection.with_titles("ROC-Curve", "Signal eff", "Backgr rejection (1-eff)")
        return HistogramView("rejBvsS", rejection)

    def GetROCIntegral(self) -> float:
        """Return the mean background rejection over the signal efficiency."""
        return self._curve.area

    def GetEffSForEffBof(self, effBref: float, effSerr: Any = None) -> float:
        """Return the signal efficiency at a background efficiency.

        Parameters
        ----------
        effBref : float
            The background efficiency.
        effSerr : list or array, optional
            Its first item gets the error of the signal efficiency, 0 for histograms that are normalised.
        """
        efficiency, error = self.signal_efficiency(effBref)
        if effSerr is not None:
            effSerr[0] = error
        return efficiency

    def signal_efficiency(self, background_efficiency: float) -> tuple[float, float]:
        """Return the signal efficiency at a background efficiency, and its error."""
        step = float(np.float32(1.0 / _N_STEPS))
        steps = (np.arange(1, _N_STEPS + 1, dtype=np.float64) - 0.5) * step
        difference = self._curve.spline(steps) - background_efficiency
        crossed = np.flatnonzero(difference * np.append(-background_efficiency, difference[:-1]) <= 0)
        last = int(crossed[0]) if len(crossed) else _N_STEPS - 1
        before = steps[last - 1] if last else 1.0
        efficiency = float(0.5 * (steps[last] + (before if len(crossed) else steps[last])))
        return efficiency, efficiency_error(efficiency, self._n_signal if self._n_signal >= 2 else 0.0)

    def GetSignalReferenceCut(self) -> float:
        """Return the cut at which the signal efficiency equals the background rejection."""
        cut = self._efficiencies.cut_for(self._curve.balanced_signal_efficiency())
        return 1.0 if cut is None else cut

    def GetSignificance(self, nStot: float, nBtot: float) -> HistogramView:
        """Return S/√(S+B) for each cut, for expected numbers of signal and background before the cut."""
        signal, total = self._passing(nStot, nBtot)
        values = np.divide(signal, np.sqrt(total), out=np.zeros_like(total), where=total > 0)
        return self._versus_cut("Significance", values, "Stat. significance S/Sqrt(S+B)")

    def GetPurity(self, nStot: float, nBtot: float) -> HistogramView:
        """Return S/(S+B) for each cut, for expected numbers of signal and background before the cut."""
        signal, total = self._passing(nStot, nBtot)
        values = np.divide(signal, total, out=np.zeros_like(total), where=total > 0)
        return self._versus_cut("Purity", values, "Purity: S/(S+B)")

    def _passing(self, n_signal: float, n_background: float) -> tuple[Any, Any]:
        signal = self._efficiencies.signal.values * n_signal
        return signal, signal + self._efficiencies.background.values * n_background

    def _versus_cut(self, name: str, values: Any, y_title: str) -> HistogramView:
        axis = self._efficiencies.signal.axis
        drawn = Axis(axis.n_bins, axis.minimum, axis.maximum, "mva cut value")
        return HistogramView(name, Histogram.of_values(drawn, values, title=name, y_title=y_title))


def _cumulative(histogram: Histogram) -> Histogram:
    """Return the part of a histogram that lies in a bin or above; the sums are in single precision."""
    positive = np.where(histogram.values > 0, histogram.values, 0.0)
    sums = np.empty(len(positive))
    total = np.float32(0.0)
    for place in range(len(positive) - 1, -1, -1):
        total = np.float32(total + np.float32(positive[place]))
        sums[place] = total
    inverse = float(np.float32(1.0 / total))
    values = (sums.astype(np.float32) * np.float32(inverse)).astype(np.float64)
    return Histogram.of_values(histogram.axis, values * (1.0 / max(float(np.finfo(float).eps), values.max())))
