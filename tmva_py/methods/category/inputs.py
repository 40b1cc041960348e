"""The variables of a category's method: labels of variables and spectators, joined by colons."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tmva_py.data import VariableInfo
from tmva_py.errors import UnknownNameError, did_you_mean, with_caret

# Not the colons of TMath::Abs.
_COLON = re.compile(r"(?<!:):(?!:)")


def places_of(text: str, variables: Sequence[VariableInfo], spectators: Sequence[VariableInfo]) -> list[int]:
    """Return the places of what `text` names among all variables and spectators; of all variables if empty.

    Raises
    ------
    UnknownNameError
        A label belongs to neither; the message has a caret under it.
    """
    if not text.strip():
        return list(range(len(variables)))
    labels = [one.label for one in (*variables, *spectators)]
    places = []
    start = 0
    for piece in _COLON.split(text):
        label = piece.strip()
        found = [place for place, one in enumerate(labels) if one == label]
        if not found:
            message = (
                f"{label!r} is the label of no variable and no spectator{did_you_mean(label, labels)}\n"
                f"{with_caret(text, start, max(1, len(piece)))}\n  known: {', '.join(labels)}"
            )
            raise UnknownNameError(message)
        places += found
        start += len(piece) + 1
    return places
