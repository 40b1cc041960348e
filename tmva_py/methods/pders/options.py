"""The options of MethodPDERS."""

from __future__ import annotations

from tmva_py.methods.releases import RELEASE_OPTION
from tmva_py.options import Option

MODES = ("Unscaled", "MinMax", "RMS", "Adaptive", "kNN")
KERNELS = (
    "Box",
    "Sphere",
    "Teepee",
    "Gauss",
    "Sinc3",
    "Sinc5",
    "Sinc7",
    "Sinc9",
    "Sinc11",
    "Lanczos2",
    "Lanczos3",
    "Lanczos5",
    "Lanczos8",
    "Trim",
)

PDERS_OPTIONS: tuple[Option, ...] = (
    Option("VolumeRangeMode", str, "Adaptive", choices=MODES, doc="how large boxes are"),
    Option("KernelEstimator", str, "Box", choices=KERNELS, doc="how much an event counts by its distance"),
    Option("DeltaFrac", float, 3.0, doc="size of a box, in units of the mode"),
    Option("NEventsMin", float, 100.0, doc="Adaptive, kNN: events in a box at least, by their weights"),
    Option("NEventsMax", float, 200.0, doc="events in a box at most"),
    Option("MaxVIterations", float, 150.0, doc="how often a box is changed at most"),
    Option("InitialScale", float, 0.99, doc="Adaptive: the factor that is tried first"),
    Option("GaussSigma", float, 0.1, doc="width of the Gaussian kernel, relative to a box"),
    Option("NormTree", bool, False, doc="fill the search tree from medians on"),
    Option(
        "AnswerAsBooked", bool, False, in_files=False,
        doc="a weight file answers with the booked mode and kernel, here (not an option of TMVA's)",
    ),
    RELEASE_OPTION,
)  # fmt: skip
"""MethodPDERS's own options in the order of weight files."""
