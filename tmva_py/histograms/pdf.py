"""The density of one quantity: a histogram, smoothed, interpolated and tabulated (TMVA's class ``PDF``)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError
from tmva_py.histograms.axis import Axis, Doubles
from tmva_py.histograms.density_tables import DensityTables, TableLines
from tmva_py.histograms.histogram import Histogram, sum_in_order
from tmva_py.histograms.kernel_estimate import kernel_estimate
from tmva_py.histograms.pdf_settings import PDFSettings
from tmva_py.histograms.smoothing import n_passes, smooth, smoothing_by_bin
from tmva_py.histograms.splines import LinearSpline, cubic_spline, quadratic_spline, quintic_spline
from tmva_py.lazy import lazy

N_TABLE_BINS = 10000
SMALLEST_VALUE = 1e-12
LARGEST_EMPTY_SHARE = 0.5
DEFAULT_SETTINGS = PDFSettings()


class PDF:
    """The density of one quantity.

    Parameters
    ----------
    original : Histogram
        What it is made of.
    settings : PDFSettings
        How it is made.
    name, histogram_name : str
        As weight files hold them; the histogram's ends in ``_original``.
    normalised : bool, default True
        Whether the density has unit area.
    old_smoothing : bool, default False
        Whether it is smoothed, and bins' centres rounded, as ROOT 5 did; its weight files need that.

    Notes
    -----
    As in TMVA the interpolation is evaluated in 10000 equal bins, and `value` reads between those. All is
    rounded to float32 where TMVA has a TH1F.
    """

    def __init__(
        self,
        original: Histogram,
        settings: PDFSettings = DEFAULT_SETTINGS,
        *,
        name: str = "",
        histogram_name: str = "_original",
        normalised: bool = True,
        old_smoothing: bool = False,
    ) -> None:
        self.original = original
        self.settings = settings
        self.name = name
        self.histogram_name = histogram_name
        self.normalised = normalised
        self.old_smoothing = old_smoothing
        if settings.is_kernel_estimate and not original.standard_deviation > 0:
            message = f"{histogram_name}: a kernel estimate needs a histogram with a width"
            raise DataError(message)

    @property
    def minimum(self) -> float:
        """Lower end of the histogram."""
        return self.original.axis.minimum

    @property
    def maximum(self) -> float:
        """Upper end of the histogram."""
        return self.original.axis.maximum

    @property
    def is_empty(self) -> bool:
        """Whether no bin's content is a number; then `value` is always the smallest one."""
        return not np.isfinite(self.original.values).any()

    # --- how it is made -----------------------------------------------------------------------------------

    @lazy
    def n_smooth(self) -> npt.NDArray[np.int64] | None:
        """How often each bin is smoothed, where that differs from bin to bin."""
        settings = self.settings
        if settings.min_smooth == settings.max_smooth or self.original.axis.n_bins == 1 or self._is_kernel:
            return None
        contents = self._stored(self.original.values)
        return smoothing_by_bin(contents, self.errors, settings.min_smooth, settings.max_smooth)

    @property
    def errors(self) -> Doubles:
        """The errors of the histogram's bins."""
        if self.original.variances is None:
            return np.sqrt(np.abs(self._stored(self.original.values)))
        return self.original.errors

    @lazy
    def smoothed(self) -> Histogram:
        """The histogram after smoothing."""
        values = self._stored(self.original.values)
        if self.settings.max_smooth > 0 and not self._is_kernel:
            if self.n_smooth is None:
                values = self._smooth(values, self.settings.max_smooth)
            else:
                for _ in range(n_passes(self.n_smooth, self.settings.min_smooth)):
                    values = self._smooth(values, 1)
        contents = self.original.contents.copy()
        contents[1:-1] = values
        return replace(self.original, contents=contents)

    @property
    def _is_kernel(self) -> bool:
        return self.settings.is_kernel_estimate

    def _smooth(self, values: Doubles, n_times: int) -> Doubles:
        return self._stored(smooth(values, n_times, old=self.old_smoothing))

    def _stored(self, values: Doubles) -> Doubles:
        return values if self.original.is_double else values.astype(np.float32).astype(np.float64)

    @lazy
    def table(self) -> Histogram:
        """What is read in place of the interpolation: 10000 bins, or the smoothed ones (``Spline0``)."""
        if self.settings.interpolation == "Spline0":
            return self._with_unit_area(self.smoothed)
        axis = Axis(N_TABLE_BINS, self.minimum, self.maximum)
        if not self._is_kernel:
            return self._with_unit_area(Histogram.of_values(axis, self._interpolated(self._centres(axis))))
        values = kernel_estimate(self.smoothed, axis, self.settings).astype(np.float64)
        table = Histogram.of_values(axis, values)
        return self._with_unit_area(replace(table, entries=self.original.entries))

    def _centres(self, axis: Axis) -> Doubles:
        return axis.old_centres if self.old_smoothing else axis.centres

    def _interpolated(self, places: Doubles) -> Doubles:
        x, y = self._centres(self.smoothed.axis), np.nan_to_num(self.smoothed.values, nan=0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            match self.settings.interpolation:
                case "Spline1":
                    values = LinearSpline(x, y)(places)
                case "Spline2":
                    values = quadratic_spline(x, y, places)
                case "Spline3":
                    values = cubic_spline(x, y, places)
                case _:
                    values = quintic_spline(x, y, places)
            # Where a spline falls to zero next to a steep slope, the bin's content is the better guess.
            bins = np.clip(self.smoothed.axis.bins_of(places), 1, len(y))
            values = np.where(values <= SMALLEST_VALUE, y[bins - 1], values)
            values = np.where(values >= SMALLEST_VALUE, values, SMALLEST_VALUE)
        return values.astype(np.float32).astype(np.float64)

    def _with_unit_area(self, table: Histogram) -> Histogram:
        area = sum_in_order(table.values) * table.axis.bin_width
        if not self.normalised or not area > 0:
            return table
        scaled, factor = table.contents * (1.0 / area), (1.0 / area) ** 2
        # ROOT begins to keep errors when it scales.
        variances = np.abs(table.contents) if table.variances is None else table.variances
        return replace(
            table,
            contents=scaled if table.is_double else scaled.astype(np.float32).astype(np.float64),
            variances=variances * factor,
        )

    # --- what an output file shows ------------------------------------------------------------------------

    def histograms(self) -> dict[str, Histogram]:
        """Return the histogram, what smoothing makes of it, and the table, under TMVA's names."""
        smoothed = self.histogram_name.replace("_original", "_smoothed")
        source = "KDE" if self._is_kernel else self.settings.interpolation.lower()
        return {
            self.histogram_name: self.original.with_titles(self.histogram_name),
            smoothed: self.smoothed.with_titles(smoothed),
            f"{smoothed}_hist_from_{source}": self.table.with_titles(f"{smoothed}_hist from_{source}"),
        }

    def remarks(self) -> list[str]:
        """Return what option ``CheckHist`` finds: that most bins of the histogram are empty."""
        if not self.settings.check_histogram or self.settings.interpolation in ("Spline0", "KDE"):
            return []
        share = float(np.mean(self.original.values == 0))
        if share <= LARGEST_EMPTY_SHARE:
            return []
        name = self.histogram_name.replace("_original", "_smoothed")
        return [
            f"More than 50% ({100 * share:g}%) of the bins in hist '{name}' are empty!",
            f"X_min={self.minimum:g} mean={self.original.mean:g} X_max= {self.maximum:g}",
        ]

    # --- what it answers ----------------------------------------------------------------------------------

    @lazy
    def _slopes(self) -> Doubles:
        # Of a single bin, TMVA takes the one beyond the axis as its neighbour.
        return np.diff(self.table.values) if self.table.axis.n_bins > 1 else -self.table.values

    def lines(self) -> TableLines:
        """Return the table as `value` reads it between bins."""
        axis, slopes = self.table.axis, self._slopes
        values = self.table.values
        return TableLines(
            values,
            np.append(slopes, np.zeros(len(values) - len(slopes))),
            axis.minimum,
            1.0 / axis.bin_width if axis.bin_width > 0 else 0.0,
        )

    def value(
        self,
        x: npt.NDArray[np.floating],
        smallest: float = SMALLEST_VALUE,
        *,
        by_bin: bool | None = None,
    ) -> Doubles:
        """Return the density at `x`.

        Parameters
        ----------
        x : ndarray, shape (N,)
            Values; beyond the outermost bin centres of the table, the straight lines there go on.
        smallest : float, default 1e-12
            What is given in place of anything smaller.
        by_bin : bool, optional
            Whether the content of a bin is the density in all of it; by default for ``Spline0``.

        Returns
        -------
        ndarray of float64, shape (N,)
            Not a number where `x` is not. (TMVA gives the smallest value.)
        """
        table, axis = self.table.values, self.table.axis
        if (self.settings.interpolation == "Spline0") if by_bin is None else by_bin:
            found = table[np.clip(axis.bins_of(x), 1, axis.n_bins) - 1]
            np.fmax(found, smallest, out=found)
            found[np.isnan(x)] = np.nan
            return found
        return np.asarray(self._tables.value(x[None, :], smallest)[0])

    @lazy
    def _tables(self) -> DensityTables:
        return DensityTables([self.lines()])

    @lazy
    def _areas(self) -> Doubles:
        """Area up to the upper edge of each table bin, from 0 at the lower end on."""
        axis = self.table.axis
        widths = np.full(axis.n_bins, np.float32(axis.bin_width))
        widths[0] = axis.edges[1] - axis.minimum
        return np.concatenate([[0.0], np.add.accumulate(self.table.values * widths)])

    def integral_to(self, x: npt.NDArray[np.floating]) -> Doubles:
        """Return the area below `x`, shape (N,): the rarity, for the density of a background's response.

        As in TMVA, the first table bin counts as a whole, and beyond the upper end the last bin goes on.
        """
        axis = self.table.axis
        values = x.astype(np.float64)
        bins = np.minimum(axis.bins_of(values), axis.n_bins)
        last = np.maximum(bins - 1, 0)
        part = (values - axis.edges[last]).astype(np.float32)
        result: Doubles = np.where(
            bins > 1, self._areas[last] + self.table.values[last] * part, self._areas[1]
        )
        result[bins < 1] = 0.0
        result[np.isnan(values)] = np.nan
        return result

    def inverse(self, y: npt.NDArray[np.floating]) -> Doubles:
        """Return where an increasing function has a value, by bisection in the table.

        Parameters
        ----------
        y : ndarray, shape (N,)
            Values; those outside the table's range give the ends of the range.

        Returns
        -------
        ndarray of float64, shape (N,)
        """
        axis = self.table.axis
        wanted = np.asarray(y, dtype=np.float64)
        contents, increases = self._contents
        if increases:
            low = np.searchsorted(contents[1 : axis.n_bins], wanted, side="right")
            high = low + 1
        else:
            low, high = _bisected(contents, wanted)
        low_content = contents[low]
        # The last bin's content is never looked at in TMVA and counts as 0.
        length = np.where(high == axis.n_bins, 0.0, contents[high]) - low_content
        steep = length > 1e-10
        part = np.where(steep, (wanted - low_content) / np.where(steep, length, 1.0), low_content)
        result = np.asarray(axis.minimum + (low - 0.5 + part) * axis.bin_width, np.float64)
        result[np.isnan(wanted)] = np.nan
        return result

    @lazy
    def _contents(self) -> tuple[Doubles, bool]:
        """The table's contents after an underflow bin's, and whether they never fall."""
        contents = np.concatenate([[0.0], self.table.values])
        return contents, bool((np.diff(contents[1:-1]) >= 0.0).all())


def _bisected(contents: Doubles, wanted: Doubles) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the bins between which TMVA's bisection finds values, wherever contents rise or fall."""
    n_bins = len(contents) - 1
    low = np.zeros(wanted.shape, np.intp)
    high = np.full(wanted.shape, n_bins)
    for _ in range(n_bins.bit_length() + 1):
        middle = low + (high - low) // 2
        open_ = middle > low
        below = wanted < contents[middle]
        high = np.where(open_ & below, middle, high)
        low = np.where(open_ & ~below, middle, low)
    return low, high
