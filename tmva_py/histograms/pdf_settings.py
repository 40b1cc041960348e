"""How a density is made of a histogram: options, and what weight files say of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tmva_py.errors import OptionError
from tmva_py.options import Option, OptionValues

INTERPOLATIONS = ("Spline0", "Spline1", "Spline2", "Spline3", "Spline5", "KDE")
KERNEL_WIDTHS = ("Nonadaptive", "Adaptive")
KERNEL_BORDERS = ("None", "Renorm", "Mirror")
KDE_BINS = 5
"""How many times more bins a kernel estimate has."""


@dataclass(frozen=True)
class PDFSettings:
    """How a density is made of a histogram.

    Parameters
    ----------
    interpolation : {"Spline0", "Spline1", "Spline2", "Spline3", "Spline5", "KDE"}
        Bins, splines of an order through bin centres, or Gaussian kernels at the bin centres.
    min_smooth, max_smooth : int
        How often the histogram is smoothed, where it has most and where it has least events.
    events_per_bin, n_bins : int
        Mean number of events in a bin; or the number of bins, if above 0.
    kernel_width : {"Nonadaptive", "Adaptive"}
        One width for all kernels, or wider ones where the density is low.
    kernel_border : {"None", "Renorm", "Mirror"}
        What is done about kernels that reach beyond the histogram.
    fine_factor : float
        Factor of the adaptive widths.
    check_histogram : bool
        Warn of a histogram whose bins are mostly empty.
    has_kernel : bool
        Whether a weight file names the (Gaussian) kernel, even of a spline.
    """

    interpolation: str = "Spline2"
    min_smooth: int = 0
    max_smooth: int = 0
    events_per_bin: int = 50
    n_bins: int = 0
    kernel_width: str = "Nonadaptive"
    kernel_border: str = "None"
    fine_factor: float = 1.0
    check_histogram: bool = False
    has_kernel: bool = True

    @classmethod
    def from_options(cls, values: OptionValues, suffixes: Sequence[str]) -> PDFSettings:
        """Return the settings that `pdf_options` of several suffixes give, later ones before earlier ones.

        Raises
        ------
        OptionError
            ``MaxNSmooth`` is smaller than ``MinNSmooth``.
        """
        chosen: dict[str, Any] = {option.name: option.default for option in pdf_options("")}
        for suffix in suffixes:
            given = {name: values[name + suffix] for name in chosen if name + suffix in values.given}
            if "NSmooth" in given:
                given = {"MinNSmooth": -1, "MaxNSmooth": -1, **given}
            chosen |= given
        smallest, largest = chosen["MinNSmooth"], chosen["MaxNSmooth"]
        if smallest < 0 or largest < 0:
            smallest = largest = max(chosen["NSmooth"], 0)
        if largest < smallest:
            message = (
                f"MaxNSmooth{suffixes[-1]}={largest} is smaller than MinNSmooth{suffixes[-1]}={smallest}; "
                "bins with few events need the most smoothing"
            )
            raise OptionError(message)
        return cls(
            chosen["PDFInterpol"],
            smallest,
            largest,
            chosen["NAvEvtPerBin"],
            chosen["Nbins"],
            chosen["KDEiter"],
            chosen["KDEborder"],
            chosen["KDEFineFactor"],
            chosen["CheckHist"],
        )

    @property
    def is_kernel_estimate(self) -> bool:
        """Whether the density is a sum of kernels."""
        return self.interpolation == "KDE"

    def bins_for(self, n_events: int) -> int:
        """Return the number of bins for a number of events."""
        bins = self.n_bins if self.n_bins > 0 else n_events // max(self.events_per_bin, 1)
        return max(bins, 1) * (KDE_BINS if self.is_kernel_estimate else 1)


def pdf_options(suffix: str) -> tuple[Option, ...]:
    """Return TMVA's options of a density, whose names end in `suffix`."""
    texts: Mapping[str, tuple[type[Any], Any, str, tuple[str, ...]]] = {
        "NSmooth": (int, 0, "how often the histogram is smoothed", ()),
        "MinNSmooth": (int, -1, "how often it is smoothed where it has most events", ()),
        "MaxNSmooth": (int, -1, "how often it is smoothed where it has least events", ()),
        "NAvEvtPerBin": (int, 50, "mean number of events in a bin", ()),
        "Nbins": (int, 0, "number of bins, in place of NAvEvtPerBin", ()),
        "CheckHist": (bool, False, "warn of a histogram with mostly empty bins", ()),
        "PDFInterpol": (str, "Spline2", "interpolation of the histogram", INTERPOLATIONS),
        "KDEtype": (str, "Gauss", "kernel", ("Gauss",)),
        "KDEiter": (str, "Nonadaptive", "width of kernels", KERNEL_WIDTHS),
        "KDEFineFactor": (float, 1.0, "factor of the width of adaptive kernels", ()),
        "KDEborder": (str, "None", "kernels at the ends", KERNEL_BORDERS),
    }
    return tuple(
        Option(name + suffix, kind, default, doc=doc, choices=choices)
        for name, (kind, default, doc, choices) in texts.items()
    )
