"""What is read, what is refused and in which words."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmva_py.errors import ExpressionError, TMVAError, TMVAWarning
from tmva_py.expressions import Expression

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
        ("x y*2 y", "unknown name 'xy'", None),
        ("(x) y", "an operator is expected before 'y'", 4),
        ("2 (x)", "an operator is expected before '\\('", 2),
        ("x!y", "an operator is expected before '!'", 1),
        ("x = y", "'=' is no operator, write '=='", 2),
        ("x =< y", "ROOT does not know '=<', write '<='", 2),
        ("~i", "ROOT knows no '~'", 0),
        ("+x", "ROOT knows no sign '\\+' but before a number", 0),
        ("!-x", "a value is expected after '!'; put what follows in parentheses", 0),
        ("x<=y<=i", "ROOT cannot read two '<=' in a row", 4),
        ("x<y>i", "takes '<…>' for a C\\+\\+ template", 1),
        ("x>0?y>0?1:2:3", "a '\\?:' between '\\?' and ':'; put it in parentheses", 7),
        ("x ? y", "'\\?' without a ':' after it", 2),
        ("x : y", "':' without a '\\?' before it", 2),
        ("x,y", "',' stands only between the arguments of a function", 1),
        ("()", "a value is expected after '\\('", 1),
        ("(int)x", "no casts such as \\(int\\); write int\\(x\\)", 0),
        ("x\t*y", "only blanks may stand between the parts of an expression, found a tab", 1),
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
        ("y*enregy", "unknown name 'enregy'; did you mean 'energy'\\?", 2),
        ("true", "unknown name 'true'", 0),
    ],
)
@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
def test_message_and_caret(text: str, message: str, column: int | None) -> None:
    with pytest.raises(ExpressionError, match=message) as error:
        Expression(text).evaluate(COLUMNS, 2)
    if column is not None:
        lines = str(error.value).splitlines()
        caret = next(line for line in lines if set(line.strip()) == {"^"})
        assert caret.index("^") == column + 2


def test_unknown_names_are_found_at_once_when_the_branches_are_known() -> None:
    with pytest.raises(ExpressionError, match=r"unknown name 'enrgy'; did you mean 'energy'\?") as error:
        Expression("2*enrgy", known_branches=COLUMNS)
    assert "branches: energy, i, x, y" in str(error.value)


@pytest.mark.parametrize("text", ["", "   ", ";x"])
def test_an_empty_text(text: str) -> None:
    with pytest.raises(ExpressionError, match="an expression is expected"):
        Expression(text)


def test_other_things_than_texts() -> None:
    with pytest.raises(ExpressionError, match="an expression is a text such as 'x\\+y', not int"):
        Expression(7)  # type: ignore[arg-type]


def test_what_root_drops_or_joins_is_warned_of() -> None:
    with pytest.warns(TMVAWarning, match="ROOT drops everything from the first ';' on\n  x;y\n   \\^\\^"):
        assert Expression("x;y").branches == ("x",)
    with pytest.warns(TMVAWarning, match="ROOT removes blanks"):
        assert Expression("1 2").evaluate({}, 1).tolist() == [12.0]


def test_pi_is_a_branch_if_there_is_one() -> None:
    assert Expression("2*pi").branches == ()
    assert Expression("Sum$(2*pi)", known_branches=["pi"]).evaluate({"pi": np.array([7.0])}).tolist() == [
        14.0
    ]


def test_branches_in_order_of_first_use() -> None:
    expression = Expression("y + Sum$(a[i%3]*x) + Alt$(v[0],y) + @w.size() + [e]")
    assert expression.branches == ("y", "a", "i", "x", "v", "w", "e")
    assert repr(expression) == "Expression('y + Sum$(a[i%3]*x) + Alt$(v[0],y) + @w.size() + [e]')"


@pytest.mark.parametrize(
    "text",
    ["(" * 10_000 + "x" + ")" * 10_000, "x" + "+x" * 20_000, "x" + "*-x" * 5_000, "x" + "&&x" * 5_000],
)
def test_long_texts_are_read(text: str) -> None:
    start = time.perf_counter()
    assert Expression(text).evaluate({"x": np.ones(1)}, 1).shape == (1,)
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize(
    "text",
    ["-(" * 10_000 + "x" + ")" * 10_000, "sqrt(" * 10_000 + "x" + ")" * 10_000, "!" * 10_000 + "x",
     "a[" * 5_000 + "1" + "]" * 5_000, "x?1:" * 2_000 + "2", "x" + "<x" * 5_000, "(" * 50_000, "x" * 200_000],
)  # fmt: skip
def test_texts_that_are_too_deep_or_long_are_errors(text: str) -> None:
    with pytest.raises(ExpressionError) as error:
        Expression(text)
    assert len(str(error.value)) < 400


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="xy12.()[]+-*/%^<>=!&|?:,$@ eEint;\"'~\\Sum", max_size=25))
@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
def test_any_text_is_read_or_refused_in_our_own_words(text: str) -> None:
    with contextlib.suppress(TMVAError):
        assert Expression(text).evaluate(COLUMNS, 2).shape == (2,)


def test_importing_does_not_import_the_parser() -> None:
    code = (
        "import sys, tmva_py.expressions; "
        "assert not {'lark', 'awkward', 'uproot', 'scipy'} & set(sys.modules), set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
