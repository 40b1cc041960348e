"""What is printed: ``Info``, ``Warning``, ``Error``, and C's formats."""

from __future__ import annotations

import re
import sys
from typing import Any

from tmva_py.pyroot.standin.session import session

kPrint, kInfo, kWarning, kError, kBreak, kSysError, kFatal = 0, 1000, 2000, 3000, 4000, 5000, 6000

_LENGTHS = re.compile(r"(%[-+ #0]*\d*(?:\.\d+)?)(?:hh|h|ll|l|L|z|j|t)?([diouxXeEfFgGcs])")


def formatted(text: str, values: tuple[Any, ...]) -> str:
    """Return a text with C's formats filled in."""
    if not values:
        return text.replace("%%", "%")
    plain = tuple(value if isinstance(value, int | float | str) else str(value) for value in values)
    return _LENGTHS.sub(r"\1\2", text) % plain


def Form(text: object, *values: Any) -> str:
    return formatted(str(text), values)


def show(text: str) -> None:
    """Print a line where the script prints."""
    sys.stdout.write(text + "\n")


def Info(location: object, text: object = "", *values: Any) -> None:
    _message("Info", kInfo, location, text, values)


def Warning(location: object, text: object = "", *values: Any) -> None:
    _message("Warning", kWarning, location, text, values)


def Error(location: object, text: object = "", *values: Any) -> Exception:
    """Print an error; scripts also raise what is returned."""
    _message("Error", kError, location, text, values)
    return RuntimeError(f"{location}: {formatted(str(text), values)}")


def Fatal(location: object, text: object = "", *values: Any) -> None:
    _message("Fatal", kFatal, location, text, values)
    raise SystemExit(1)


def _message(kind: str, level: int, location: object, text: object, values: tuple[Any, ...]) -> None:
    if level >= session().ignored_below:
        sys.stdout.flush()
        sys.stderr.write(f"{kind} in <{location}>: {formatted(str(text), values)}\n")
