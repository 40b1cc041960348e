"""TMVA's option strings, ``"!V:NTrees=200:SplitMode=Random"``, read as ROOT's ``Configurable`` reads them.

Rules: ``tmva/tmva/src/Configurable.cxx`` and ``tmva/tmva/inc/TMVA/Option.h`` of ROOT. Where ROOT repairs
or ignores something silently, the result is ROOT's and a `TMVAWarning` says what happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from tmva_py.errors import OptionError, did_you_mean, warn, with_caret
from tmva_py.options.cpp_numbers import (
    BLANKS,
    FALSE_WORDS,
    TRUE_WORDS,
    read_float,
    read_integer,
    read_stream_float,
    read_word,
)
from tmva_py.options.option import KIND_OF_TYPE, Option, index_by_name
from tmva_py.options.values import OptionValues, known_names


@dataclass
class _Piece:
    """The text between two colons, and whether some table has taken it."""

    text: str
    start: int
    used: bool = False


class OptionString:
    """An option string that one or several tables of options are read from.

    A method, its fitter and its PDFs each read their own options from the same string; only at the end
    is there a check that every piece was understood.

    Parameters
    ----------
    text : str
        The option string.
    owner : str
        Whose options these are, for messages (``"DL 'TMVA_LSTM'"``).

    Examples
    --------
    >>> options = OptionString("!V:NTrees=200", owner="BDT 'BDTG'")
    >>> options.parse([Option("V", bool, False), Option("NTrees", int, 800)])["NTrees"]
    200
    >>> options.check_unused()
    """

    def __init__(self, text: str, *, owner: str = "") -> None:
        if not isinstance(text, str):
            message = f"{owner or 'options'}: expected an option string, got {type(text).__name__} {text!r}"
            raise OptionError(message)
        self.text = text
        self.owner = owner
        self._declared: list[Option] = []
        self._pieces: list[_Piece] = []
        start = len(text) - len(text.lstrip(":"))
        for part in text[start:].split(":"):
            # An empty piece is harmless in ROOT; '~' marks a piece as read already, also in a user's string.
            marks = len(part) - len(part.lstrip("~"))
            if part:
                self._pieces.append(_Piece(part[marks:], start + marks, used=marks > 0))
            start += len(part) + 1

    def parse(self, declared: Sequence[Option]) -> OptionValues:
        """Read the options of one table; pieces that it does not know are left to the next table.

        Parameters
        ----------
        declared : sequence of Option
            The table.

        Returns
        -------
        OptionValues
            A value for every declared option.

        Raises
        ------
        OptionError
            A value is not among the predefined ones or not boolean, an index does not fit, or a
            non-boolean option is negated.

        Warns
        -----
        TMVAWarning
            ROOT would read something else than what is there, or an option is set twice.
        """
        reader = _TableReader(self, declared)
        for piece in self._pieces:
            if reader.read(piece):
                piece.used = True
        self._declared += [option for option in declared if option not in self._declared]
        return reader.result()

    def check_unused(self) -> None:
        """Raise if some piece was not understood by any table that `parse` has read.

        Raises
        ------
        OptionError
            The message lists the pieces, the nearest options and all known ones.
        """
        unused = [piece for piece in self._pieces if not piece.used]
        if not unused:
            return
        listed = ":".join(piece.text for piece in unused)
        lines = [
            self.prefix
            + f"the following options were specified, but could not be interpreted: '{listed}', please check!"
        ]
        table = {option.name.lower(): option for option in self._declared}
        for piece in unused[:5]:
            lines.append(with_caret(self.text, piece.start, len(piece.text)))
            lines.append(f"  {self._advice(piece, table)}")
        lines.append(f"  known: {known_names(table.values())}")
        raise OptionError("\n".join(lines))

    def unused(self) -> str:
        """Return the pieces that no table has read, as an option string for another reader."""
        return ":".join(piece.text for piece in self._pieces if not piece.used)

    @property
    def prefix(self) -> str:
        """The beginning of every message."""
        return f"{self.owner}: " if self.owner else ""

    def _advice(self, piece: _Piece, table: Mapping[str, Option]) -> str:
        name = piece.text.split("=", 1)[0]
        bare = name.strip(BLANKS + "!").split("[", 1)[0]
        option = table.get(bare.lower())
        names = [entry.name for entry in table.values()]
        if option is None:
            choices = [choice for entry in table.values() for choice in entry.choices]
            return f"unknown option {name!r}{did_you_mean(bare, names) or did_you_mean(bare, choices)}"
        if name.startswith("!") and "=" in piece.text:
            return f"a '!' does not go with '='; write {option.name}=False or !{option.name}"
        if "=" not in piece.text:
            return f"{option.name} needs a value: {option.name}=…, {option.expected}"
        return f"write {option.name} without blanks"


def parse_option_string(text: str, declared: Sequence[Option], *, owner: str) -> OptionValues:
    """Read an option string by one table and refuse what the table does not know.

    Parameters
    ----------
    text : str
        For instance ``"!H:!V:NTrees=200"``.
    declared : sequence of Option
        The options allowed.
    owner : str
        Whose options these are, for messages.

    Returns
    -------
    OptionValues
        A value for every declared option.

    Raises
    ------
    OptionError
        See `OptionString.parse` and `OptionString.check_unused`.

    Examples
    --------
    >>> values = parse_option_string("splitmode=block", [Option("SplitMode", str, "Random",
    ...                              choices=("Random", "Block"))], owner="DataLoader 'dataset'")
    >>> values["SplitMode"], sorted(values.given)
    ('Block', ['SplitMode'])
    """
    options = OptionString(text, owner=owner)
    values = options.parse(declared)
    options.check_unused()
    return values


class _TableReader:
    """One pass of one table over the pieces."""

    def __init__(self, source: OptionString, declared: Sequence[Option]) -> None:
        self._source = source
        self._declared = tuple(declared)
        self._table = index_by_name(declared)
        self._values: dict[str, Any] = {}
        # What was written, by name and index: the second writing of the same place is worth a warning.
        self._written: dict[tuple[str, int | None], str] = {}

    def result(self) -> OptionValues:
        return OptionValues(self._declared, self._values, self._values)

    def read(self, piece: _Piece) -> bool:
        return self._read_assignment(piece) or self._read_flag(piece) or self._read_bare_value(piece)

    def _read_assignment(self, piece: _Piece) -> bool:
        if "=" not in piece.text:
            return False
        name, value = piece.text.split("=", 1)
        option = self._table.get(name.lower())
        index: int | None = None
        if option is None and "[" in name:
            base, rest = name.split("[", 1)
            option = self._table.get(base.lower())
            if option is not None:
                index = self._read_index(piece, option, rest, len(base) + 1)
        if option is None:
            return False
        if index is not None and option.size is None:
            self._fail(piece, f"option {option.name} is not an array, but an index is given")
        if index is not None and option.size is not None and index >= option.size:
            message = f"index {index} too large for option {option.name}"
            self._fail(piece, f"{message}, allowed range is [0,{option.size - 1}]")
        place = (option.name, index)
        if place in self._written:
            self._warn(
                piece,
                f"value for option {option.name} was previously set to {self._written[place]}; the last one "
                "counts, remove the other",
            )
        converted = self._convert(piece, option, value, len(name) + 1)
        if converted is not None:
            self._store(option, index, converted)
        elif option.name not in self._values:
            self._values[option.name] = option.initial()
        self._written[place] = value
        return True

    def _read_index(self, piece: _Piece, option: Option, rest: str, start: int) -> int | None:
        digits, closing, after = rest.partition("]")
        if not closing:
            self._fail(piece, f"option {option.name}: ']' is missing after the index", start, len(rest))
        number = read_integer(digits)
        if digits and number.length < len(digits):
            self._warn(
                piece,
                f"index {digits!r} of option {option.name} is read as {number.value}",
                start,
                len(digits),
            )
        if after:
            self._warn(
                piece,
                f"text {after!r} after the index of option {option.name} is ignored",
                start + len(digits) + 1,
                len(after),
            )
        if not digits.strip(BLANKS) or number.value < 0:
            self._warn(
                piece,
                f"index {digits!r} of option {option.name} means every entry; write {option.name}=…",
                start,
                len(digits),
            )
            return None
        return number.value

    def _read_flag(self, piece: _Piece) -> bool:
        negated = piece.text.startswith("!")
        name = piece.text[negated:]
        option = self._table.get(name.lower())
        if option is None:
            return False
        if option.type is not bool:
            if negated:
                self._fail(piece, f"negating a non-boolean option {option.name}; write {option.name}=…")
            return False
        before = self._written.get((option.name, None))
        if before is not None and (before.lower() in TRUE_WORDS) == negated:
            self._warn(piece, f"option {option.name} was set to {before} before; the last one counts")
        self._store(option, None, not negated)
        self._written[option.name, None] = str(not negated)
        return True

    def _read_bare_value(self, piece: _Piece) -> bool:
        bare = piece.text.removeprefix("!")
        word, _ = read_word(bare)
        for option in self._declared:
            choice = option.choice(word) if word else None
            if choice is None:
                continue
            self._warn(
                piece,
                f"{piece.text!r} is no option; it is a value of option {option.name}, which is set to "
                f"{choice}; write {option.name}={choice}",
            )
            self._store(option, None, _as_type(option, choice))
            self._written[option.name, None] = choice
            return True
        return False

    def _store(self, option: Option, index: int | None, value: Any) -> None:
        if option.size is None:
            self._values[option.name] = value
        elif index is None:
            self._values[option.name] = (value,) * option.size
        else:
            entries = list(self._values.get(option.name, option.initial()))
            entries[index] = value
            self._values[option.name] = tuple(entries)

    def _convert(self, piece: _Piece, option: Option, text: str, start: int) -> Any:
        """Return the value of `text`, or None where ROOT leaves the option as it is (no text at all)."""
        if option.choices:
            return self._convert_choice(piece, option, text, start)
        if option.type is str:
            word, end = read_word(text)
            if text[end:].strip(BLANKS):
                self._warn(
                    piece,
                    f"option {option.name} ends at the first blank: {word!r} is read, the rest is lost; "
                    "write it without blanks",
                    start + end,
                    len(text) - end,
                )
            return word
        if option.type is bool:
            word = text.lower()
            if word in TRUE_WORDS or word in FALSE_WORDS:
                return word in TRUE_WORDS
            advice = "; remove the blanks" if word.strip(BLANKS) in TRUE_WORDS | FALSE_WORDS else ""
            message = f"option {option.name}: expected {KIND_OF_TYPE[bool]}, got {text!r}{advice}"
            self._fail(piece, message, start, len(text))
        return self._convert_number(piece, option, text, start)

    def _convert_choice(self, piece: _Piece, option: Option, text: str, start: int) -> Any:
        word, end = read_word(text)
        choice = option.choice(word)
        if choice is None:
            self._fail(
                piece,
                f"option {option.name} does not have predefined value: {text!r}"
                f"{did_you_mean(word, option.choices)}",
                start,
                len(text),
                f"  allowed: {', '.join(option.choices)}",
            )
        if text[end:].strip(BLANKS):
            self._warn(
                piece,
                f"option {option.name} ends at the first blank: {choice!r} is read, the rest is lost",
                start + end,
                len(text) - end,
            )
        return _as_type(option, choice)

    def _convert_number(self, piece: _Piece, option: Option, text: str, start: int) -> Any:
        if not text.strip(BLANKS):
            self._warn(
                piece,
                f"option {option.name} has no value after '='; it keeps {option.initial()}, "
                f"write {option.name}=…, {option.expected}",
            )
            return None
        number = read_integer(text) if option.type is int else read_stream_float(text)
        lost = text[number.length :].strip(BLANKS)
        # "800.0", as Python writes a float, loses nothing as a whole number.
        if lost and not (option.type is int and lost.startswith(".") and not lost.strip(".0")):
            self._warn(
                piece,
                f"option {option.name}: expected {KIND_OF_TYPE[option.type]}, got {text!r}; "
                f"{number.value!r} is read as in ROOT",
                start + number.length,
                len(text) - number.length,
            )
        if not option.allows(number.value):
            message = f"option {option.name}: expected {option.expected}, got {text!r}"
            self._fail(piece, message, start, len(text))
        return number.value

    def _place(self, piece: _Piece, start: int, length: int | None) -> str:
        size = len(piece.text) if length is None else length
        return with_caret(self._source.text, piece.start + start, size)

    def _fail(
        self, piece: _Piece, message: str, start: int = 0, length: int | None = None, more: str = ""
    ) -> NoReturn:
        lines = [self._source.prefix + message, self._place(piece, start, length)]
        raise OptionError("\n".join([*lines, more] if more else lines))

    def _warn(self, piece: _Piece, message: str, start: int = 0, length: int | None = None) -> None:
        place = self._place(piece, start, length)
        warn(f"{self._source.prefix}{message}\n{place}")


def _as_type(option: Option, choice: str) -> Any:
    if option.type is int:
        return read_integer(choice).value
    return read_float(choice).value if option.type is float else choice
