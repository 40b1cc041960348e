"""Random tables and random strings made from them."""

from __future__ import annotations

import warnings

from hypothesis import given
from hypothesis import strategies as st

from tmva_py.errors import OptionError, TMVAWarning
from tmva_py.options import Option, OptionString, parse_option_string, values_from_texts

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
WORDS = st.text(st.sampled_from("ABCxyz019|,.+-%"), min_size=1, max_size=8)
INTEGERS = st.integers(-(2**31), 2**31 - 1)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(float)


@st.composite
def options(draw: st.DrawFn, name: str) -> Option:
    kind = draw(st.sampled_from(["flag", "int", "float", "text", "choice", "int array", "float array"]))
    if kind == "flag":
        return Option(name, bool, draw(st.booleans()))
    if kind == "int":
        return Option(name, int, draw(INTEGERS))
    if kind == "float":
        return Option(name, float, draw(NUMBERS))
    if kind == "text":
        return Option(name, str, draw(WORDS))
    if kind == "choice":
        # Prefixed by the option's name, so that no bare value fits two options.
        choices = draw(st.lists(NAMES, min_size=1, max_size=4, unique_by=str.lower))
        return Option(name, str, choices[0], choices=tuple(choices))
    size = draw(st.integers(1, 4))
    return Option(name, int, 0, size=size) if kind == "int array" else Option(name, float, 0.0, size=size)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Option, ...]:
    names = draw(st.lists(NAMES, min_size=1, max_size=8, unique_by=str.lower))
    return tuple(draw(options(name)) for name in names)


@st.composite
def tables_and_settings(draw: st.DrawFn) -> tuple[tuple[Option, ...], dict[str, object], str]:
    table = draw(tables())
    chosen = draw(st.lists(st.sampled_from(table), unique=True))
    expected: dict[str, object] = {}
    pieces: list[str] = []
    for option in chosen:
        spelling = draw(st.sampled_from([option.name, option.name.lower(), option.name.upper()]))
        if option.type is bool:
            value = draw(st.booleans())
            word = draw(
                st.sampled_from(["1", "True", "ktrue", "T"] if value else ["0", "False", "kFALSE", "f"])
            )
            pieces.append(draw(st.sampled_from([("" if value else "!") + spelling, f"{spelling}={word}"])))
            expected[option.name] = value
        elif option.size is not None:
            entries = [draw(INTEGERS if option.type is int else NUMBERS) for _ in range(option.size)]
            pieces += [f"{spelling}[{index}]={entry!r}" for index, entry in enumerate(entries)]
            expected[option.name] = tuple(entries)
        else:
            if option.choices:
                value = draw(st.sampled_from(option.choices))
            else:
                value = draw({int: INTEGERS, float: NUMBERS, str: WORDS}[option.type])
            pieces.append(f"{spelling}={value!r}" if option.type is float else f"{spelling}={value}")
            expected[option.name] = value
    lead = draw(st.sampled_from(["", ":", "::"]))
    return table, expected, lead + ":".join(pieces)


@given(tables_and_settings())
def test_what_is_set_is_read(case):
    table, expected, text = case
    values = parse_option_string(text, table, owner="o")
    assert values.given == set(expected)
    assert dict(values) == {option.name: option.initial() for option in table} | expected


@given(tables_and_settings())
def test_texts_of_weight_files_round_trip(case):
    table, _, text = case
    values = parse_option_string(text, table, owner="o")
    texts = {name: values.text(name) for name in values}
    again = values_from_texts(texts, table, owner="o")
    assert {name: again.text(name) for name in again} == texts
    # And as an option string, the way ROOT reads its weight files: arrays entry by entry.
    pieces = []
    for option in table:
        if option.size is None:
            pieces.append(f"{option.name}={texts[option.name]}")
        else:
            entries = enumerate(texts[option.name].split(" "))
            pieces += [f"{option.name}[{index}]={entry}" for index, entry in entries]
    third = parse_option_string(":".join(pieces), table, owner="o")
    assert {name: third.text(name) for name in third} == texts


@st.composite
def tables_and_junk(draw: st.DrawFn) -> tuple[tuple[Option, ...], str]:
    table = draw(tables())
    names = st.sampled_from([option.name for option in table])
    choices = [choice for option in table for choice in option.choices] or ["none"]
    part = st.one_of(
        names,
        st.sampled_from(choices),
        st.sampled_from(
            ["=", "!", "[", "]", "[0]", "[-1]", "[9]", ":", "~", " ", "1", "2.5", "true", "1e", "x"]
        ),
        st.text(max_size=5),
    )
    return table, "".join(draw(st.lists(part, max_size=12)))


@given(tables_and_junk())
def test_junk_is_read_or_refused_with_the_packages_error(case):
    table, text = case
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TMVAWarning)
        options = OptionString(text, owner="o")
        try:
            values = options.parse(table)
            options.check_unused()
        except OptionError:
            return
    for option in table:
        entries = values[option.name] if option.is_array else (values[option.name],)
        assert all(isinstance(entry, option.type) for entry in entries)
        assert not option.choices or set(entries) <= set(option.choices)
