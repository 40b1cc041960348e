"""Histograms of input variables by class, and how well each variable separates on its own."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tmva_py.histograms import Axis, Histogram, separation

N_BINS = 40
RANGE_IN_RMS = 8.0


def variable_axis(
    values: npt.NDArray[np.floating],
    weight: npt.NDArray[np.floating],
    *,
    whole_numbers: bool = False,
    n_bins: int = N_BINS,
    range_in_rms: float = RANGE_IN_RMS,
) -> Axis:
    """Return the axis on which TMVA shows a variable.

    One bin for each whole number; or `n_bins` that reach `range_in_rms` standard deviations around the mean
    of the events of all classes at most. The upper end is moved out by one part in `n_bins` of the range, so
    that the largest value is inside.
    """
    x, w = values.astype(np.float64), weight.astype(np.float64)
    low, high = float(x.min()), float(x.max())
    if whole_numbers:
        # TMath::Nint rounds halves to even numbers, as NumPy does.
        low, high = float(np.rint(low)), float(np.rint(high + 1))
        return Axis.around(max(int(high - low), 1), low, high)
    total = float(w.sum())
    if total > 0:
        mean = float(w @ x) / total
        reach = range_in_rms * float(np.sqrt(abs(float(w @ (x * x)) / total - mean * mean)))
        low, high = max(low, mean - reach), min(high, mean + reach)
    if low >= high:
        high = low * 1.1
    if low >= high:
        high = low + 1.0
    return Axis(n_bins, low, high + (high - low) / n_bins)


def variable_separation(histograms: list[Histogram], signal_class_index: int) -> float:
    """Return the separation of the signal class's histogram and that of all other classes together."""
    signal = histograms[signal_class_index]
    others = [one.values for index, one in enumerate(histograms) if index != signal_class_index]
    background = Histogram.of_values(signal.axis, np.sum(others, axis=0))
    return separation(signal, background)
