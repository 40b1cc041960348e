"""Tables of correlations: their numbers against NumPy, their lines against TMVA's rules."""

from __future__ import annotations

import numpy as np

from tmva_py.evaluation.correlation_tables import linear_correlations, matrix_lines, value_lines


def test_linear_correlations() -> None:
    rng = np.random.default_rng(5)
    values = rng.normal(size=(500, 3)) @ rng.normal(size=(3, 3)) + 100
    np.testing.assert_allclose(linear_correlations(values), np.corrcoef(values.T), rtol=1e-10)
    flat = np.column_stack([values[:, 0], np.full(500, 7.0)])
    assert linear_correlations(flat).tolist() == [[1, 0], [0, 1]]
    assert linear_correlations(values[:0]).tolist() == np.eye(3).tolist()


def test_long_names_of_rows_do_not_widen_the_rule() -> None:
    lines = matrix_lines(np.array([[0.5, -1.0]]), ["a_variable_of_25_letters_"], ["LD", "a_long_title"])
    assert lines[0] == "-" * (12 + 1 + 8 + 13)
    assert lines[1] == " " * 26 + "      LD a_long_title"
    assert lines[2] == "a_variable_of_25_letters_:  +0.500       -1.000"


def test_long_names_of_values() -> None:
    lines = value_lines([-0.5], ["a_long_title_x"], "Method", "Cut value")
    assert lines[0] == "-" * (14 + 14 + 3)
    assert lines[1] == "        Method:      Cut value:"
    assert lines[3] == "a_long_title_x:         -0.500"
