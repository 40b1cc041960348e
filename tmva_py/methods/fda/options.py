"""The options of MethodFDA."""

from __future__ import annotations

import numpy as np

from tmva_py.errors import OptionError
from tmva_py.fitters import Interval
from tmva_py.methods.releases import RELEASE_OPTION
from tmva_py.options import Option
from tmva_py.options.cpp_numbers import read_float

FDA_OPTIONS: tuple[Option, ...] = (
    Option("Formula", str, "(0)", doc="the function, of parameters (0), (1), … and variables x0, x1, …"),
    Option("ParRanges", str, "()", doc="where the parameters may be: (-1,1);(0,10);…"),
    Option("FitMethod", str, "MINUIT", choices=("MC", "GA", "SA", "MINUIT"), doc="how they are fitted"),
    Option(
        "Converger", str, "None", choices=("None", "MINUIT"),
        doc="MINUIT: go down to the next minimum from each set of parameters that the fit looks at",
    ),
    RELEASE_OPTION,
)  # fmt: skip
"""MethodFDA's own options in the order of weight files."""


def parameter_ranges(text: str, owner: str) -> list[Interval]:
    """Return the ranges in the text of option ``ParRanges``.

    Raises
    ------
    OptionError
        The text is not a row of ranges, or an end is above the other.
    """
    parts = text.replace(" ", "").split(";")
    found = []
    for number, part in enumerate(parts):
        low, comma, high = part.removeprefix("(").removesuffix(")").partition(",")
        read = [read_float(one) for one in (low, high)]
        is_range = part.startswith("(") and part.endswith(")") and comma
        if not is_range or any(
            one.length != len(end) or not one.length for one, end in zip(read, (low, high), strict=True)
        ):
            message = (
                f"{owner}: ParRanges={text}: {part!r} is no range; write one for each parameter, such as "
                "(-1,1);(0,10)"
            )
            raise OptionError(message)
        # As in TMVA, which reads them in single precision.
        with np.errstate(over="ignore"):
            ends = [float(np.float32(one.value)) for one in read]
        if abs(ends[1] - ends[0]) < 1e-30:
            ends[1] = ends[0]
        if not np.isfinite(ends).all() or ends[0] > ends[1]:
            message = (
                f"{owner}: ParRanges={text}: the range {part} of parameter {number} must go from a number up "
                "to another one"
            )
            raise OptionError(message)
        found.append(Interval(ends[0], ends[1]))
    return found
