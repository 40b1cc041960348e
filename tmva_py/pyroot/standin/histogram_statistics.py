"""What a histogram says of its contents: moments, extremes, quantiles, tests against another one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tmva_py.errors import ShapeError
from tmva_py.pyroot.standin.histogram_base import Doubles, HistogramBase
from tmva_py.pyroot.standin.messages import show
from tmva_py.pyroot.standin.missing import needs_root

_N_EXPERIMENTS, _ROUNDING = 1_000, 1e-6


class HistogramStatistics(HistogramBase):
    """A histogram and what is computed of it; a range that was set on an axis counts, as in ROOT."""

    # --- extremes -------------------------------------------------------------------------------------

    def GetMaximum(self, below: float = math.inf) -> float:
        """Return the largest content, or the largest below a value."""
        if "Maximum" in self.attributes:
            return float(self.attribute("Maximum", 0.0))
        shown = self.shown
        return float(np.max(shown, where=shown < below, initial=-math.inf))

    def GetMinimum(self, above: float = -math.inf) -> float:
        """Return the smallest content, or the smallest above a value."""
        if "Minimum" in self.attributes:
            return float(self.attribute("Minimum", 0.0))
        shown = self.shown
        return float(np.min(shown, where=shown > above, initial=math.inf))

    def GetMaximumStored(self) -> float:
        return float(self.attribute("Maximum", -1111.0))

    def GetMinimumStored(self) -> float:
        return float(self.attribute("Minimum", -1111.0))

    def GetMaximumBin(self) -> int:
        return self._bin_of_shown(int(np.argmax(self.shown)))

    def GetMinimumBin(self) -> int:
        return self._bin_of_shown(int(np.argmin(self.shown)))

    def _bin_of_shown(self, place: int) -> int:
        numbers = np.unravel_index(place, self.shown.shape)
        begins = [axis.shown_bins[0] for axis in reversed(self.axes)]
        found = [int(number) + begin for number, begin in zip(numbers, begins, strict=True)]
        return int(np.ravel_multi_index(found, self._shape))

    # --- moments --------------------------------------------------------------------------------------

    def GetEffectiveEntries(self) -> float:
        sums = self._sums()
        return float(sums[0] ** 2 / sums[1]) if sums[1] else 0.0

    def _sums(self) -> Doubles:
        """Return the moments; from the bins where these were set or changed, or a range is set."""
        self.flush()
        is_whole = not any(axis.has_range for axis in self.axes)
        if is_whole and self._has_moments and self._moments[0] != 0:
            return self._moments
        w = self.shown
        squares = np.abs(w) if self._squares is None else self._squares[self.shown_part]
        sums = [w.sum(), squares.sum()]
        grid = self._centres()
        for x in grid:
            sums += [(w * x).sum(), (w * x * x).sum()]
        if len(grid) == 2:
            sums.append((w * grid[0] * grid[1]).sum())
        return np.array(sums)

    def _centres(self) -> list[Doubles]:
        """Return the centre of each bin that is shown, along each axis."""
        centres = []
        for axis in self.axes:
            first, last = axis.shown_bins
            centres.append(np.array([axis.GetBinCenter(number) for number in range(first, last + 1)]))
        return centres if len(centres) == 1 else [*np.meshgrid(*centres)]

    def GetStats(self, stats: Any) -> None:
        """Write the moments into an array: the sums of w, w², wx, wx² (and wy, wy², wxy)."""
        for place, value in enumerate(self._sums().tolist()):
            stats[place] = value

    def PutStats(self, stats: Any) -> None:
        self.flush()
        self._moments = np.array([float(stats[place]) for place in range(len(self._moments))])
        self._has_moments = True

    def ResetStats(self) -> None:
        """Compute moments and entries from the bins."""
        self.flush()
        self._has_moments = False
        self._moments = self._sums().copy()
        self._has_moments = True
        total = float(self._contents.sum())
        self._entries = abs(total)
        if self._squares is not None and self._squares.sum() > 0:
            self._entries = total * total / float(self._squares.sum())

    def GetMean(self, axis: int = 1) -> float:
        sums = self._sums()
        return float(sums[2 * axis] / sums[0]) if sums[0] else 0.0

    def GetStdDev(self, axis: int = 1) -> float:
        sums = self._sums()
        if not sums[0]:
            return 0.0
        mean = sums[2 * axis] / sums[0]
        return float(np.sqrt(abs(sums[2 * axis + 1] / sums[0] - mean * mean)))

    GetRMS = GetStdDev

    def GetMeanError(self, axis: int = 1) -> float:
        effective = self.GetEffectiveEntries()
        return self.GetStdDev(axis) / math.sqrt(effective) if effective else 0.0

    def GetStdDevError(self, axis: int = 1) -> float:
        effective = self.GetEffectiveEntries()
        return math.sqrt(self.GetStdDev(axis) ** 2 / (2 * effective)) if effective else 0.0

    GetRMSError = GetStdDevError

    def GetSkewness(self, axis: int = 1) -> float:
        """Return the third moment of the bins; of axis 11 its error."""
        if axis > 10:
            effective = self.GetEffectiveEntries()
            return math.sqrt(6 / effective) if effective else 0.0
        return self._central(axis, 3)

    def GetKurtosis(self, axis: int = 1) -> float:
        """Return the fourth moment of the bins less 3; of axis 11 its error."""
        if axis > 10:
            effective = self.GetEffectiveEntries()
            return math.sqrt(24 / effective) if effective else 0.0
        return self._central(axis, 4) - 3.0

    def _central(self, axis: int, power: int) -> float:
        spread, w = self.GetStdDev(axis), self.shown
        if not spread:
            return 0.0
        terms = w * (self._centres()[axis - 1] - self.GetMean(axis)) ** power
        return float(terms.sum() / (w.sum() * spread**power))

    # --- tests ----------------------------------------------------------------------------------------

    def _beside(self, other: Any) -> Any:
        """Return another histogram, of one quantity and of the same bins as this one."""
        if len(self.axes) > 1:
            call = f"{type(self).__name__}: tests of histograms of two quantities"
            raise needs_root(call)
        other.flush()
        self.flush()
        if other._shape != self._shape or other.axes[0].bins != self.axes[0].bins:
            message = f"{self.name!r} and {other.name!r} have different binnings"
            raise ShapeError(message)
        return other

    def _part_of_test(self, option: str) -> slice:
        return slice(0 if "U" in option else 1, None if "O" in option else -1)

    def KolmogorovTest(self, other: Any, option: object = "") -> float:
        """Return how probable it is that two histograms are of one kind; with ``"M"`` their distance.

        Options: ``U``, ``O`` with what lies below and above the axis; ``N`` with the normalisation too;
        ``X`` by pseudo-experiments.
        """
        from scipy import special, stats

        text = str(option).upper()
        self._beside(other)
        part = self._part_of_test(text)
        sums, numbers = [], []
        for one in (self, other):
            contents = one.contents_with_flow()[part]
            squares = float(one.squares_with_flow()[part].sum())
            if not contents.sum():
                show(f"Error in <TH1::KolmogorovTest>: Histogram {one.name} integral is zero")
                return 0.0
            sums.append(np.cumsum(contents * (1 / contents.sum())))
            numbers.append(contents.sum() ** 2 / squares if squares > 0 else math.inf)
        distance = float(np.max(np.abs(sums[0] - sums[1])))
        if "M" in text:
            return distance
        if "X" in text and math.inf not in numbers:
            return self._share_of_experiments(other, numbers, distance)
        first, second = numbers
        effective = min(numbers) if math.inf in numbers else first * second / (first + second)
        found = float(special.kolmogorov(distance * math.sqrt(effective)))
        if "N" in text and math.inf not in numbers:
            same_number = float(stats.chi2.sf((first - second) ** 2 / (first + second), 1))
            both = found * same_number
            found = both * (1 - math.log(both)) if both > 0 else 0.0
        return found

    def _share_of_experiments(self, other: Any, numbers: list[float], distance: float) -> float:
        """Return the share of pairs of samples, of the shape with more events, that are farther apart."""
        shape = self if numbers[0] >= numbers[1] else other
        first, second = (self.Clone(f"{self.name}_{place}") for place in ("first", "second"))
        farther = 0
        for _ in range(_N_EXPERIMENTS):
            for sample, number in zip((first, second), numbers, strict=True):
                sample.SetDirectory(None)
                sample.Reset()
                sample.FillRandom(shape, int(number + _ROUNDING))
            farther += first.KolmogorovTest(second, "M") > distance
        return farther / _N_EXPERIMENTS

    def Chi2Test(self, other: Any, option: object = "UU", residuals: Any = None) -> float:
        """Return the probability of the χ² of two histograms, or with ``CHI2``, ``CHI2/NDF`` this itself.

        Options: ``UU`` for events without weights, ``WW`` for those with weights, ``UW`` for a histogram of
        each; ``UF``, ``OF`` with what lies below and above the axis; ``P`` prints.
        """
        from scipy import stats

        text = str(option).upper()
        if "NORM" in text or residuals is not None:
            call = "TH1.Chi2Test with NORM or residuals"
            raise needs_root(call)
        self._beside(other)
        part = slice(0 if "UF" in text else 1, None if "OF" in text else -1)
        a, b = (one.contents_with_flow()[part] for one in (self, other))
        if "WW" in text:
            kept = (a != 0) | (b != 0)
            variances = [one.squares_with_flow()[part] for one in (self, other)]
            spread = a.sum() ** 2 * variances[1] + b.sum() ** 2 * variances[0]
            terms = (b.sum() * a - a.sum() * b)[kept] ** 2 / spread[kept]
            chi2 = float(terms.sum())
        elif "UW" in text:
            a = np.floor(a + 0.5)
            kept = (a != 0) | (b != 0)
            chi2 = _counts_against_weights(a, b, other.squares_with_flow()[part], kept)
        else:
            a, b = np.floor(a + 0.5), np.floor(b + 0.5)
            kept = (a != 0) | (b != 0)
            terms = (b.sum() * a - a.sum() * b)[kept] ** 2 / (a + b)[kept]
            chi2 = float(terms.sum() / (a.sum() * b.sum()))
        degrees = int(kept.sum()) - 1
        probability = float(stats.chi2.sf(chi2, degrees)) if degrees > 0 else 0.0
        if "P" in text.split():
            show(f"Chi2 = {chi2:f}, Prob = {probability:g}, NDF = {degrees}")
        if "CHI2/NDF" in text:
            return chi2 / degrees if degrees else 0.0
        return chi2 if "CHI2" in text else probability


def _counts_against_weights(counts: Doubles, weights: Doubles, squares: Doubles, kept: Any) -> float:
    """Return the χ² of counts and weights, by the most probable share of each bin (Gagunashvili 2006)."""
    n_counts, total = counts.sum(), weights.sum()
    # The error of an empty bin is that of a typical weight.
    typical = squares.sum() / total
    variances = np.where((weights == 0) & (squares == 0), typical, squares)[kept]
    a, b = counts[kept], weights[kept]
    first = total * b - n_counts * variances
    shares = (first + np.sqrt(first**2 + 4 * total**2 * a * variances)) / (2 * total**2)
    terms = (a - shares * n_counts) ** 2 / (shares * n_counts)
    return float((terms + (b - shares * total) ** 2 / variances).sum())
