"""The package's exceptions and warnings, and the helpers that make their messages useful.

Each kind of mistake has a class of its own that is also the builtin class that fits, so that callers
may catch either.
"""

from __future__ import annotations

import difflib
import sys
import warnings
from collections.abc import Iterable
from types import FrameType

# Whose lines a warning never points at: ours, and what may be on the way from ours to ours.
_NOT_THE_USERS = ("tmva_py", "contextlib", "functools", "pluggy")


class TMVAError(Exception):
    """Base of every error that this package raises on purpose."""


class OptionError(TMVAError, ValueError):
    """An option string, a layout or a keyword cannot be understood."""


class UnknownArgumentError(TMVAError, TypeError):
    """A function has no argument of this name."""


class UnknownNameError(TMVAError, LookupError):
    """A name (layer, method, optimizer, …) is not registered."""


class PluginError(TMVAError):
    """A plugin failed to load or cannot work here, or two plugins claim one name."""


class ExpressionError(TMVAError, ValueError):
    """A TTree expression cannot be parsed or evaluated."""


class DataError(TMVAError, ValueError):
    """Input data is missing, empty or unusable."""


class MissingBranchError(DataError, ExpressionError):
    """An expression names a branch that the tree does not have."""


class DataFileNotFoundError(DataError, FileNotFoundError):
    """A data file does not exist."""


class ShapeError(TMVAError, ValueError):
    """Array or layer shapes do not fit together.

    Attributes
    ----------
    layer_number : int or None
        The layer that does not fit, from 0, where it is one.
    """

    layer_number: int | None = None


class WeightFileError(TMVAError, ValueError):
    """A weight file is damaged, unsafe, or does not fit what it is read for."""


class WeightFileNotFoundError(WeightFileError, FileNotFoundError):
    """A weight file does not exist."""


class BookingError(TMVAError, ValueError):
    """A booking call comes at the wrong time or with the wrong arguments."""


class TrainingError(TMVAError, RuntimeError):
    """Training cannot start or cannot go on."""


class MissingExtraError(TMVAError, ImportError):
    """An optional dependency is needed; the message names the pip line."""


class TMVAWarning(UserWarning):
    """Something was repaired, ignored or decided for the user; the message says what."""


def warn(text: str, category: type[Warning] | None = None) -> None:
    """Give a `TMVAWarning` at the line that called this package, however deep the call is in it.

    Parameters
    ----------
    text : str
        What was repaired, ignored or decided.
    category : type of Warning, optional
        Another kind of warning, of a library that warned in another process.
    """
    frame = _frame_of_the_user(sys._getframe(1))
    space = frame.f_globals
    warnings.warn_explicit(
        text,
        category or TMVAWarning,
        frame.f_code.co_filename,
        frame.f_lineno,
        module=space.get("__name__"),
        registry=space.setdefault("__warningregistry__", {}),
    )


def _frame_of_the_user(frame: FrameType) -> FrameType:
    """Return the innermost frame that is of none of these packages; the outermost if all are."""
    while str(frame.f_globals.get("__name__")).partition(".")[0] in _NOT_THE_USERS and frame.f_back:
        frame = frame.f_back
    return frame


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'X'?"`` for the nearest known name, or an empty string.

    Parameters
    ----------
    name : str
        What the user wrote; case does not count.
    known : iterable of str
        What would have worked.
    """
    by_folded = {candidate.casefold(): candidate for candidate in known}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return f"; did you mean {by_folded[close[0]]!r}?" if close else ""


def with_caret(text: str, start: int, length: int = 1) -> str:
    """Return `text` with a line of carets under the place that a message is about.

    Parameters
    ----------
    text : str
        One line, as the user wrote it.
    start, length : int
        The place, counted in characters from 0.

    Examples
    --------
    >>> print(with_caret("LTSM|10", 0, 4))
      LTSM|10
      ^^^^
    """
    # A long text (a layout of many layers) is cut around the place so that the caret stays in sight.
    window = 96
    first = max(0, min(start - window // 2, len(text) - window))
    shown = text[first : first + window].replace("\n", " ").replace("\t", " ")
    return f"  {shown}\n  {' ' * (start - first)}{'^' * max(1, min(length, window - (start - first)))}"


def missing_extra(package: str, extra: str, purpose: str) -> MissingExtraError:
    """Return the error for an optional dependency that is not installed.

    Parameters
    ----------
    package : str
        What could not be imported.
    extra : str
        The extra of this distribution that brings it.
    purpose : str
        What it is needed for, as the end of "… is needed".
    """
    return MissingExtraError(
        f"{package} is needed {purpose} and is not installed; install it with: pip install 'tmva-py[{extra}]'"
    )
