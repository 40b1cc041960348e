"""How ROOT's attributes look in matplotlib: colours, lines, texts."""

from __future__ import annotations

import re
from typing import Any

from tmva_py.booking.graphs.drawing import colour

_STYLES = {1: "-", 2: "--", 3: ":", 4: "-.", 5: "-."}
_GREEK = (
    *(
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "eta",
        "theta",
        "lambda",
        "mu",
        "nu",
        "pi",
        "rho",
        "sigma",
    ),
    *("tau", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Lambda", "Sigma", "Phi", "Psi", "Omega"),
)
_SYMBOL = re.compile(rf"#({'|'.join(_GREEK)})(?![A-Za-z])")


def line_style(one: Any) -> dict[str, Any]:
    """Return colour, width and style of lines."""
    return {
        "color": colour_of(one, "LineColor"),
        "linewidth": float(one.attribute("LineWidth", 1)),
        "linestyle": _STYLES.get(int(one.attribute("LineStyle", 1)), "-"),
    }


def colour_of(one: Any, *names: str) -> str:
    """Return the first of some colours that was set; black if none was."""
    number = next((int(one.attribute(name, 0)) for name in names if one.attributes.get(name)), 1)
    return colour(number)


def shown_text(text: object) -> str:
    """Return a text of ROOT, in which Greek letters begin with ``#``, as matplotlib writes it."""
    return _SYMBOL.sub(r"$\\\1$", str(text).replace("$", r"\$"))
