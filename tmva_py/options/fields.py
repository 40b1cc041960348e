"""Positional fields, as in the layout entry ``LSTM|10|30|10|0|1``, read by a table of options."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tmva_py.errors import OptionError, did_you_mean, with_caret
from tmva_py.options.option import KIND_OF_TYPE, Option

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


def parse_fields(
    fields: Sequence[str], declared: Sequence[Option], *, text: str, offset: int, owner: str
) -> dict[str, Any]:
    """Read positional fields by the order of a table; missing ones take their defaults.

    Parameters
    ----------
    fields : sequence of str
        The texts between the ``|`` signs, without the keyword.
    declared : sequence of Option
        Names, types and defaults by position; a default of None means that the field must be there.
    text : str
        The whole text with the fields, for the caret.
    offset : int
        Where the first field begins in `text`.
    owner : str
        The beginning of messages, for instance the entry of the layout.

    Returns
    -------
    dict
        A value for every declared name.

    Raises
    ------
    OptionError
        A field is of the wrong kind or below its minimum, one is missing, or there are too many.

    Examples
    --------
    >>> table = [Option("state_size", int, None, minimum=1), Option("return_sequence", bool, False)]
    >>> parse_fields(["10", "1"], table, text="RNN|10|1", offset=4, owner="'RNN|10|1'")
    {'state_size': 10, 'return_sequence': True}
    """
    values: dict[str, Any] = {}
    places = field_places(fields, text, offset)
    if len(fields) > len(declared):
        place = with_caret(text, places[len(declared)], sum(map(len, fields[len(declared) :])) or 1)
        names = ", ".join(option.name for option in declared) or "none"
        message = f"{owner}: too many fields; expected at most {len(declared)} ({names}), got {len(fields)}\n"
        raise OptionError(message + place)
    for field, start, option in zip(fields, places, declared, strict=False):
        values[option.name] = _read_field(field, option, text=text, start=start, owner=owner)
    for option in declared[len(fields) :]:
        if option.default is None or (option.minimum is not None and not option.allows(option.default)):
            end = places[-1] + len(fields[-1]) if fields else offset
            message = f"{owner}: {option.name} is missing; expected {option.expected}\n"
            raise OptionError(message + with_caret(text, max(0, end - 1)))
        values[option.name] = option.initial()
    return values


def field_places(fields: Sequence[str], text: str, offset: int) -> list[int]:
    """Return where each field begins in `text`, the first one at or after `offset`."""
    places: list[int] = []
    position = offset
    for field in fields:
        found = text.find(field, position) if field else position
        position = position if found < 0 else found
        places.append(position)
        position += len(field) + 1
    return places


def _read_field(field: str, option: Option, *, text: str, start: int, owner: str) -> Any:
    value: Any = None
    if option.choices:
        value = option.choice(field)
    elif option.type is str:
        value = field or None
    elif option.type is bool:
        value = {"0": False, "1": True}.get(field)
    elif option.type is int and _WHOLE.fullmatch(field):
        value = int(field)
    elif option.type is float and _NUMBER.fullmatch(field):
        value = float(field)
    refused = isinstance(value, int | float) and not option.allows(value)
    if value is not None and not refused:
        return value
    expected = "0 or 1" if option.type is bool else option.expected if refused else _kind(option)
    advice = did_you_mean(field, option.choices)
    message = f"{owner}: {option.name}: expected {expected}, got {field!r}{advice}\n"
    raise OptionError(message + with_caret(text, start, max(1, len(field))))


def _kind(option: Option) -> str:
    return option.expected if option.choices else KIND_OF_TYPE[option.type]
