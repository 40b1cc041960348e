"""Options of the densities of a method's response, which ``CreateMVAPdfs`` asks for."""

from __future__ import annotations

from tmva_py.options import Option

_SPLINES = ("Spline0", "Spline1", "Spline2", "Spline3", "Spline5", "KDE")
_WIDTHS = ("Nonadaptive", "Adaptive")
_BORDERS = ("None", "Renorm", "Mirror")


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


MVA_PDF_OPTIONS: tuple[Option, ...] = tuple(
    option for suffix in ("MVAPdf", "MVAPdfBkg", "MVAPdfSig") for option in _options(suffix)
)
"""TMVA's options of the densities: of both classes, and of background and signal apart."""

_NAMES = {option.name.casefold() for option in MVA_PDF_OPTIONS}


def split_mva_pdf_options(text: str) -> tuple[str, str]:
    """Return an option string without the options of the densities, and those.

    Examples
    --------
    >>> split_mva_pdf_options("CreateMVAPdfs:NbinsMVAPdf=50:V")
    ('CreateMVAPdfs:V', 'NbinsMVAPdf=50')
    """
    own: list[str] = []
    densities: list[str] = []
    for piece in text.split(":"):
        name = piece.partition("=")[0].strip().lstrip("!").casefold()
        (densities if name in _NAMES else own).append(piece)
    return ":".join(own), ":".join(densities)
