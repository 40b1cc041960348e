"""Numbers and words as C++ reads them: the longest valid beginning of a text.

TMVA reads option values with ``std::stringstream >> value`` and layouts and training strategies with
``atoi`` and ``strtod``. Both stop without complaint at the first character that does not fit.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

BLANKS = " \t\n\v\f\r"
TRUE_WORDS = frozenset({"1", "true", "ktrue", "t"})
FALSE_WORDS = frozenset({"0", "false", "kfalse", "f"})

_INTEGER = re.compile(r"[ \t\n\v\f\r]*([+-]?[0-9]+)")
_STRTOD = re.compile(r"[ \t\n\v\f\r]*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)")
# num_get collects every character that could belong to a number before it converts: "1e" fails as a whole.
_COLLECTED = re.compile(r"[ \t\n\v\f\r]*([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]*)?)")
_WORD = re.compile(r"[ \t\n\v\f\r]*([^ \t\n\v\f\r]*)")

_LARGEST_INTEGER = 2**63 - 1


@dataclass(frozen=True)
class ReadInteger:
    """A whole number and the number of characters that were read; 0 read means that none was found."""

    value: int
    length: int


@dataclass(frozen=True)
class ReadFloat:
    """A number and the number of characters that were read; 0 read means that none was found."""

    value: float
    length: int


def read_integer(text: str) -> ReadInteger:
    """Read a whole number as ``atoi`` and ``stream >> integer`` do; 0 when there is none.

    Examples
    --------
    >>> read_integer("20.7"), read_integer("many")
    (ReadInteger(value=20, length=2), ReadInteger(value=0, length=0))
    """
    match = _INTEGER.match(text)
    if match is None:
        return ReadInteger(0, 0)
    digits = match.group(1).lstrip("+-").lstrip("0") or "0"
    # Python refuses to convert thousands of digits; C++ saturates long before.
    size = int(digits) if len(digits) < 20 else _LARGEST_INTEGER + 1
    negative = match.group(1).startswith("-")
    value = max(-size, -_LARGEST_INTEGER - 1) if negative else min(size, _LARGEST_INTEGER)
    return ReadInteger(value, match.end())


def read_float(text: str) -> ReadFloat:
    """Read a number as ``strtod`` does, without ``inf``, ``nan`` and hexadecimal forms; 0 when there is none.

    Examples
    --------
    >>> read_float("1.E-7,"), read_float("1e")
    (ReadFloat(value=1e-07, length=5), ReadFloat(value=1.0, length=1))
    """
    match = _STRTOD.match(text)
    if match is None:
        return ReadFloat(0.0, 0)
    return ReadFloat(_finite(match.group(1)), match.end())


def read_stream_float(text: str) -> ReadFloat:
    """Read a number as ``stream >> number`` does: unlike `read_float`, an unfinished exponent spoils it.

    Examples
    --------
    >>> read_stream_float("2.5%"), read_stream_float("1e")
    (ReadFloat(value=2.5, length=3), ReadFloat(value=0.0, length=0))
    """
    match = _COLLECTED.match(text)
    if match is None or match.group(1)[-1] in "eE+-":
        return ReadFloat(0.0, 0)
    return ReadFloat(_finite(match.group(1)), match.end())


def read_word(text: str) -> tuple[str, int]:
    """Return the first word of `text` and the position after it, as ``stream >> text`` does."""
    match = _WORD.match(text)
    if match is None:  # cannot happen: both parts may be empty
        return "", 0
    return match.group(1), match.end()


def _finite(digits: str) -> float:
    # Overflow: std::numeric_limits<double>::max(), as libstdc++ gives.
    return max(-sys.float_info.max, min(sys.float_info.max, float(digits)))
