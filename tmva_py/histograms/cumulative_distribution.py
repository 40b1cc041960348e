"""The cumulative distribution of one variable, as TMVA fits, tabulates and stores it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.errors import WeightFileError
from tmva_py.histograms.smoothing import smooth
from tmva_py.xml_text import format_double, raw_line, read_integer, read_values, where

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

N_TABLE_BINS = 10000
MOST_BINS = 2000
FEWEST_EVENTS_PER_BIN = 10
FIRST_BIN_WIDTH = np.float32(1e-4)
LARGEST_MINIMUM_WEIGHT = np.float32(1e11)
SMALLEST_VALUE = 1e-12

_PDF_ATTRIBUTES = {
    "MinNSmooth": "0", "MaxNSmooth": "0", "InterpolMethod": "1",
    "KDE_type": "0", "KDE_iter": "1", "KDE_border": "1", "KDE_finefactor": format_double(0.0),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class CumulativeDistribution:
    """Histogram of the fraction of events up to each bin, and the table that is read instead of it.

    Parameters
    ----------
    edges : ndarray of float64, shape (n + 1,)
        Bin edges.
    contents : ndarray of float32, shape (n,)
        Fraction of the (smoothed) events up to each bin's upper edge; not a number throughout, if no event
        is left after smoothing.

    Notes
    -----
    This is TMVA's class ``PDF`` with linear interpolation (``Spline1``), without smoothing and not
    normalised.
    """

    edges: Doubles
    contents: Floats

    @classmethod
    def fit(cls, values: Floats, weight: Floats, order: npt.NDArray[np.intp]) -> CumulativeDistribution:
        """Fit the distribution of weighted events.

        Parameters
        ----------
        values : ndarray of float32, shape (N,)
            At least one event.
        weight : ndarray of float32, shape (N,)
            Event weights of any sign.
        order : ndarray of int, shape (N,)
            Indices that sort the values, equal ones in their own order.

        Notes
        -----
        Bins end where they have gathered 1/2000 of the sum of weights and ten times the smallest weight. All
        sums are those of TMVA, event by event in float32. The last edge is the largest value, and a
        histogram's upper edge does not belong to it: the events there are not counted.
        """
        edges = _bin_edges(values[order], weight[order], _threshold(weight))
        contents = np.zeros(len(edges) + 1, np.float32)
        # The first of equal edges counts, as in ROOT's search.
        bins = np.searchsorted(edges, values, side="left")
        bins += edges[np.minimum(bins, len(edges) - 1)] == values
        bins[values >= edges[-1]] = len(edges)
        np.add.at(contents, bins, weight)
        smoothed = smooth(contents[1:-1]).astype(np.float32).astype(np.float64)
        sums = np.cumsum(np.maximum(smoothed, 0.0))
        with np.errstate(invalid="ignore"):
            fractions = (sums / sums[-1]).astype(np.float32)
        return cls(edges.astype(np.float64), fractions)

    @property
    def is_empty(self) -> bool:
        """Whether no event was left to make a distribution of; then `value` is always the smallest one."""
        return not np.isfinite(self.contents).any()

    @cached_property
    def _lower(self) -> float:
        return float(self.edges[0])

    @cached_property
    def _bin_width(self) -> float:
        return float(self.edges[-1] - self.edges[0]) / N_TABLE_BINS

    @cached_property
    def table(self) -> Doubles:
        """The distribution at the centres of 10000 equal bins, exact in float32.

        Straight lines through the bin centres of the histogram; where they are not above 1e-12, the content
        of the bin.
        """
        places = np.arange(N_TABLE_BINS, dtype=np.float64) + 0.5
        centres = np.asarray(self._lower + places * self._bin_width, np.float64)
        contents = self.contents.astype(np.float64)
        bin_of = np.clip(np.searchsorted(self.edges, centres, side="right") - 1, 0, len(contents) - 1)
        values = _through_points((self.edges[:-1] + self.edges[1:]) / 2, contents, centres)
        with np.errstate(invalid="ignore"):
            values = np.where(values <= SMALLEST_VALUE, contents[bin_of], values)
            values = np.where(values >= SMALLEST_VALUE, values, SMALLEST_VALUE)
        return values.astype(np.float32).astype(np.float64)

    @cached_property
    def _slopes(self) -> Doubles:
        return np.diff(self.table)

    def value(self, x: npt.NDArray[np.floating]) -> Doubles:
        """Return the cumulative distribution at `x`.

        Parameters
        ----------
        x : ndarray, shape (N,)
            Values; beyond the outermost bin centres of the table, the straight lines there go on.

        Returns
        -------
        ndarray of float64, shape (N,)
            At least 1e-12; not a number where `x` is none. (TMVA takes that for the smallest value.)
        """
        # In units of table bins, counted from the first centre.
        place = x.astype(np.float64)
        place -= self._lower
        place *= 1.0 / self._bin_width if self._bin_width > 0 else 0.0
        place -= 0.5
        # fmax and fmin rather than clip: they turn "not a number" into a bin.
        bins = np.fmin(np.fmax(place, 0.0), N_TABLE_BINS - 2.0).astype(np.intp)
        np.clip(place, -1e30, 1e30, out=place)
        place -= bins
        place *= self._slopes[bins]
        place += self.table[bins]
        return np.maximum(place, SMALLEST_VALUE, out=place)

    def inverse(self, fraction: npt.NDArray[np.floating]) -> Doubles:
        """Return where the cumulative distribution has a value, by bisection in the table.

        Parameters
        ----------
        fraction : ndarray, shape (N,)
            Values of the cumulative distribution; those outside its range give the ends of the range.

        Returns
        -------
        ndarray of float64, shape (N,)
        """
        wanted = np.asarray(fraction, dtype=np.float64)
        contents = np.concatenate([[0.0], self.table])  # as a histogram's, with an underflow bin
        low = np.zeros(wanted.shape, np.intp)
        high = np.full(wanted.shape, N_TABLE_BINS)
        for _ in range(N_TABLE_BINS.bit_length() + 1):
            middle = low + (high - low) // 2
            open_ = middle > low
            below = wanted < contents[middle]
            high = np.where(open_ & below, middle, high)
            low = np.where(open_ & ~below, middle, low)
        low_content = contents[low]
        # The last bin's content is never looked at in TMVA and counts as 0.
        length = np.where(high == N_TABLE_BINS, 0.0, contents[high]) - low_content
        steep = length > 1e-10
        part = np.where(steep, (wanted - low_content) / np.where(steep, length, 1.0), low_content)
        result = np.asarray(self._lower + (low - 0.5 + part) * self._bin_width, np.float64)
        result[np.isnan(wanted)] = np.nan
        return result

    def write_xml(self, parent: Element, name: str, histogram_name: str) -> None:
        """Add a ``<PDF>`` with ``<Histogram>`` and ``<HistogramBinning>``."""
        pdf = SubElement(parent, "PDF", {"Name": name, **_PDF_ATTRIBUTES})
        n_bins = str(len(self.contents))
        histogram = SubElement(pdf, "Histogram", Name=histogram_name, NBins=n_bins)
        histogram.set("XMin", format_double(self.edges[0]))
        histogram.set("XMax", format_double(self.edges[-1]))
        histogram.set("HasEquidistantBins", "0")
        histogram.text = raw_line(_numbers(self.contents))
        SubElement(pdf, "HistogramBinning", NBins=n_bins).text = raw_line(_numbers(self.edges))

    @classmethod
    def read_xml(cls, parent: Element) -> CumulativeDistribution:
        """Read the ``<PDF>`` in an element.

        Raises
        ------
        WeightFileError
            It is missing, damaged, or of a kind that TMVA does not write here.
        """
        pdf = parent.find("PDF")
        if pdf is None:
            message = f"{where(parent)}: expected a <PDF>, found none"
            raise WeightFileError(message)
        for attribute, wanted in (("InterpolMethod", "1"), ("MaxNSmooth", "0")):
            if pdf.get(attribute, wanted) != wanted:
                message = (
                    f"{where(pdf)}: {attribute}={pdf.get(attribute)!r}: a cumulative distribution is "
                    f"interpolated linearly and not smoothed again, {attribute}={wanted!r}"
                )
                raise WeightFileError(message)
        histogram = pdf.find("Histogram")
        if histogram is None:
            message = f"{where(pdf)}: expected a <Histogram>, found none"
            raise WeightFileError(message)
        n_bins = read_integer(histogram, "NBins", minimum=2)
        # ROOT reads "nan" as 0, which gives the same table.
        contents = read_values(histogram, n_bins)
        if np.isinf(contents).any():
            message = f"{where(histogram)}: a bin's content is infinite, expected numbers from 0 to 1"
            raise WeightFileError(message)
        edges = _read_edges(pdf, histogram, n_bins)
        if not np.isfinite(edges).all() or (np.diff(edges) < 0).any():
            message = f"{where(pdf)}: the bin edges must be numbers that do not decrease"
            raise WeightFileError(message)
        return cls(edges, contents)


def _threshold(weight: Floats) -> np.float32:
    """Return the sum of weights at which a bin ends."""
    total = np.cumsum(weight, dtype=np.float32)[-1]
    smallest = min(weight.min(), LARGEST_MINIMUM_WEIGHT)
    return max(smallest * np.float32(FEWEST_EVENTS_PER_BIN), total / np.float32(MOST_BINS))


def _bin_edges(values: Floats, weight: Floats, threshold: np.float32) -> Floats:
    """Return the edges for sorted values."""
    edges = [values[0] - FIRST_BIN_WIDTH, values[0]]
    start, gathered, length = 0, np.float32(0), max(16, 2 * len(values) // MOST_BINS)
    while start < len(values):
        # The sum goes on event by event in float32, from where the last edge was.
        part = slice(start, start + length)
        sums = np.cumsum(np.concatenate([[gathered], weight[part]]), dtype=np.float32)[1:]
        enough = np.flatnonzero((sums >= threshold) & (values[part] > edges[-1]))
        if len(enough):
            start += int(enough[0]) + 1
            gathered = np.float32(0)
            edges.append(values[start - 1])
        else:
            start, gathered = start + len(sums), sums[-1]
    if gathered != 0:
        edges.append(values[-1])
    return np.array(edges, np.float32)


def _through_points(x: Doubles, y: Doubles, wanted: Doubles) -> Doubles:
    """Return straight lines through points; the outermost ones go on beyond."""
    left = np.clip(np.searchsorted(x, wanted, side="right") - 1, 0, len(x) - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        # At a point itself TMVA takes the line on its left.
        forward = ((wanted > x[left]) & (left < len(x) - 1)) | (left == 0)
        other = np.where(forward, left + 1, left - 1)
        slope = (y[left] - y[other]) / (x[left] - x[other])
        result: Doubles = y[left] + (wanted - x[left]) * slope
    return result


def _numbers(values: npt.NDArray[np.floating]) -> str:
    # Width 5 at least, and the sign with which x86 processors make a "not a number", as in ROOT's files.
    return "".join(" -nan " if value != value else f"{value:.8e} " for value in values.tolist())


def _read_edges(pdf: Element, histogram: Element, n_bins: int) -> Doubles:
    if histogram.get("HasEquidistantBins") == "1":
        try:
            low, high = (float(histogram.get(name, "")) for name in ("XMin", "XMax"))
        except ValueError:
            low = high = np.nan
        if not (np.isfinite(low) and np.isfinite(high)):
            message = f"{where(histogram)}: XMin and XMax must be numbers"
            raise WeightFileError(message)
        return np.linspace(low, high, n_bins + 1, dtype=np.float64)
    binning = pdf.find("HistogramBinning")
    if binning is None:
        message = f"{where(pdf)}: expected a <HistogramBinning>, found none"
        raise WeightFileError(message)
    if read_integer(binning, "NBins") != n_bins:
        message = f"{where(binning)}: NBins={binning.get('NBins')!r}, but the histogram has {n_bins} bins"
        raise WeightFileError(message)
    edges = read_values(binning, n_bins + 1, dtype=np.float64)
    # Nine digits stand for one float32, which is what training had. ROOT takes the nine digits as they are,
    # half a unit in the last of them away, and so answers a little differently after reading.
    single = edges.astype(np.float32).astype(np.float64)
    written = np.array([float(f"{value:.8e}") for value in single.tolist()])
    return single if (written == edges).all() else edges
