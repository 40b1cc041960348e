"""The cut on a response that separates signal from background best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tmva_py.histograms import Axis, Histogram
from tmva_py.histograms.histogram import sums_by_bin

Doubles = npt.NDArray[np.float64]

_N_BINS = 10001
_PRECISION = float(np.sqrt(np.finfo(np.float64).eps))


@dataclass(frozen=True)
class ReferenceCut:
    """A cut, and the side on which signal lies: 1 above it, -1 below."""

    value: float = 0.5
    orientation: float = 1.0
    gain: float = 0.0

    def is_signal_like(self, values: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
        """Return which responses lie on the side of signal."""
        return values.astype(np.float64) * self.orientation > self.value * self.orientation

    @classmethod
    def of(cls, values: Doubles, weight: Doubles, is_signal: npt.NDArray[np.bool_]) -> ReferenceCut:
        """Return the edge of a fine histogram at which the Gini index falls most; the first of several."""
        axis = _axis_of(values)
        bins = axis.bins_of(values)
        signal, background = (
            np.cumsum(sums_by_bin(bins[chosen], weight[chosen], _N_BINS + 2)[1:-1], dtype=np.float64)
            for chosen in (is_signal, ~is_signal)
        )
        gains = _gains(signal, background)
        best = int(np.argmax(gains))
        if not gains[best] > 0:
            return cls(axis.minimum)
        below_s, below_b, all_s, all_b = signal[best], background[best], signal[-1], background[-1]
        is_below = below_s * (all_b - below_b) > (all_s - below_s) * below_b
        cut = axis.minimum + (best + 1) * axis.bin_width
        return cls(cut, -1.0 if is_below else 1.0, float(gains[best]))


def search_histograms(
    values: Doubles, weight: Doubles, is_signal: npt.NDArray[np.bool_], number: int
) -> dict[str, Histogram]:
    """Return the histograms in which a cut is looked for, and their sums from the left, by TMVA's names."""
    axis = _axis_of(values)
    found = {}
    for letter, chosen in (("S", is_signal), ("B", ~is_signal)):
        filled = Histogram.fill(axis, values[chosen], weight[chosen], is_double=True)
        found[f"MVA{letter}_{number}"] = filled
        sums = np.cumsum(filled.values)
        found[f"MVA{letter}C_{number}"] = Histogram.of_values(axis, sums, is_double=True)
    return found


def _axis_of(values: Doubles) -> Axis:
    low, high = float(values.min()), float(values.max())
    return Axis.around(_N_BINS, low, high + (high - low) / _N_BINS)


def _gains(s: Doubles, b: Doubles) -> Doubles:
    all_s, all_b = s[-1], b[-1]
    whole = all_s + all_b
    with np.errstate(all="ignore"):
        gain = (
            _gini(all_s, all_b)
            - ((all_s - s) + (all_b - b)) / whole * _gini(all_s - s, all_b - b)
            - (s + b) / whole * _gini(s, b)
        )
        nothing = (gain < _PRECISION) | ((all_s - s == s) & (all_b - b == b)) | np.isnan(gain)
    return np.where(nothing, 0.0, gain)


def _gini(s: npt.ArrayLike, b: npt.ArrayLike) -> Doubles:
    s, b = np.asarray(s), np.asarray(b)
    whole = s + b
    return np.where((whole <= 0) | (s <= 0) | (b <= 0), 0.0, 2 * s * b / whole / whole)
