"""Expressions on trees: ROOT's stored answers, and names of branches that look like expressions."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import awkward as ak
import numpy as np
import pytest

from tmva_py.errors import DataError, ExpressionError, MissingBranchError
from tmva_py.expressions import Formula
from tmva_py.trees import open_tree


def test_roots_answers(shared: Path) -> None:
    tree = open_tree(f"{shared / 'formulas' / 'formula_tree.root'}:t")
    answers = json.loads((shared / "formulas" / "formula_answers.json").read_text())
    valid = [answer for answer in answers if answer["valid"]]
    assert len(valid) > 80
    for answer in valid:
        expected = np.array([float(value) for value in answer["values"]])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = Formula(answer["expression"])(tree)
        np.testing.assert_allclose(values, expected, rtol=1e-12, atol=1e-300, err_msg=answer["expression"])


def test_forms_of_trees() -> None:
    np.testing.assert_array_equal(Formula("x*2")({"x": [1, 2]}), [2.0, 4.0])
    np.testing.assert_array_equal(Formula("v")({"v": [[1.0, 2.0], [], [3.0]]}), [1.0, np.nan, 3.0])
    np.testing.assert_array_equal(Formula("3")({"x": [1, 2]}), [3.0, 3.0])
    np.testing.assert_array_equal(Formula("Entry$")({"x": np.zeros(4)}), [0, 1, 2, 3])
    np.testing.assert_array_equal(Formula("jet.pt + eta")(ak.Array([{"jet": {"pt": 1, "eta": 2}}])), [3.0])
    assert Formula("x")({"x": []}).shape == (0,)


def test_a_branch_with_signs_in_its_name_is_that_branch(shared: Path) -> None:
    tree = f"{shared / 'data' / 'Higgs_data.root'}:sig_tree"
    values = Formula("jet1_b-tag")(tree)
    np.testing.assert_array_equal(values, open_tree(tree).read(["jet1_b-tag"])["jet1_b-tag"].content)
    np.testing.assert_array_equal(Formula("a-b")({"a": [5.0], "b": [2.0]}), [3.0])
    np.testing.assert_array_equal(Formula("a-b")({"a": [5.0], "b": [2.0], "a-b": [7.0]}), [7.0])


def test_errors() -> None:
    with pytest.raises(ExpressionError, match=r"\^"):
        Formula("x +* y")({"x": [1.0]})
    with pytest.raises(DataError, match=r"dict of columns 'columns' has no branch 'xx'; did you mean 'x'\?"):
        Formula("xx + 1")({"x": [1.0]})


def test_a_name_that_the_tree_lacks_is_marked():
    with pytest.raises(MissingBranchError, match="has no branch 'xx'; did you mean 'x'") as caught:
        Formula("1 + xx")({"x": [1.0]})
    assert str(caught.value).endswith("  1 + xx\n      ^^")
    assert isinstance(caught.value, DataError)
    assert isinstance(caught.value, ExpressionError)
