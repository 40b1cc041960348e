"""Numbers as C++ reads them; the expected values were printed by a program built with GCC's libstdc++."""

from __future__ import annotations

import pytest

from tmva_py.options.cpp_numbers import read_float, read_integer, read_stream_float, read_word

# text, stringstream >> int, stringstream >> double, atoi, strtod
PRINTED_BY_CPP = [
    ("20.7", 20, 20.7, 20, 20.7),
    ("0.5abc", 0, 0.5, 0, 0.5),
    ("5%", 5, 5, 5, 5),
    ("many", 0, 0, 0, 0),
    ("1e", 1, 0, 1, 1),
    ("1e+", 1, 0, 1, 1),
    ("1e5x", 1, 100000, 1, 100000),
    (".5", 0, 0.5, 0, 0.5),
    ("5.", 5, 5, 5, 5),
    ("-", 0, 0, 0, 0),
    ("+7", 7, 7, 7, 7),
    (" 12 3", 12, 12, 12, 12),
    ("1.5.2", 1, 1.5, 1, 1.5),
    ("-3junk", -3, -3, -3, -3),
    ("--3", 0, 0, 0, 0),
    ("e5", 0, 0, 0, 0),
    (".", 0, 0, 0, 0),
    ("1.E-7", 1, 1e-7, 1, 1e-7),
    ("1,000", 1, 1, 1, 1),
    ("2147483647", 2147483647, 2147483647, 2147483647, 2147483647),
    ("12e3", 12, 12000, 12, 12000),
    # strtod knows these; no option of TMVA means them, so they count as not read.
    ("inf", 0, 0, 0, 0),
    ("nan", 0, 0, 0, 0),
]


@pytest.mark.parametrize(("text", "stream_int", "stream_double", "atoi", "strtod"), PRINTED_BY_CPP)
def test_numbers_are_read_as_by_cpp(text, stream_int, stream_double, atoi, strtod):
    assert read_integer(text).value == stream_int == atoi
    assert read_stream_float(text).value == stream_double
    assert read_float(text).value == strtod


def test_the_length_read_tells_what_is_lost():
    assert read_integer(" 12x").length == 3
    assert read_integer("x").length == 0
    assert read_float("1.E-7,").length == 5
    assert read_stream_float("1e").length == 0


def test_overflow_saturates():
    assert read_stream_float("1e400").value == 1.7976931348623157e308
    assert read_float("-1e400").value == -1.7976931348623157e308
    assert read_integer("9" * 5000).value == 2**63 - 1
    assert read_integer("-" + "9" * 5000).value == -(2**63)


def test_a_word_ends_at_the_first_blank():
    assert read_word("DENSE|1, LINEAR") == ("DENSE|1,", 8)
    assert read_word("  a b") == ("a", 3)
    assert read_word("") == ("", 0)
