"""Declarations, keywords, positional fields and the options of weight files."""

from __future__ import annotations

import numpy as np
import pytest

from tmva_py.errors import OptionError, TMVAWarning
from tmva_py.options import Option, join_keywords, parse_fields, text_of, values_from_texts

RECURRENT = (
    Option("state_size", int, None, minimum=1),
    Option("input_size", int, 0),
    Option("time_steps", int, 0),
    Option("remember_state", bool, False),
    Option("return_sequence", bool, False),
)


def fields_of(entry: str, declared=RECURRENT, text: str | None = None):
    keyword, *fields = entry.split("|")
    whole = entry if text is None else text
    offset = whole.index(entry) + len(keyword) + bool(fields)
    return parse_fields(fields, declared, text=whole, offset=offset, owner=repr(entry))


def test_declarations_are_checked():
    with pytest.raises(OptionError, match="type must be str, int, float or bool"):
        Option("x", list, [])
    with pytest.raises(OptionError, match="at least one entry"):
        Option("x", int, 0, size=0)
    with pytest.raises(OptionError, match="without '=' and ':'"):
        Option("a=b", int, 0)
    assert Option("slope", float, 0.01, xml="Slope").initial() == 0.01
    assert Option("x", int, 2, size=3).initial() == (2, 2, 2)
    assert Option("x", int, (1, 2), size=2).initial() == (1, 2)


def test_join_keywords():
    assert join_keywords({}) == ""
    assert join_keywords({"V": False, "H": True, "NTrees": 200}) == "!V:H:NTrees=200"
    # Nothing is translated, as in ROOT.
    joined = join_keywords({"VarTransform": None, "Layers": [1, 2], "NSmoothSig[0]": np.int64(20), "x": 0.5})
    assert joined == "VarTransform=None:Layers=[1, 2]:NSmoothSig[0]=20:x=0.5"


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "True"), (5, "5"), (1e-6, "1.000000e-06"), ((0.5, 1.0), "5.000000e-01 1.000000e+00")],
)
def test_text_of(value, text):
    assert text_of(value) == text


def test_fields_by_position():
    assert fields_of("LSTM|10|30|10|0|1") == {
        "state_size": 10,
        "input_size": 30,
        "time_steps": 10,
        "remember_state": False,
        "return_sequence": True,
    }
    assert fields_of("LSTM|10")["return_sequence"] is False
    assert fields_of("L|0.5", (Option("slope", float, 0.01),)) == {"slope": 0.5}
    assert fields_of("L", (Option("slope", float, 0.01),), text="L|") == {"slope": 0.01}
    assert fields_of("L|tanh", (Option("f", str, "TANH", choices=("RELU", "TANH")),)) == {"f": "TANH"}


@pytest.mark.parametrize(
    ("entry", "said", "marked"),
    [
        ("LSTM|ten|30", "'LSTM|ten|30': state_size: expected a whole number, got 'ten'", "ten"),
        ("LSTM|10.5", "state_size: expected a whole number, got '10.5'", "10.5"),
        ("LSTM|10| 30", "input_size: expected a whole number, got ' 30'", " 30"),
        ("LSTM|0", "state_size: expected a whole number of at least 1, got '0'", "0"),
        ("LSTM|10|30|10|yes", "remember_state: expected 0 or 1, got 'yes'", "yes"),
        ("LSTM|10|30|10|0|1|7", "too many fields; expected at most 5 (state_size, input_size", "7"),
        ("LSTM", "state_size is missing; expected a whole number of at least 1", "M"),
        ("LSTM|", "state_size: expected a whole number, got ''", ","),
    ],
)
def test_field_mistakes_carry_a_caret(entry, said, marked):
    text = f"DENSE|3,{entry},LINEAR"
    with pytest.raises(OptionError) as caught:
        fields_of(entry, text=text)
    message = str(caught.value)
    assert said in message
    shown, carets = message.splitlines()[-2:]
    assert "".join(c for c, mark in zip(shown, carets, strict=False) if mark == "^") == marked


def test_options_of_weight_files():
    declared = (
        Option("V", bool, False),
        Option("MinNodeSize", float, 5.0),
        Option("NTrees", int, 800),
        Option("CutRangeMin", float, -1.0, size=2),
        Option("BoostType", str, "AdaBoost", choices=("AdaBoost", "Grad")),
        Option("RandomSeed", int, 0),
    )
    texts = {
        "V": "True",
        "MinNodeSize": "2.000000e-02",
        "NTrees": "850",
        "CutRangeMin": "-1.000000e+00 5.000000e-01",
        "BoostType": "grad",
    }
    values = values_from_texts(texts, declared, owner="a.weights.xml")
    assert dict(values) == {
        "V": True,
        "MinNodeSize": 0.02,
        "NTrees": 850,
        "CutRangeMin": (-1.0, 0.5),
        "BoostType": "Grad",
        "RandomSeed": 0,
    }
    with pytest.warns(TMVAWarning, match=r"a.weights.xml: unknown options Old are left out"):
        values_from_texts({"Old": "1"}, declared, owner="a.weights.xml")
    with pytest.raises(OptionError, match="NTrees: expected a whole number, got '8x'"):
        values_from_texts({"NTrees": "8x"}, declared, owner="a.weights.xml")
    with pytest.raises(OptionError, match="CutRangeMin has 1 entries, expected 2"):
        values_from_texts({"CutRangeMin": "1"}, declared, owner="a.weights.xml")
