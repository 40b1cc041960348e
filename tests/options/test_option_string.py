"""Option strings: each rule of ROOT's Configurable, and what is said where ROOT says nothing."""

from __future__ import annotations

import warnings

import pytest

from tmva_py.errors import OptionError, TMVAWarning
from tmva_py.options import Option, OptionString, OptionValues, parse_option_string

TABLE = (
    Option("V", bool, False),
    Option("H", bool, False),
    Option("NTrees", int, 800, minimum=0),
    Option("MinNodeSize", float, 5.0),
    Option("VarTransform", str, "None"),
    Option("SplitMode", str, "Random", choices=("Random", "Alternate", "Block")),
    Option("BoostType", str, "AdaBoost", choices=("AdaBoost", "Grad", "Bagging")),
    Option("NSmooth", int, 1, size=3),
    Option("VarProp", str, "NotEnforced", choices=("NotEnforced", "FMax", "FSmart"), size=2),
    Option("NSmoothSig[0]", int, 0),
)


def read(text: str) -> OptionValues:
    return parse_option_string(text, TABLE, owner="BDT 'BDTG'")


def read_warned(text: str) -> tuple[OptionValues, str]:
    with pytest.warns(TMVAWarning) as caught:
        values = read(text)
    assert len(caught) == 1
    return values, str(caught[0].message)


def refused(text: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TMVAWarning)
        with pytest.raises(OptionError) as caught:
            read(text)
    return str(caught.value)


def caret_text(message: str) -> str:
    """What stands above the carets of a message."""
    lines = message.splitlines()
    carets = next(number for number, line in enumerate(lines) if line.strip() and set(line) <= {" ", "^"})
    return "".join(c for c, mark in zip(lines[carets - 1], lines[carets], strict=False) if mark == "^")


def test_defaults_when_nothing_is_given():
    values = read("")
    assert dict(values) == {option.name: option.initial() for option in TABLE}
    assert values.given == frozenset()
    assert list(values) == [option.name for option in TABLE]


def test_plain_string():
    values = read("!H:V:NTrees=200:MinNodeSize=2.5:SplitMode=Block")
    assert values["H"] is False
    assert values["V"] is True
    assert values["NTrees"] == 200
    assert values["MinNodeSize"] == 2.5
    assert values["SplitMode"] == "Block"
    assert values.given == {"H", "V", "NTrees", "MinNodeSize", "SplitMode"}


@pytest.mark.parametrize("text", ["::V", "V:", "V::", "V::NTrees=800", ":", "::"])
def test_empty_pieces_are_harmless(text):
    read(text)


def test_names_ignore_case_and_keep_the_declared_spelling():
    assert read("nTREES=3")["NTrees"] == 3
    assert read("!v").given == {"V"}


def test_the_first_equals_sign_splits():
    assert read("VarTransform=a=b=c")["VarTransform"] == "a=b=c"


@pytest.mark.parametrize("word", ["1", "true", "True", "kTRUE", "T"])
def test_true_words(word):
    assert read(f"V={word}")["V"] is True


@pytest.mark.parametrize("word", ["0", "false", "kFalse", "F"])
def test_false_words(word):
    assert read(f"V={word}")["V"] is False


def test_other_words_are_not_boolean():
    message = refused("NTrees=1:V=yes")
    assert "BDT 'BDTG': option V: expected one of true, false, 1, 0, got 'yes'" in message
    assert caret_text(message) == "yes"
    assert "remove the blanks" in refused("V= true")


def test_predefined_values_take_the_declared_spelling():
    assert read("SplitMode=bLOCK")["SplitMode"] == "Block"
    message = refused("SplitMode=Blok")
    assert "does not have predefined value: 'Blok'; did you mean 'Block'?" in message
    assert "allowed: Random, Alternate, Block" in message
    assert caret_text(message) == "Blok"


@pytest.mark.parametrize(
    ("text", "name", "value", "lost"),
    [
        ("NTrees=20.7", "NTrees", 20, ".7"),
        ("NTrees=many", "NTrees", 0, "many"),
        ("MinNodeSize=2.5%", "MinNodeSize", 2.5, "%"),
        ("MinNodeSize=0.5abc", "MinNodeSize", 0.5, "abc"),
        ("MinNodeSize=1e", "MinNodeSize", 0.0, "1e"),
        ("NTrees=10Optimizer=ADAM", "NTrees", 10, "Optimizer=ADAM"),
        ("VarTransform=N, D", "VarTransform", "N,", " D"),
        ("SplitMode=Block please", "SplitMode", "Block", " please"),
    ],
)
def test_what_root_drops_is_said(text, name, value, lost):
    values, message = read_warned(text)
    assert values[name] == value
    assert name in message
    assert caret_text(message) == lost


def test_no_value_keeps_the_default():
    values, message = read_warned("NTrees=")
    assert values["NTrees"] == 800
    assert "NTrees" in values.given
    assert "has no value after '='; it keeps 800" in message
    # A text may be empty; ROOT reads it so.
    assert read("VarTransform=")["VarTransform"] == ""


def test_set_twice_the_last_wins():
    values, message = read_warned("NTrees=3:V:ntrees=4")
    assert values["NTrees"] == 4
    assert "was previously set to 3" in message
    assert caret_text(message) == "ntrees=4"
    values, message = read_warned("V:!V")
    assert values["V"] is False
    assert "set to True before" in message
    read("V:V")


def test_arrays():
    assert read("NSmooth=7")["NSmooth"] == (7, 7, 7)
    assert read("NSmooth[1]=7")["NSmooth"] == (1, 7, 1)
    assert read("nsmooth[0]=5:NSmooth[2]=9")["NSmooth"] == (5, 1, 9)
    assert read("VarProp[1]=fmax")["VarProp"] == ("NotEnforced", "FMax")
    assert read("NSmooth=2:NSmooth[1]=3")["NSmooth"] == (2, 3, 2)
    assert read("NSmooth[1]=3").text("NSmooth") == "1 3 1"


def test_array_mistakes():
    message = refused("NSmooth[3]=1")
    assert "index 3 too large for option NSmooth, allowed range is [0,2]" in message
    assert "NTrees is not an array" in refused("NTrees[0]=1")
    assert "']' is missing" in refused("NSmooth[1=1")
    values, message = read_warned("NSmooth[x]=4")
    assert values["NSmooth"] == (4, 1, 1)
    assert "index 'x' of option NSmooth is read as 0" in message
    values, message = read_warned("NSmooth[-1]=4")
    assert values["NSmooth"] == (4, 4, 4)
    assert "means every entry" in message
    values, message = read_warned("NSmooth[1]z=4")
    assert values["NSmooth"] == (1, 4, 1)
    assert caret_text(message) == "z"


def test_a_declared_name_may_hold_brackets():
    assert read("NSmoothSig[0]=20")["NSmoothSig[0]"] == 20


def test_flags():
    assert "negating a non-boolean option NTrees" in refused("!NTrees")
    message = refused("NTrees")
    assert "NTrees needs a value: NTrees=…, a whole number of at least 0" in message


def test_bare_predefined_values_are_taken_loosely_and_named():
    values, message = read_warned("block")
    assert values["SplitMode"] == "Block"
    assert "write SplitMode=Block" in message
    assert values.given == {"SplitMode"}
    # The first option in the order of declaration that has the value.
    two = (Option("A", str, "x", choices=("x", "Both")), Option("B", str, "x", choices=("x", "Both")))
    with pytest.warns(TMVAWarning, match="value of option A"):
        values = parse_option_string("Both", two, owner="o")
    assert values["A"] == "Both"
    assert values["B"] == "x"
    # ROOT reads a negated bare value like the plain one.
    assert read_warned("!Grad")[0]["BoostType"] == "Grad"


def test_unused_pieces_are_listed_with_place_suggestion_and_known_names():
    message = refused("V:NTree=3:NormMode=Equal:!X")
    assert "could not be interpreted: 'NTree=3:NormMode=Equal:!X', please check!" in message
    assert "unknown option 'NTree'; did you mean 'NTrees'?" in message
    assert caret_text(message) == "NTree=3"
    assert "known: V, H, NTrees, MinNodeSize, VarTransform, SplitMode, BoostType, NSmooth[3]" in message


def test_blanks_are_not_stripped_from_names():
    message = refused("V: NTrees=10")
    assert "could not be interpreted: ' NTrees=10'" in message
    assert "write NTrees without blanks" in message


def test_negation_does_not_go_with_a_value():
    assert "write V=False or !V" in refused("!V=True")


def test_a_misspelt_value_is_recognised_in_the_advice():
    assert "did you mean 'Alternate'?" in refused("Alternat")


def test_pieces_marked_as_read_are_not_refused():
    assert read("~Unknown=1:~V")["V"] is True


def test_several_tables_read_one_string_and_the_check_comes_last():
    options = OptionString("NTrees=3:PopSize=100:V", owner="Cuts 'CutsGA'")
    method = options.parse((Option("V", bool, False), Option("NTrees", int, 800)))
    with pytest.raises(OptionError, match="PopSize=100"):
        options.check_unused()
    fitter = options.parse((Option("PopSize", int, 300), Option("V", bool, False)))
    options.check_unused()
    assert method["NTrees"] == 3
    assert method["V"] is fitter["V"] is True
    assert fitter["PopSize"] == 100
    assert fitter.given == {"PopSize", "V"}


def test_what_is_no_text_is_refused():
    with pytest.raises(OptionError, match="expected an option string, got int 5"):
        OptionString(5, owner="Factory 'job'")


def test_a_minimum_is_kept():
    message = refused("NTrees=-1")
    assert "option NTrees: expected a whole number of at least 0, got '-1'" in message


def test_text_for_weight_files():
    values = read("V:MinNodeSize=0.02:NTrees=850")
    assert values.text("V") == "True"
    assert values.text("H") == "False"
    assert values.text("MinNodeSize") == "2.000000e-02"
    assert values.text("NTrees") == "850"
    assert values.text("VarTransform") == "None"
    with pytest.raises(OptionError, match="unknown option 'NTree'; did you mean 'NTrees'"):
        values.text("NTree")


def test_updated_keeps_what_the_user_gave():
    values = read("V").updated({"VarTransform": "N"})
    assert values["VarTransform"] == "N"
    assert values.given == {"V"}
    with pytest.raises(OptionError, match="unknown option"):
        values.updated({"Nope": 1})


def test_a_table_with_one_name_twice_is_refused():
    with pytest.raises(OptionError, match="option 'v' is declared twice"):
        parse_option_string("", (Option("V", bool, False), Option("v", bool, False)), owner="o")
