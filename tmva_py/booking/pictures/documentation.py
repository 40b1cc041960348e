"""What the documentation of every macro says."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")

_PARAMETERS = """
Parameters
----------
dataset : str
    The data set.
fin : path
    The output file of a factory.
useTMVAStyle : bool
    As in ROOT; without effect.
"""
_OUTCOME = """
Returns
-------
list of Path
    The pictures.

Raises
------
DataError
    The file cannot be read, or holds no such histograms.
MissingExtraError
    matplotlib is not installed.
"""


def shares_documentation(macro: Callable[_P, _R]) -> Callable[_P, _R]:
    """Add to a macro's own parameters those that all macros have, and what all return."""
    summary, _, own = inspect.cleandoc(macro.__doc__ or "").partition("\n\nParameters\n----------\n")
    macro.__doc__ = f"{summary}\n{_PARAMETERS}{own}".rstrip() + f"\n{_OUTCOME}"
    return macro
