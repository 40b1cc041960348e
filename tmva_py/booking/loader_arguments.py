"""The arguments of ``DataLoader``'s calls: C++'s overloads told apart, and what cannot be meant."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.data.event_reading import TreeType
from tmva_py.errors import BookingError

# Of numbers, in TTree::Branch's words.
_TYPES = ("F", "D", "I", "i", "L", "l", "S", "s", "B", "b", "O", "G", "g")


def variable_arguments(arguments: tuple[Any, ...]) -> tuple[str, str, str, float, float]:
    """Return title, unit, type and range from the arguments after the expression."""
    texts = [str(value) if not isinstance(value, (int, float, np.number)) else None for value in arguments]
    title, unit, kind = "", "", "F"
    n_texts = next((index for index, text in enumerate(texts) if text is None), len(texts))
    if n_texts == 1 and len(texts[0] or "") == 1:
        kind = texts[0] or kind
    elif n_texts >= 1:
        title = texts[0] or ""
        unit = (texts[1] or "") if n_texts > 1 else ""
        kind = (texts[2] or "F") if n_texts > 2 else "F"
    numbers = arguments[n_texts:]
    if n_texts > 3 or len(numbers) > 2 or any(text is not None for text in texts[n_texts:]):
        message = (
            "expected (expression, type, min, max) or (expression, title, unit, type, min, max), "
            f"got {arguments} after the expression"
        )
        raise BookingError(message)
    low, high = (*(float(number) for number in numbers), 0.0, 0.0)[:2]
    return title, unit, type_letter(kind), low, high


def type_letter(kind: Any) -> str:
    """Return a variable's type, a letter of ROOT's branches; events hold float32 whatever it says."""
    letter = str(kind)
    if letter not in _TYPES:
        message = f"a variable's type is 'F', 'D' or 'I' (or another of {', '.join(_TYPES)}), got {letter!r}"
        raise BookingError(message)
    return letter


def tree_type_of(kind: Any) -> TreeType:
    """Return a tree type from one of `Types` (its number counts) or a text that holds train or test."""
    if isinstance(kind, str):
        lowered = kind.lower()
        if "train" in lowered and "test" in lowered:
            return TreeType.UNASSIGNED
        if "train" in lowered:
            return TreeType.TRAINING
        if "test" in lowered:
            return TreeType.TESTING
        message = f"a tree is for 'train', 'test' or 'train and test', got {kind!r}"
        raise BookingError(message)
    try:
        return TreeType(int(kind))
    except (TypeError, ValueError) as error:
        message = (
            f"expected a tree type (kTraining, kTesting, kMaxTreeType) or 'train' or 'test', got {kind!r}"
        )
        raise BookingError(message) from error


def number_of(value: Any, what: str) -> float:
    """Return a tree's number, such as its weight."""
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        message = f"expected a number as {what} of a tree, got {value!r}"
        raise BookingError(message) from error


def as_text(value: Any) -> str | None:
    """Return the text of a str, or of a TString, TObjString or std::string of PyROOT; None else."""
    if isinstance(value, str):
        return str(value)
    kind = str(getattr(type(value), "__cpp_name__", ""))
    is_text = kind in ("TString", "TObjString", "std::string")
    return str(value) if is_text or kind.startswith("std::basic_string<char") else None


def text_of(value: Any) -> str:
    """Return the text of a str, a TCut (its title) or a TString."""
    if value is None:
        return ""
    return str(value.GetTitle()) if hasattr(value, "GetTitle") else str(value)
