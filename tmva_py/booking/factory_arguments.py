"""What is given to a factory: options, the output file, data sets by loader or name."""

from __future__ import annotations

import os
from typing import Any, Protocol

from tmva_py.errors import BookingError
from tmva_py.options import Option, join_keywords

FACTORY_OPTIONS: tuple[Option, ...] = (
    Option("V", bool, False, doc="verbose output"),
    Option("VerboseLevel", str, "Info", doc="verbosity level", choices=("Debug", "Verbose", "Info")),
    Option("Color", bool, True, doc="coloured output on a terminal"),
    Option("Transformations", str, "I", doc="chains of transformations to show, separated by ';'"),
    Option("Correlations", bool, False, doc="print correlations of methods and variables"),
    Option("ROC", bool, True, doc="print the ROC tables"),
    Option("Silent", bool, False, doc="print the tables only"),
    Option("DrawProgressBar", bool, True, doc="draw a progress bar while training"),
    Option(
        "Jobs",
        int,
        1,
        doc="how many methods are trained at a time, each in a process of its own (not an option of TMVA's)",
    ),
    Option("ModelPersistence", bool, True, doc="write weight files, and test what is read from them"),
    Option(
        "AnalysisType",
        str,
        "Auto",
        doc="what is to be learnt",
        choices=("Classification", "Regression", "Multiclass", "Auto"),
    ),
)


class RootFile(Protocol):
    """A file of PyROOT, or one like it."""

    def GetName(self) -> str:
        """Return the path."""

    def Close(self) -> object:
        """Close it."""


def file_and_options(
    owner: str, arguments: tuple[Any, ...], keywords: dict[str, Any], before: str = "job"
) -> tuple[Any, str]:
    """Return the output file's argument and the option string of what follows after a job's name."""
    if keywords:
        arguments = (*arguments, join_keywords(keywords))
    if len(arguments) == 0:
        return None, ""
    if len(arguments) == 2:
        return arguments[0], str(arguments[1] or "")
    if len(arguments) > 2:
        last = "loader" if "loader" in before else "job name"
        given = ", the last one from keywords" if keywords else ""
        message = (
            f"{owner}: expected ({before}, output file, options) or ({before}, options), "
            f"got {len(arguments)} arguments after the {last}{given}"
        )
        raise BookingError(message)
    only = arguments[0]
    is_file = only is None or isinstance(only, os.PathLike) or hasattr(only, "Close")
    if is_file or (str(only).endswith(".root") and not keywords):
        return only, ""
    return None, str(only)


def name_of(loader: Any) -> str:
    """Return the name of a data set, given by its loader or by the name itself."""
    return str(loader.GetName()) if hasattr(loader, "GetName") else str(loader)
