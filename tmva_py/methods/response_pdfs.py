"""Densities of a classifier's response, which ``CreateMVAPdfs`` requests: probability and rarity."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.errors import OptionError, WeightFileError
from tmva_py.histograms import (
    PDF,
    Axis,
    Histogram,
    PDFSettings,
    has_old_smoothing,
    pdf_options,
    pdf_separation,
    read_pdf,
    separation,
    write_pdf,
)
from tmva_py.options import Option, OptionValues, parse_option_string
from tmva_py.xml_text import where

TAG = "MVAPdfs"
Doubles = npt.NDArray[np.float64]

BOTH, BACKGROUND, SIGNAL = "MVAPdf", "MVAPdfBkg", "MVAPdfSig"
"""How the names of the options end: those of both classes, and of each class."""

PDF_OPTIONS: tuple[Option, ...] = tuple(
    option for suffix in (BOTH, BACKGROUND, SIGNAL) for option in pdf_options(suffix)
)
"""TMVA's options of the densities."""

_NAMES = {option.name.casefold() for option in PDF_OPTIONS}


def split_pdf_options(text: str) -> tuple[str, str]:
    """Return an option string without the options of the densities, and those.

    Examples
    --------
    >>> split_pdf_options("CreateMVAPdfs:NbinsMVAPdf=50:V")
    ('CreateMVAPdfs:V', 'NbinsMVAPdf=50')
    """
    own: list[str] = []
    of_pdfs: list[str] = []
    for piece in text.split(":"):
        name = piece.partition("=")[0].strip().lstrip("!").casefold()
        (of_pdfs if name in _NAMES else own).append(piece)
    return ":".join(own), ":".join(of_pdfs)


def pdf_settings(values: OptionValues, text: str, *, owner: str) -> tuple[PDFSettings, PDFSettings] | None:
    """Return the settings of signal and background that a booking requests, or None.

    Parameters
    ----------
    values : OptionValues
        The method's options.
    text : str
        The options of the densities.
    owner : str
        The method, for messages.

    Raises
    ------
    OptionError
        There are options of the densities without ``CreateMVAPdfs``, or one is wrong.
    """
    if text and not values["CreateMVAPdfs"]:
        message = f"{owner}: {text}: these options need CreateMVAPdfs; add it or leave them out"
        raise OptionError(message)
    given = parse_option_string(text, PDF_OPTIONS, owner=owner)
    if not values["CreateMVAPdfs"]:
        return None
    signal, background = (PDFSettings.from_options(given, (BOTH, suffix)) for suffix in (SIGNAL, BACKGROUND))
    return signal, background


@dataclass(frozen=True, eq=False)
class ResponsePDFs:
    """The densities of the response to signal and to background."""

    signal: PDF
    background: PDF

    @classmethod
    def fit(
        cls,
        response: npt.NDArray[np.floating],
        is_signal: npt.NDArray[np.bool_],
        weight: npt.NDArray[np.floating],
        settings: tuple[PDFSettings, PDFSettings],
        *,
        type_name: str,
        title: str,
    ) -> ResponsePDFs | None:
        """Return the densities of training responses; None if those of a class are not finite.

        Parameters
        ----------
        response, is_signal, weight : ndarray, shape (N,)
            The training events.
        settings : tuple of PDFSettings
            Of signal and background.
        type_name, title : str
            The method's, for the names in files.
        """
        kept = np.isfinite(response)
        values, signal, weights = response[kept].astype(np.float64), is_signal[kept], weight[kept]
        if not (signal.any() and not signal.all()):
            return None
        pdfs = []
        for one, chosen, letter, ending in (
            (settings[0], signal, "S", "Sig"),
            (settings[1], ~signal, "B", "Bkg"),
        ):
            axis = Axis.around(one.bins_for(len(response)), float(values.min()), float(values.max()))
            filled = Histogram.fill(axis, values[chosen], weights[chosen], with_errors=True, is_double=True)
            pdf = PDF(
                filled.normalised(),
                one,
                name=f"{title}_PDF{ending}",
                histogram_name=f"{type_name}_tr_{letter}_original",
            )
            pdfs.append(pdf)
        return cls(*pdfs)

    @property
    def separations(self) -> tuple[float, float]:
        """Separation of the two histograms, and of the two densities."""
        return (
            separation(self.signal.original, self.background.original)
            if self.signal.original.axis == self.background.original.axis
            else 0.0,
            pdf_separation(self.signal, self.background),
        )

    def probability(self, response: npt.ArrayLike, signal_fraction: float = 0.5) -> Doubles:
        r"""Return :math:`f p_S / (f p_S + (1 - f) p_B)` at responses, with the fraction f of signal events.

        −1 where both terms vanish, as in TMVA; not a number where the response is not.
        """
        values = np.asarray(response, dtype=np.float64)
        signal = self.signal.value(values) * signal_fraction
        whole = signal + self.background.value(values) * (1 - signal_fraction)
        result: Doubles = np.divide(signal, whole, out=np.full(whole.shape, -1.0), where=whole > 0)
        result[np.isnan(values)] = np.nan
        return result

    def rarity(self, response: npt.ArrayLike) -> Doubles:
        """Return the part of the background below each response: flat from 0 to 1 for background."""
        return self.background.integral_to(np.asarray(response, dtype=np.float64))

    def training_histograms(self) -> dict[str, Histogram]:
        """Return the histograms of the training responses by name."""
        names = {pdf.histogram_name.removesuffix("_original"): pdf for pdf in (self.signal, self.background)}
        return {name: pdf.original.with_titles(name) for name, pdf in names.items()}

    def histograms(self) -> dict[str, Histogram]:
        """Return what an output file shows of both densities, by name."""
        return self.signal.histograms() | self.background.histograms()

    @classmethod
    def read_xml(cls, element: Element | None, root_release: str) -> ResponsePDFs | None:
        """Return what ``<MVAPdfs>`` holds; None if it is empty or missing.

        Raises
        ------
        WeightFileError
            It is damaged.
        """
        if element is None or not len(element):
            return None
        children = element.findall("PDF")
        if len(children) != 2 or len(element) != 2:
            message = (
                f"{where(element)}: expected a <PDF> of signal and one of background, found {len(element)}"
            )
            raise WeightFileError(message)
        old = has_old_smoothing(root_release)
        return cls(*(read_pdf(child, old_smoothing=old) for child in children))


def write_response_pdfs(parent: Element, pdfs: ResponsePDFs | None) -> None:
    """Add ``<MVAPdfs>`` to a weight file's root, empty without densities."""
    element = SubElement(parent, TAG)
    if pdfs is not None:
        write_pdf(element, pdfs.signal)
        write_pdf(element, pdfs.background)
