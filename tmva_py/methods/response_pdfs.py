"""PDFs of a method's response, which ``CreateMVAPdfs`` requests: their options and their part of a file."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from tmva_py.errors import OptionError, TMVAWarning
from tmva_py.options import Option, OptionValues, parse_option_string

TAG = "MVAPdfs"

_SPLINES = ("Spline0", "Spline1", "Spline2", "Spline3", "Spline5", "KDE")


def _options(suffix: str) -> tuple[Option, ...]:
    return (
        Option(f"NSmooth{suffix}", int, 0, doc="how often the histogram is smoothed"),
        Option(f"MinNSmooth{suffix}", int, -1, doc="how often it is smoothed where it has most events"),
        Option(f"MaxNSmooth{suffix}", int, -1, doc="how often it is smoothed where it has least events"),
        Option(f"NAvEvtPerBin{suffix}", int, 50, doc="mean number of events in a bin"),
        Option(f"Nbins{suffix}", int, 0, doc="number of bins, in place of NAvEvtPerBin"),
        Option(f"CheckHist{suffix}", bool, False, doc="check the interpolation against the histogram"),
        Option(
            f"PDFInterpol{suffix}", str, "Spline2", doc="interpolation of the histogram", choices=_SPLINES
        ),
        Option(f"KDEtype{suffix}", str, "Gauss", doc="kernel", choices=("Gauss",)),
        Option(
            f"KDEiter{suffix}",
            str,
            "Nonadaptive",
            doc="width of kernels",
            choices=("Nonadaptive", "Adaptive"),
        ),
        Option(f"KDEFineFactor{suffix}", float, 1.0, doc="factor of the kernels' width"),
        Option(
            f"KDEborder{suffix}", str, "None", doc="kernels at the ends", choices=("None", "Renorm", "Mirror")
        ),
    )


PDF_OPTIONS: tuple[Option, ...] = tuple(
    option for suffix in ("MVAPdf", "MVAPdfBkg", "MVAPdfSig") for option in _options(suffix)
)
"""TMVA's options of the PDFs: of both classes, and of background and signal apart."""

_NAMES = {option.name.casefold() for option in PDF_OPTIONS}


def split_pdf_options(text: str) -> tuple[str, str]:
    """Return an option string without the options of the PDFs, and those.

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


def check_pdf_options(values: OptionValues, text: str, *, owner: str) -> None:
    """Check the options of the PDFs in a booking, and say that PDFs are not built yet."""
    if text and not values["CreateMVAPdfs"]:
        message = f"{owner}: {text}: these options need CreateMVAPdfs; add it or leave them out"
        raise OptionError(message)
    parse_option_string(text, PDF_OPTIONS, owner=owner)
    if values["CreateMVAPdfs"]:
        message = f"{owner}: CreateMVAPdfs: PDFs of the response are not built by this version"
        warnings.warn(message, TMVAWarning, stacklevel=2)


@dataclass(frozen=True)
class ResponsePdfs:
    """``<MVAPdfs>`` of a weight file: carried from file to file, not used yet."""

    element: Element | None = None

    def write_xml(self, parent: Element) -> None:
        """Add the element to a weight file's root."""
        if self.element is None:
            SubElement(parent, TAG)
        else:
            parent.append(self.element)
