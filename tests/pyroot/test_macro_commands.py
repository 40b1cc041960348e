"""Commands of ROOT that run or load a macro."""

from __future__ import annotations

import pytest

from tmva_py.pyroot.macro_commands import MacroCommand, parse_command


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a/b.C("x", 3)', MacroCommand("", "a/b.C", "", '"x", 3')),
        ("a (1)/b.C", MacroCommand("", "a (1)/b.C")),
        ("b.C()", MacroCommand("", "b.C", "", "")),
        ("m.C+", MacroCommand("", "m.C", "+")),
        ("m.C++gO", MacroCommand("", "m.C", "++gO")),
        ('m.C+("a+")', MacroCommand("", "m.C", "+", '"a+"')),
        ("a+b/m.C", MacroCommand("", "a+b/m.C")),
        ("x.y+b/m.C+", MacroCommand("", "x.y+b/m.C", "+")),
        (".x m.C+(2);", MacroCommand(".x", "m.C", "+", "2")),
        ("  .L  dir/m.cxx++g", MacroCommand(".L", "dir/m.cxx", "++g")),
    ],
)
def test_commands(text, expected):
    assert parse_command(text) == expected


@pytest.mark.parametrize("text", ["", "int i = 3;", "TMVA::Types::kBDT"])
def test_other_texts_are_no_commands(text):
    assert parse_command(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".x m.C+(2)", ".x m.C(2)"),
        (".L m.C++g", ".L m.C"),
        ("m.C+", "m.C"),
        ('m.C("a", 1)', 'm.C("a", 1)'),
        ("m.C()", "m.C()"),
    ],
)
def test_without_compilation(text, expected, capsys):
    assert parse_command(text).interpreted() == expected
    said = capsys.readouterr().err
    assert ("is not compiled" in said) == ("+" in text)
