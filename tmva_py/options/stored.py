"""The options of a weight file, where each value is a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tmva_py.errors import OptionError, did_you_mean, warn
from tmva_py.options.cpp_numbers import FALSE_WORDS, TRUE_WORDS, read_float, read_integer
from tmva_py.options.option import Option, index_by_name
from tmva_py.options.values import OptionValues


def values_from_texts(texts: Mapping[str, str], declared: Sequence[Option], *, owner: str) -> OptionValues:
    """Return the options of a weight file, where each value is a text.

    Parameters
    ----------
    texts : mapping
        Name of the option to the text in the file; arrays are blank-joined.
    declared : sequence of Option
        The table; options that the file lacks (older releases) keep their defaults.
    owner : str
        The file, for messages.

    Returns
    -------
    OptionValues
        With an empty `given`: whoever reads the file adds its ``modified`` marks.

    Raises
    ------
    OptionError
        A value cannot be read.

    Warns
    -----
    TMVAWarning
        The file has an option that is not declared; it is left out.
    """
    table = index_by_name(declared)
    values: dict[str, Any] = {}
    unknown: list[str] = []
    for name, text in texts.items():
        option = table.get(name.lower())
        if option is None:
            unknown.append(name)
            continue
        entries = text.split(" ") if option.size is not None else [text]
        if option.size is not None and len(entries) != option.size:
            message = f"{owner}: option {name} has {len(entries)} entries, expected {option.size}"
            raise OptionError(message)
        read = [_value_from_text(entry, option, owner) for entry in entries]
        values[option.name] = read[0] if option.size is None else tuple(read)
    if unknown:
        advice = did_you_mean(unknown[0], (option.name for option in declared))
        message = f"{owner}: unknown options {', '.join(unknown)} are left out{advice}"
        warn(message)
    return OptionValues(declared, values)


def _value_from_text(text: str, option: Option, owner: str) -> Any:
    if option.type is str:
        return (option.choice(text) or text) if option.choices else text
    if option.type is bool:
        if text.lower() in TRUE_WORDS | FALSE_WORDS:
            return text.lower() in TRUE_WORDS
    else:
        number = read_integer(text) if option.type is int else read_float(text)
        if number.length == len(text) > 0:
            return number.value
    message = f"{owner}: option {option.name}: expected {option.expected}, got {text!r}"
    raise OptionError(message)
