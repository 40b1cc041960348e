"""The options of MethodKNN."""

from __future__ import annotations

from tmva_py.methods.releases import RELEASE_OPTION
from tmva_py.options import Option

KNN_OPTIONS: tuple[Option, ...] = (
    Option("nkNN", int, 20, doc="number of nearest events"),
    Option(
        "BalanceDepth", int, 6, doc="levels of the search tree at medians; which equally far events count"
    ),
    Option("ScaleFrac", float, 0.8, doc="part of the events whose range is a variable's unit; 0: no scaling"),
    Option("SigmaFact", float, 1.0, doc="factor of the width of Gaussian kernels"),
    Option("Kernel", str, "Gaus", choices=("Gaus", "Poln"), doc="kernel: Gaussian, or (1 − d³)³"),
    Option("Trim", bool, False, doc="keep the same number of signal and background events, the first ones"),
    Option("UseKernel", bool, False, doc="the farther an event, the less it counts"),
    Option("UseWeight", bool, True, doc="count events by their weights"),
    Option("UseLDA", bool, False, doc="take the nearest events of each class for Gaussian"),
    RELEASE_OPTION,
)
"""MethodKNN's own options in the order of weight files."""

FILE_OPTIONS: tuple[Option, ...] = (
    Option("TreeOptDepth", int, 6, doc="of old weight files; without effect"),
)
"""Options that old weight files hold."""
