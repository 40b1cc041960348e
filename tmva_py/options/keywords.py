"""Keyword arguments of booking calls as one option string."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def join_keywords(keywords: Mapping[str, Any]) -> str:
    """Return keyword arguments as TMVA's Python layer pastes them into an option string.

    A boolean becomes ``Name`` or ``!Name``, anything else ``Name=value`` with the value's ``str``; nothing is
    translated, so that ``None`` becomes the text ``None``, as in ROOT.

    Examples
    --------
    >>> join_keywords({"V": False, "NTrees": 200, "MinNodeSize": "2.5%", "VarTransform": None})
    '!V:NTrees=200:MinNodeSize=2.5%:VarTransform=None'
    """
    return ":".join(
        ("" if value else "!") + name if isinstance(value, bool) else f"{name}={value}"
        for name, value in keywords.items()
    )
