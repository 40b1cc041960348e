"""ROOT's own answers (../shared/formulas) for each expression and entry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tmva_py.errors import ExpressionError
from tmva_py.expressions import Formula

# Refused by ROOT, and by us.
REFUSED = {"+x", "x>0?y>0?1:2:3", "~i", "x\t*y", "true", "false"}


@pytest.fixture(scope="module")
def answers(shared: Path) -> list[dict[str, Any]]:
    with (shared / "formulas" / "formula_answers.json").open() as file:
        return json.load(file)


@pytest.fixture(scope="module")
def columns(shared: Path) -> dict[str, Any]:
    uproot = pytest.importorskip("uproot")
    with uproot.open(shared / "formulas" / "formula_tree.root") as file:
        tree = file["t"]
        return {
            name: tree[name].array(library="ak" if name == "v" else "np")
            for name in ("x", "y", "z", "i", "k", "a", "v")
        }


def test_values_are_those_of_root(answers: list[dict[str, Any]], columns: dict[str, Any]) -> None:
    valid = [answer for answer in answers if answer["valid"]]
    assert len(valid) > 100
    for answer in valid:
        expected = np.array([float(value) for value in answer["values"]])
        found = Formula(answer["expression"])(columns)
        assert found.dtype == np.float64
        # libm and NumPy differ in the last bit of exp, sinh and the like.
        np.testing.assert_allclose(found, expected, rtol=1e-15, atol=0, err_msg=answer["expression"])


def test_arithmetic_is_exactly_that_of_root(answers: list[dict[str, Any]], columns: dict[str, Any]) -> None:
    for answer in answers:
        text = answer["expression"]
        if answer["valid"] and not any(
            name in text for name in ("exp", "log", "pow", "Power", "tan", "sinh", "cosh", "Gaus", "Erf")
        ):
            expected = np.array([float(value) for value in answer["values"]])
            np.testing.assert_array_equal(Formula(text)(columns), expected, err_msg=text)


def test_what_root_refuses_is_refused(answers: list[dict[str, Any]], columns: dict[str, Any]) -> None:
    assert {answer["expression"] for answer in answers if answer["valid"] is False} == REFUSED
    for text in REFUSED:
        with pytest.raises(ExpressionError, match=r"\^"):
            Formula(text)(columns)


def test_modulo_by_zero_where_root_crashes_is_zero(columns: dict[str, Any]) -> None:
    found = Formula("i%k")(columns)
    expected = [
        float(int(np.fmod(i, k))) if k else 0.0 for i, k in zip(columns["i"], columns["k"], strict=True)
    ]
    np.testing.assert_array_equal(found, expected)


def test_a_column_may_come_from_any_array_library(columns: dict[str, Any], shared: Path) -> None:
    import awkward
    import uproot

    with uproot.open(shared / "formulas" / "formula_tree.root") as file:
        objects = file["t"]["v"].array(library="np")
        everything_awkward = {
            name: awkward.from_numpy(np.asarray(columns[name], dtype="f8")) for name in "xyzika"
        }
    for text in ("v[1]", "Sum$(v*a)", "v*x", "Max$(v)", "a[1]", "Sum$(a)", "Length$(v)"):
        expected = Formula(text)(columns)
        np.testing.assert_array_equal(Formula(text)({**columns, "v": objects}), expected)
        np.testing.assert_array_equal(Formula(text)({**everything_awkward, "v": columns["v"]}), expected)
