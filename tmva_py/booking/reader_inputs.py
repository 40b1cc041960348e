"""The variables and spectators that a Reader was given, and their comparison with a weight file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from tmva_py.data import VariableInfo
from tmva_py.errors import BookingError

_SHOWN_ROWS = 40


@dataclass(frozen=True)
class ReaderInput:
    """A declared variable or spectator and where its value comes from."""

    info: VariableInfo
    buffer: Any

    @classmethod
    def of(cls, expression: str, buffer: Any, *, integers: bool) -> ReaderInput:
        """Return an input after checking its buffer."""
        info = VariableInfo.parse(str(expression))
        if isinstance(buffer, np.ndarray) and buffer.ndim == 0:
            buffer = buffer.reshape(1)  # a view: later changes are seen
        elif not hasattr(buffer, "__getitem__") and hasattr(buffer, "value"):
            buffer = _ValueBuffer(buffer)
        try:
            value = buffer[0]
            float(value)
        except (TypeError, ValueError, IndexError, KeyError) as error:
            message = (
                f"{info.expression!r}: expected a buffer such as array('f', [0.0]), got {buffer!r} ({error})"
            )
            raise BookingError(message) from error
        if not integers and _holds_integers(buffer):
            message = (
                f"{info.expression!r}: the buffer holds integers; TMVA's Reader takes float variables only: "
                "array('f', [0.0])"
            )
            raise BookingError(message)
        return cls(info, buffer)


class _ValueBuffer:
    """Gives a single value, such as a ``ctypes.c_float``, an item 0."""

    def __init__(self, holder: Any) -> None:
        self._holder = holder

    def __getitem__(self, index: int) -> float:
        return float(self._holder.value)


def _holds_integers(buffer: Any) -> bool:
    """Whether the type of the buffer, not its present value, is one of integers."""
    if isinstance(buffer, np.ndarray):
        return buffer.dtype.kind not in "fc"
    return getattr(buffer, "typecode", "f") not in ("f", "d")


def check_inputs(
    what: str,
    declared: Sequence[ReaderInput],
    stored: Sequence[VariableInfo],
    where: str,
    *,
    owner: str = "Reader",
) -> None:
    """Compare what was declared with what the weight file has: number, order and expressions."""
    infos = [one.info for one in declared]
    same = [_agrees(ours, theirs) for ours, theirs in zip_longest(infos, stored)]
    if all(same):
        return
    numbers = "" if len(infos) == len(stored) else f" ({len(infos)} declared, {len(stored)} in the file)"
    advice = _advice(infos, stored)
    message = (
        f"{where}: the {owner}'s {what} are not those of the weight file{numbers}; number, order and "
        f"expressions must agree{advice}\n{_side_by_side(infos, stored, same, owner)}"
    )
    raise BookingError(message)


def _agrees(ours: VariableInfo | None, theirs: VariableInfo | None) -> bool:
    if ours is None or theirs is None:
        return False
    if ours.expression == theirs.expression.replace(" ", ""):
        return True
    # The element of an array: "x[3]" where the file repeats "x".
    return theirs.is_from_array and ours.expression == theirs.internal_name


def _advice(infos: Sequence[VariableInfo], stored: Sequence[VariableInfo]) -> str:
    ours, theirs = [one.expression for one in infos], [one.expression for one in stored]
    if len(ours) == len(theirs) and sorted(ours) == sorted(theirs):
        return "; only the order differs"
    labels = {one.label: one for one in stored if one.label != one.expression}
    for expression in ours:
        if expression in labels and expression not in theirs:
            one = labels[expression]
            return f"; {expression!r} is a label, declare '{one.label} := {one.expression}'"
    return ""


def _side_by_side(
    infos: Sequence[VariableInfo], stored: Sequence[VariableInfo], same: Sequence[bool], owner: str
) -> str:
    rows = [
        ("  " if agrees else "->", str(number), _shown(ours), _shown(theirs))
        for number, (agrees, ours, theirs) in enumerate(zip(same, *_padded(infos, stored), strict=True))
    ]
    left_out = ""
    if len(rows) > _SHOWN_ROWS:
        # Of a long list what differs comes first.
        different = [row for row in rows if row[0] != "  "]
        left_out = f"\n  … and {len(rows) - min(len(different), _SHOWN_ROWS)} more rows"
        rows = different[:_SHOWN_ROWS]
    rows.insert(0, ("  ", "", owner, "weight file"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = (
        f"  {mark} {number:>{widths[1]}} {ours:<{widths[2]}} | {theirs}"
        for mark, number, ours, theirs in rows
    )
    return "\n".join(lines) + left_out


def _padded(
    infos: Sequence[VariableInfo], stored: Sequence[VariableInfo]
) -> tuple[list[VariableInfo | None], list[VariableInfo | None]]:
    length = max(len(infos), len(stored))
    ours: list[VariableInfo | None] = [*infos, *[None] * (length - len(infos))]
    theirs: list[VariableInfo | None] = [*stored, *[None] * (length - len(stored))]
    return ours, theirs


def _shown(one: VariableInfo | None) -> str:
    if one is None:
        return "-"
    if one.is_from_array:
        return one.internal_name
    return one.expression if one.label == one.expression else f"{one.label} := {one.expression}"
