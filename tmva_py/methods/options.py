"""The options that all methods share, and those that only old weight files have."""

from __future__ import annotations

from tmva_py.options import Option

VERBOSITY_LEVELS = ("Default", "Debug", "Verbose", "Info", "Warning", "Error", "Fatal")

BASE_OPTIONS: tuple[Option, ...] = (
    Option("V", bool, False, doc="verbose output (overrides VerbosityLevel)"),
    Option("VerbosityLevel", str, "Default", doc="verbosity level", choices=VERBOSITY_LEVELS),
    Option("VarTransform", str, "None", doc="variable transformations, as in Factory: N, D, P, U, G, I"),
    Option("H", bool, False, doc="print the method's help message"),
    Option("CreateMVAPdfs", bool, False, doc="build PDFs of the response (GetProba, GetRarity)"),
    Option("IgnoreNegWeightsInTraining", bool, False, doc="leave events of negative weight out of training"),
)
"""The options common to all methods, in the order in which most weight files hold them."""

COMPATIBILITY_OPTIONS: tuple[Option, ...] = (
    Option("Normalise", bool, False, doc="of old weight files; without effect"),
    Option("D", bool, False, doc="of old weight files; without effect"),
    Option("VarTransformType", str, "Signal", doc="of old weight files; without effect"),
    Option("TxtWeightFilesOnly", bool, True, doc="of old weight files; without effect"),
    Option("NbinsMVAPdf", int, 60, doc="of old weight files; without effect"),
    Option("NsmoothMVAPdf", int, 2, doc="of old weight files; without effect"),
)
"""Options that old weight files hold: read from a file, refused in a booking, never written."""
