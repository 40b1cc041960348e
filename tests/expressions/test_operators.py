"""ROOT's order of operators, against a plain splitter of texts and against fully parenthesised texts."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmva_py.errors import ExpressionError
from tmva_py.expressions import Formula
from tmva_py.trees import open_tree

N = 7
COLUMNS = {
    "x": np.array([0.0, 1.0, -1.0, 2.5, -3.0, 7.0, 100.0]),
    "y": np.array([1.0, 1.0, 2.0, -0.5, 0.0, 3.0, -7.0]),
    "z": np.array([-2.0, 0.0, 1.0, 0.25, 5.0, 2.0, 3.0]),
}


def values(text: str) -> np.ndarray:
    return Formula(text)(COLUMNS)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("x<y<z", "x<(y<z)"),
        ("x>y>z", "x>(y>z)"),
        ("x<=y<z", "(x<=y)<z"),
        ("x<y<=z", "(x<y)<=z"),
        ("x==y<z", "(x==y)<z"),
        ("x<y==z", "x<(y==z)"),
        ("x>=y<-z>=x", "(x>=y)<((-z)>=x)"),
        ("x>>y>z>>x", "x>>(y>(z>>x))"),
        ("x<<y%z<x%y", "(x<<y)%(z<(x%y))"),
        ("1<<x<y>z", "(1<<(x<y))>z"),
        ("x!=y==z", "(x!=y)==z"),
        ("x==y==z", "x==(y==z)"),
        ("x==y&&z", "(x==y)&&z"),
        ("x&&y||z", "(x&&y)||z"),
        ("x|y&&z", "(x|y)&&z"),
        ("x&y==z", "x&(y==z)"),
        ("!x==y", "(!x)==y"),
        ("!x&&y", "(!x)&&y"),
        ("!x^2", "(!x)^2"),
        ("x&&!y", "x&&(!y)"),
        ("-x%2", "-(x%2)"),
        ("-x^2", "-(x^2)"),
        ("-x*y", "-(x*y)"),
        ("2^-1", "0.5"),
        ("2^3^2", "64"),
        ("2**3**2", "64"),
        ("2^-x*y", "(2^(-x))*y"),
        ("x*-y*z", "x*(-(y*z))"),
        ("x/-y/z", "(x/(-y))/z"),
        ("x/y*z", "(x/y)*z"),
        ("x*y/z", "x*(y/z)"),
        ("x*y*z", "x*(y*z)"),
        ("x/y/z", "(x/y)/z"),
        ("x+y-z", "x+(y-z)"),
        ("x-y+z", "(x-y)+z"),
        ("x-y-z", "(x-y)-z"),
        ("x%y*z", "x%(y*z)"),
        ("x*y%z", "(x*y)%z"),
        ("x%y%z", "x%(y%z)"),
        ("x<<1+2", "(x<<1)+2"),
        ("1<<x*2", "1<<(x*2)"),
        ("x>>1>>1", "x>>(1>>1)"),
        ("x>>1>2", "x>>(1>2)"),
        ("x<<1>2", "(x<<1)>2"),
        ("x>0?1:y>0?2:3", "x>0?1:(y>0?2:3)"),
        ("x>0?x:y*2", "(x>0)?x:(y*2)"),
        ("x--y", "x+y"),
        ("x+-y", "x-y"),
        ("x-+y", "x-y"),
        ("x++y", "x+y"),
        ("x---y", "x-y"),
        ("x* *2", "x^2"),
        ("x > = y", "x>=y"),
        ("+5*x", "5*x"),
        ("x>+5", "x>5"),
        ("((((x))))", "x"),
    ],
)
def test_text_means(text: str, meaning: str) -> None:
    np.testing.assert_array_equal(values(text), values(meaning))


@pytest.mark.parametrize(
    "text", ["+x", "--x", "x*+y", "x%-2", "x<<-1", "!-x", "x<=y<=z", "x<y>z", "x=<y", "x=>y", "x?y?1:2:3"]
)
def test_what_root_cannot_read_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        values(text)


# --- an independent reading of texts made of names, numbers and operators ---


def root_reading(text: str) -> str:
    """Return the text with all parentheses, split as the documentation says; '' if ROOT cannot read it."""

    def split(position: int, width: int) -> str:
        left, right = root_reading(text[:position]), root_reading(text[position + width :])
        return f"({left}{text[position : position + width]}{right})" if left and right else ""

    for operator in ("||", "&&"):
        if operator in text:
            return split(text.index(operator), 2)
    for operator in ("|", "&"):
        if operator in text:
            return split(text.index(operator), 1)
    places: dict[str, int] = {}
    for position in range(len(text)):
        pair = text[position : position + 2]
        if pair in (">>", "<<"):
            places.setdefault(pair, position)
        for single, double, equal in ((">", ">>", ">="), ("<", "<<", "<=")):
            if pair[0] == single and double not in places and single not in places:
                if re.match(r"<\w+>", text[position:]):
                    return ""
                places[single] = position
            if pair == equal and equal not in places:
                places[equal] = position
                places.pop(single, None)
        if pair in ("==", "!="):
            places.setdefault(pair, position)
    for operator in ("<", ">", "<=", ">=", "==", "!="):
        if operator in places:
            return split(places[operator], len(operator))
    if "+" in text[1:]:
        return split(text.rindex("+"), 1)
    minus = [p for p, c in enumerate(text) if c == "-" and (p == 0 or text[p - 1] not in "*/^")]
    if minus and minus[-1] > 0:
        return split(minus[-1], 1)
    if minus:
        inner = root_reading(text[1:])
        return f"(-{inner})" if inner else ""
    for operator in ("%", ">>", "<<", "*"):
        if operator in text:
            return split(text.index(operator), len(operator))
    for operator in ("/", "^"):
        if operator in text:
            return split(text.rindex(operator), 1)
    if text.startswith("!"):
        inner = root_reading(text[1:])
        return f"(!{inner})" if inner else ""
    return text if re.fullmatch(r"[xyz]|\d+", text) else ""


OPERATORS = ["+", "-", "*", "/", "%", "^", "<", ">", "<=", ">=", "==", "!=", "&&", "||", "|", "&", "<<", ">>"]
FLAT = st.lists(
    st.tuples(st.sampled_from(OPERATORS), st.sampled_from(["", "", "", "-", "!"]), st.sampled_from("xyz235")),
    min_size=1,
    max_size=7,
)


@settings(max_examples=600, deadline=None)
@given(st.sampled_from(["", "-", "!"]), st.sampled_from("xyz4"), FLAT)
def test_flat_texts_are_split_as_root_splits_them(
    sign: str, first: str, rest: list[tuple[str, str, str]]
) -> None:
    text = (
        sign
        + first
        + "".join(
            operator + ("" if operator in "+-" and prefix == "-" else prefix) + operand
            for operator, prefix, operand in rest
        )
    )
    meaning = root_reading(text)
    if not meaning:
        with pytest.raises(ExpressionError):
            values(text)
    else:
        np.testing.assert_array_equal(values(text), values(meaning))


# --- random trees against a per-entry evaluator ---


def _modulo(a: float, b: float) -> float:
    first, second = int(a), int(b)
    return float(math.fmod(first, second)) if second else 0.0


BINARY = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else 0.0,
    "%": _modulo,
    "<": lambda a, b: float(a < b),
    ">=": lambda a, b: float(a >= b),
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
    "&&": lambda a, b: float(a != 0 and b != 0),
    "||": lambda a, b: float(a != 0 or b != 0),
}
UNARY = {
    "-": lambda a: -a,
    "!": lambda a: float(a == 0),
    "abs": abs,
    "sqrt": lambda a: math.sqrt(abs(a)),
    "int": lambda a: float(int(a)),
    "sign": lambda a: -1.0 if a < 0 else 1.0,
    "floor": lambda a: float(math.floor(a)),
    "TMath::Ceil": lambda a: float(math.ceil(a)),
    "sq": lambda a: a * a,
}
LEAVES = (
    st.sampled_from(["x", "y", "z"]) | st.integers(0, 9).map(str) | st.sampled_from(["0.5", "1e-3", ".25"])
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(sorted(BINARY)), inner, inner),
        st.tuples(st.sampled_from(sorted(UNARY)), inner),
        st.tuples(st.just("?"), inner, inner, inner),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner),
    ),
    max_leaves=12,
)


def written(tree: str | tuple) -> str:
    if isinstance(tree, str):
        return tree
    name, *parts = tree
    texts = [written(part) for part in parts]
    if name == "?":
        return f"(({texts[0]}) ? ({texts[1]}) : ({texts[2]}))"
    if name in ("min", "max"):
        return f"{name}({texts[0]}, {texts[1]})"
    if len(texts) == 2:
        return f"(({texts[0]}) {name} ({texts[1]}))"
    return f"({name}({texts[0]}))"


def counted(tree: str | tuple, entry: int) -> float:
    if isinstance(tree, str):
        return float(COLUMNS[tree][entry]) if tree in COLUMNS else float(tree)
    name, *parts = tree
    numbers = [counted(part, entry) for part in parts]
    if name == "?":
        return numbers[1] if numbers[0] != 0 else numbers[2]
    if name == "min":
        return numbers[1] if numbers[1] < numbers[0] else numbers[0]
    if name == "max":
        return numbers[1] if numbers[0] < numbers[1] else numbers[0]
    return BINARY[name](*numbers) if len(numbers) == 2 else UNARY[name](*numbers)


@settings(max_examples=400, deadline=None)
@given(TREES)
def test_random_trees_against_a_per_entry_evaluator(tree: str | tuple) -> None:
    expected = []
    try:
        for entry in range(N):
            expected.append(counted(tree, entry))
    except (OverflowError, ValueError):
        return  # int() of an infinity or NaN; C's answers to these are tested by themselves
    if any(abs(value) > 2.0**53 or math.isnan(value) for value in expected):
        return
    np.testing.assert_array_equal(values(written(tree)), expected)


@pytest.mark.parametrize(
    ("text", "word", "instead"),
    [
        ("a>1 and b<2", "and", "&&"),
        ("(a > 1) or (b < 2)", "or", "||"),
        ("not a", "not", "!"),
        ("a>1 && not (b<2)", "not", "!"),
        ("(not a)", "not", "!"),
        ("a>1 && not(b<2)", "not", "!"),
        ("(a>1)and(b<2)", "and", "&&"),
        ("a>1 AND b<2", "AND", "&&"),
        ("(a>1) OR(b<2)", "OR", "||"),
        ("NOT a", "NOT", "!"),
    ],
)
def test_the_words_of_python_are_no_operators(text: str, word: str, instead: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        Formula(text).on(open_tree({"a": [1.0], "b": [2.0]}))
    assert f"write {instead} in place of '{word}'" in str(raised.value)
    line, marks = str(raised.value).splitlines()[-2:]
    assert line[marks.index("^") : marks.rindex("^") + 1] == word


def test_branches_that_begin_or_end_like_words() -> None:
    upper = open_tree({"OR": [1.0], "NOT": [2.0]})
    assert Formula("OR + 1 - NOT").on(upper).first_instance(upper.read(["OR", "NOT"])) == [0.0]
    tree = open_tree({"and1": [1.0], "nota": [2.0], "band": [3.0]})
    assert Formula("and1 + nota*band").on(tree).first_instance(tree.read(["and1", "nota", "band"])) == [7.0]
