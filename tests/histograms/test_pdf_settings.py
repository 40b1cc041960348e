"""Options of densities, and how options of one class go before those of both."""

from __future__ import annotations

import pytest

from tmva_py.errors import OptionError
from tmva_py.histograms import PDFSettings, pdf_options
from tmva_py.options import parse_option_string

SUFFIXES = ("", "Sig")


def settings(text: str) -> PDFSettings:
    declared = [option for suffix in SUFFIXES for option in pdf_options(suffix)]
    return PDFSettings.from_options(parse_option_string(text, declared, owner="test"), SUFFIXES)


def test_defaults() -> None:
    assert settings("") == PDFSettings("Spline2", 0, 0, 50, 0, "Nonadaptive", "None", 1.0, False)


@pytest.mark.parametrize(
    ("text", "smallest", "largest"),
    [
        ("NSmooth=3", 3, 3),
        ("NSmooth=-2", 0, 0),
        ("MinNSmooth=1:MaxNSmooth=8", 1, 8),
        ("NSmooth=4:MinNSmooth=1:MaxNSmooth=8", 1, 8),
        ("NSmooth=4:MaxNSmooth=8", 4, 4),
        ("NSmooth=4:NSmoothSig=2", 2, 2),
        ("MinNSmooth=1:MaxNSmooth=8:NSmoothSig=2", 2, 2),
        ("MinNSmooth=1:MaxNSmooth=8:MaxNSmoothSig=5", 1, 5),
        ("NSmooth=4:MinNSmoothSig=1:MaxNSmoothSig=3", 1, 3),
    ],
)
def test_smoothing(text: str, smallest: int, largest: int) -> None:
    found = settings(text)
    assert (found.min_smooth, found.max_smooth) == (smallest, largest)


def test_a_class_has_its_own() -> None:
    found = settings("PDFInterpolSig=kde:KDEiter=Adaptive:KDEborderSig=Mirror:NbinsSig=30:NAvEvtPerBin=20")
    assert (found.interpolation, found.kernel_width, found.kernel_border) == ("KDE", "Adaptive", "Mirror")
    assert (found.n_bins, found.events_per_bin) == (30, 20)


def test_more_smoothing_where_there_are_more_events_is_refused() -> None:
    with pytest.raises(OptionError, match="MaxNSmoothSig=1 is smaller than MinNSmoothSig=4"):
        settings("MinNSmoothSig=4:MaxNSmoothSig=1")
