"""The options of MethodLikelihood: its own, and those of each variable's densities."""

from __future__ import annotations

from dataclasses import replace

from tmva_py.histograms import PDFSettings, pdf_options
from tmva_py.methods.releases import RELEASE_OPTION
from tmva_py.options import Option, OptionValues, for_variables

CLASS_ENDINGS = ("Sig", "Bkg")

LIKELIHOOD_OPTIONS: tuple[Option, ...] = (
    Option("TransformOutput", bool, False, doc="spread responses near 0 and 1 by the inverse of a sigmoid"),
    RELEASE_OPTION,
)
"""MethodLikelihood's own options in the order of weight files."""

FILE_OPTIONS: tuple[Option, ...] = (
    Option("NSmooth", int, 1, doc="of old weight files; without effect"),
    Option("NAvEvtPerBin", int, 50, doc="of old weight files; without effect"),
    Option("KDEFineFactor", float, 1.0, doc="of old weight files; without effect"),
    Option("KDEborder", str, "None", doc="of old weight files; without effect"),
    Option("KDEiter", str, "Nonadaptive", doc="of old weight files; without effect"),
    Option("KDEtype", str, "Gauss", doc="of old weight files; without effect"),
    Option("NAvEvtPerBinSig", int, 0, per_variable=True, doc="of old weight files; without effect"),
    Option("NAvEvtPerBinBkg", int, 0, per_variable=True, doc="of old weight files; without effect"),
    Option("NSmoothSig", int, 0, per_variable=True, doc="of old weight files; without effect"),
    Option("NSmoothBkg", int, 0, per_variable=True, doc="of old weight files; without effect"),
    Option("PDFInterpol", str, "", per_variable=True, doc="of old weight files; without effect"),
)
"""Options that old weight files hold; what they say is in the densities too."""


def density_options(n_variables: int) -> tuple[Option, ...]:
    """Return the options of all densities: for all of them, and by variable for each class.

    The second ones have no default; None stands for "as for all".
    """
    of_classes = (
        replace(one, default=None, per_variable=True)
        for ending in CLASS_ENDINGS
        for one in pdf_options(ending)
    )
    return (*pdf_options(""), *for_variables(of_classes, n_variables))


def settings_of(values: OptionValues, variable: int, ending: str) -> PDFSettings:
    """Return how the density of a variable is made, for signal (``"Sig"``) or background (``"Bkg"``).

    Raises
    ------
    OptionError
        ``MaxNSmooth`` is smaller than ``MinNSmooth``.
    """
    for_all, own = pdf_options(""), f"{ending}[{variable}]"
    given = {one.name: values[one.name] for one in for_all if one.name in values.given}
    for one in for_all:
        if (value := values[one.name + ending][variable]) is not None:
            given[one.name + own] = value
    declared = (*for_all, *pdf_options(own))
    return PDFSettings.from_options(OptionValues(declared, given, given), ("", own))
