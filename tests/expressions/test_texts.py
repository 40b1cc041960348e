"""What is read, what is refused and in which words."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time

import awkward as ak
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmva_py.errors import ExpressionError, TMVAError, TMVAWarning
from tmva_py.expressions import Formula
from tmva_py.trees import open_tree

ONE = {"unused": [0.0]}
COLUMNS = {name: np.array([1.0, -2.0]) for name in ("x", "y", "i", "energy")}


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("x+", "a value is expected at the end", 1),
        ("*x", "a value is expected at the beginning, found '\\*'", 0),
        ("x && * y", "a value is expected after '&', found '\\*'", 5),
        ("x %-2", "a value is expected after '%' \\(a sign there needs parentheses\\)", 2),
        ("(x", "'\\(' is not closed", 0),
        ("x+(y", "'\\(' is not closed", 2),
        ("x)", "'\\)' closes nothing", 1),
        ("a[1", "'\\[' is not closed", 1),
        ("x y*2 y", "has no branch 'xy'", None),
        ("(x) y", "an operator is expected before 'y'", 4),
        ("2 (x)", "an operator is expected before '\\('", 2),
        ("x!y", "an operator is expected before '!'", 1),
        ("x = y", "'=' is not an operator, write '=='", 2),
        ("x =< y", "ROOT does not know '=<', write '<='", 2),
        ("~i", "ROOT knows no '~'", 0),
        ("+x", "ROOT knows no sign '\\+' but before a number", 0),
        ("!-x", "a value is expected after '!'; put what follows in parentheses", 0),
        ("x<=y<=i", "ROOT cannot read two '<=' in a row", 4),
        ("x<y>i", "takes '<…>' for a C\\+\\+ template", 1),
        ("x>0?y>0?1:2:3", "a '\\?:' between '\\?' and ':'; put it in parentheses", 7),
        ("x ? y", "'\\?' without a ':' after it", 2),
        ("x : y", "':' without a '\\?' before it", 2),
        ("x,y", "',' is allowed only between the arguments of a function", 1),
        ("()", "a value is expected after '\\('", 1),
        ("(int)x", "no casts such as \\(int\\); write int\\(x\\)", 0),
        ("x\t*y", "only blanks may be between the parts of an expression, found a tab", 1),
        ("1.2.3", "a number has one decimal point", 1),
        ('"a"==x', "comparisons with texts are not supported", 0),
        ("[0]*x", "parameters such as \\[0\\] have no value here", 0),
        ("rndm", "'rndm' is not supported", 0),
        ("x+sqr(y)", "unknown function 'sqr'; did you mean 'sqrt'\\?", 2),
        ("TMath::Sqr(x)", "unknown function 'TMath::Sqr'; did you mean 'TMath::Sqrt'\\?", 0),
        ("TMath::Pi", "'TMath::Pi' is a function, write TMath::Pi\\(…\\)", 0),
        ("Entri$", "unknown 'Entri\\$'; did you mean 'Entr", 0),
        ("min(x)", "'min' takes 2 arguments, found 1", 0),
        ("log(x,y)", "'log' takes 1 argument, found 2", 0),
        ("TMath::Gaus()", "'TMath::Gaus' takes 1 to 4 arguments, found 0", 0),
        ("y*enregy", "has no branch 'enregy'; did you mean 'energy'\\?", 2),
        ("true", "has no branch 'true'", 0),
    ],
)
@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
def test_message_and_caret(text: str, message: str, column: int | None) -> None:
    with pytest.raises(ExpressionError, match=message) as error:
        Formula(text)(COLUMNS)
    if column is not None:
        lines = str(error.value).splitlines()
        caret = next(line for line in lines if set(line.strip()) == {"^"})
        assert caret.index("^") == column + 2


@pytest.mark.parametrize("text", ["", "   ", ";x"])
def test_an_empty_text(text: str) -> None:
    with pytest.raises(ExpressionError, match="an expression is expected"):
        Formula(text)(COLUMNS)


def test_other_things_than_texts() -> None:
    with pytest.raises(ExpressionError, match="an expression is a text such as 'x\\+y', not int"):
        Formula(7)(COLUMNS)  # type: ignore[arg-type]


def test_what_root_drops_or_joins_is_warned_of() -> None:
    with pytest.warns(TMVAWarning, match="ROOT drops everything from the first ';' on\n  x;y\n   \\^\\^"):
        assert Formula("x;y").on(open_tree(COLUMNS)).branches == ("x",)
    with pytest.warns(TMVAWarning, match="ROOT removes blanks"):
        assert Formula("1 2")(ONE).tolist() == [12.0]


PI, TREE = np.pi, {name: [value] for name, value in zip(
    ("pi", "e", "E", "sqrt2", "abs", "sqrt", "min", "rndm", "Pi", "true", "int", "x"),
    (7.0, 3.0, 5.0, 11.0, -13.0, 16.0, 17.0, 19.0, 23.0, 29.0, 31.0, 2.0), strict=True)}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pi", 7), ("2*pi", 14), ("x*pi", 14), ("-pi^2", -49), ("Sum$(2*pi)", 14), ("Alt$(pi[0],1)", 7),
        ("pi[0]+1", 8), ("[pi]+1", 8), ("pi > 6 && x < pi", 1), ("abs(-pi)", 7), ("pi - pi", 0),
        ("x > 9 ? x : pi", 7), ("e", 3), ("2*e", 6), ("e-3", 0), ("1e0*e", 3), ("E", 5), ("2*E", 10),
        ("sqrt2", 11), ("2*sqrt2", 22), ("abs*2", -26), ("abs(abs)", 13), ("sqrt+1", 17),
        ("sqrt(sqrt)", 4), ("min(min,x)", 2), ("2*rndm", 38), ("rndm", 19), ("Pi+1", 24),
        ("TMath::Pi()", PI), ("pi*TMath::Pi()", 7 * PI), ("true+1", 30), ("int(int)/x", 15.5),
    ],
)  # fmt: skip
def test_a_branch_wins_over_a_constant_or_function_of_its_name(text: str, expected: float) -> None:
    assert Formula(text)(TREE).tolist() == [expected]


def test_the_same_formula_on_trees_with_and_without_the_branch() -> None:
    formula = Formula("x*pi")
    for _ in range(2):
        assert formula({"x": [2.0]}).tolist() == [2 * PI]
        assert formula({"x": [2.0], "pi": [7.0]}).tolist() == [14.0]
        assert formula(ak.Array([{"x": 2.0, "track": {"pi": 5.0}}])).tolist() == [10.0]
    assert formula.on(open_tree(TREE)).branches == ("x", "pi")
    assert formula.on(open_tree({"x": [1.0]})).branches == ("x",)


def test_branches_in_order_of_first_use() -> None:
    formula = Formula("y + Sum$(a[i%3]*x) + Alt$(v[0],y) + @w.size() + [e]")
    tree = open_tree({name: [1.0] for name in "eawvixy"})
    assert formula.on(tree).branches == ("y", "a", "i", "x", "v", "@w", "e")
    assert repr(formula) == "Formula('y + Sum$(a[i%3]*x) + Alt$(v[0],y) + @w.size() + [e]')"


@pytest.mark.parametrize(
    "text",
    ["(" * 10_000 + "x" + ")" * 10_000, "x" + "+x" * 20_000, "x" + "*-x" * 5_000, "x" + "&&x" * 5_000],
)
def test_long_texts_are_read(text: str) -> None:
    start = time.process_time()
    assert Formula(text)({"x": np.ones(1)}).shape == (1,)
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    "text",
    ["-(" * 10_000 + "x" + ")" * 10_000, "sqrt(" * 10_000 + "x" + ")" * 10_000, "!" * 10_000 + "x",
     "a[" * 5_000 + "1" + "]" * 5_000, "x?1:" * 2_000 + "2", "x" + "<x" * 5_000, "(" * 50_000, "x" * 200_000],
)  # fmt: skip
def test_texts_that_are_too_deep_or_long_are_errors(text: str) -> None:
    with pytest.raises(ExpressionError) as error:
        Formula(text)(COLUMNS)
    assert len(str(error.value)) < 400


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="xy12.()[]+-*/%^<>=!&|?:,$@ eEint;\"'~\\Sum", max_size=25))
@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
def test_any_text_is_read_or_refused_in_our_own_words(text: str) -> None:
    with contextlib.suppress(TMVAError):
        assert Formula(text)(COLUMNS).shape == (2,)


def test_importing_does_not_import_the_parser() -> None:
    code = (
        "import sys, tmva_py.expressions; "
        "assert not {'lark', 'awkward', 'uproot', 'scipy'} & set(sys.modules), set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
