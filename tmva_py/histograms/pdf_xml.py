"""The ``<PDF>`` element of weight files."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.errors import DataError, WeightFileError
from tmva_py.histograms.axis import Axis
from tmva_py.histograms.histogram import Histogram
from tmva_py.histograms.pdf import PDF
from tmva_py.histograms.pdf_settings import INTERPOLATIONS, KERNEL_BORDERS, KERNEL_WIDTHS, PDFSettings
from tmva_py.xml_text import format_double, raw_line, read_integer, read_values, where

MOST_SMOOTHING = 10_000
"""A file that wants more is damaged, and would take hours."""

FIRST_NEW_SMOOTHING = 6
"""ROOT's release since which medians are what is smoothed."""


def write_pdf(parent: Element, pdf: PDF) -> None:
    """Add a ``<PDF>`` with the histogram before its smoothing, as TMVA does."""
    settings, axis = pdf.settings, pdf.original.axis
    element = SubElement(parent, "PDF", Name=pdf.name)
    for name, number in (
        ("MinNSmooth", settings.min_smooth),
        ("MaxNSmooth", settings.max_smooth),
        ("InterpolMethod", INTERPOLATIONS.index(settings.interpolation)),
        ("KDE_type", int(settings.has_kernel)),
        ("KDE_iter", 1 + KERNEL_WIDTHS.index(settings.kernel_width)),
        ("KDE_border", 1 + KERNEL_BORDERS.index(settings.kernel_border)),
    ):
        element.set(name, str(number))
    element.set("KDE_finefactor", format_double(float(np.float32(settings.fine_factor))))
    histogram = SubElement(element, "Histogram", Name=pdf.histogram_name, NBins=str(axis.n_bins))
    histogram.set("XMin", format_double(axis.minimum))
    histogram.set("XMax", format_double(axis.maximum))
    histogram.set("HasEquidistantBins", str(int(axis.unequal_edges is None)))
    histogram.text = raw_line(_numbers(pdf.original.values))
    if axis.unequal_edges is not None:
        edges = _numbers(axis.unequal_edges)
        SubElement(element, "HistogramBinning", NBins=str(axis.n_bins)).text = raw_line(edges)


def read_pdf(element: Element, *, normalised: bool = True, old_smoothing: bool = False) -> PDF:
    """Read a ``<PDF>``.

    Parameters
    ----------
    element : Element
        The element.
    normalised, old_smoothing
        As for `PDF`; a weight file of ROOT 5 needs its old smoothing.

    Raises
    ------
    WeightFileError
        It is damaged.
    """
    settings = PDFSettings(
        interpolation=INTERPOLATIONS[_number(element, "InterpolMethod", len(INTERPOLATIONS) - 1)],
        min_smooth=_number(element, "MinNSmooth", MOST_SMOOTHING),
        max_smooth=_number(element, "MaxNSmooth", MOST_SMOOTHING),
        kernel_width=KERNEL_WIDTHS[_number(element, "KDE_iter", len(KERNEL_WIDTHS), default=1) - 1],
        kernel_border=KERNEL_BORDERS[_number(element, "KDE_border", len(KERNEL_BORDERS), default=1) - 1],
        fine_factor=_decimal(element, "KDE_finefactor", default=1.0),
        has_kernel=_number(element, "KDE_type", 1, default=0, minimum=0) == 1,
    )
    if settings.max_smooth < settings.min_smooth:
        message = f"{where(element)}: MaxNSmooth is smaller than MinNSmooth"
        raise WeightFileError(message)
    histogram = element.find("Histogram")
    if histogram is None:
        message = f"{where(element)}: expected a <Histogram>, found none"
        raise WeightFileError(message)
    n_bins = read_integer(histogram, "NBins", minimum=1)
    contents = read_values(histogram, n_bins, dtype=np.float64)
    is_number = ~np.isnan(contents)
    # ROOT reads "nan" as 0. Where there is nothing else the table is the same, and what is written "nan".
    if is_number.any():
        contents[~is_number] = 0.0
    if np.isinf(contents).any():
        message = f"{where(histogram)}: a bin's content is infinite"
        raise WeightFileError(message)
    axis = _axis(element, histogram, n_bins)
    try:
        return PDF(
            Histogram.of_values(axis, contents),
            settings,
            name=element.get("Name", ""),
            histogram_name=histogram.get("Name", ""),
            normalised=normalised,
            old_smoothing=old_smoothing,
        )
    except DataError as error:
        message = f"{where(element)}: {error}"
        raise WeightFileError(message) from None


def _numbers(values: npt.NDArray[np.floating]) -> str:
    # Width 5 at least, and the sign with which x86 processors make a "not a number", as in ROOT's files.
    return "".join(" -nan " if value != value else f"{value:.8e} " for value in values.tolist())


def _number(
    element: Element, attribute: str, largest: int, *, default: int | None = None, minimum: int | None = None
) -> int:
    if default is not None and element.get(attribute) is None:
        return default
    smallest = (default or 0) if minimum is None else minimum
    number = read_integer(element, attribute, minimum=smallest)
    if number > largest:
        message = f"{where(element)}: {attribute}={number} is larger than {largest}"
        raise WeightFileError(message)
    return number


def _decimal(element: Element, attribute: str, *, default: float | None = None) -> float:
    """Return an attribute that must be a finite number."""
    text = element.get(attribute)
    if text is None and default is not None:
        return default
    try:
        value = float(text or "")
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        message = f"{where(element)}: {attribute}={text!r} must be a number"
        raise WeightFileError(message)
    return value


def _axis(pdf: Element, histogram: Element, n_bins: int) -> Axis:
    if histogram.get("HasEquidistantBins") == "1":
        low, high = _decimal(histogram, "XMin"), _decimal(histogram, "XMax")
        if not low < high:
            message = f"{where(histogram)}: XMin={low:g} must be smaller than XMax={high:g}"
            raise WeightFileError(message)
        return Axis(n_bins, low, high)
    binning = pdf.find("HistogramBinning")
    if binning is None:
        message = f"{where(pdf)}: expected a <HistogramBinning>, found none"
        raise WeightFileError(message)
    if read_integer(binning, "NBins") != n_bins:
        message = f"{where(binning)}: NBins={binning.get('NBins')!r}, but the histogram has {n_bins} bins"
        raise WeightFileError(message)
    edges = read_values(binning, n_bins + 1, dtype=np.float64)
    if not np.isfinite(edges).all() or (np.diff(edges) < 0).any():
        message = f"{where(pdf)}: the bin edges must be numbers that do not decrease"
        raise WeightFileError(message)
    # Nine digits stand for one float32, which is what training had. ROOT takes the nine digits as they are,
    # half a unit in the last of them away, and so answers a little differently after reading.
    single = edges.astype(np.float32).astype(np.float64)
    written = np.array([float(f"{value:.8e}") for value in single.tolist()])
    return Axis.of_edges(single if (written == edges).all() else edges)


def has_old_smoothing(root_release: str) -> bool:
    """Return whether a weight file's densities are smoothed as ROOT 5 did.

    Parameters
    ----------
    root_release : str
        ``<Info name="ROOT Release">``.

    Examples
    --------
    >>> has_old_smoothing("5.32/01 [335873]"), has_old_smoothing("6.08/06 [395270]")
    (True, False)
    """
    major = root_release.strip().partition(".")[0]
    return major.isdecimal() and int(major) < FIRST_NEW_SMOOTHING
