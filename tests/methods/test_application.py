"""`tmva_py.evaluate`: events in every form."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import awkward as ak
import numpy as np
import pandas as pd
import pytest
import uproot
from golden import entry_of
from weight_files import NETWORK_CASES, SMALL, changed

import tmva_py
from tmva_py.errors import DataError, ShapeError, TMVAWarning
from tmva_py.methods.weight_file import read_weight_file

X = np.array([[0.5, 1.0, -2.0], [3.0, 0.0, 1.0], [-1.0, 2.5, 0.25]], np.float32)
EXPECTED = read_weight_file(SMALL).evaluate(X)


@pytest.mark.parametrize("case", NETWORK_CASES)
def test_golden_cases(shared, case):
    tolerance = entry_of(shared, case)["tolerance"]
    folder = shared / "golden" / case
    with np.load(folder / "events.npz") as events:
        response = tmva_py.evaluate(folder / "weights.xml", events["X"])
        assert response.dtype == np.float64
        np.testing.assert_allclose(response, events["response"], **tolerance)


def columns(**names):
    return {name: X[:, number].astype(np.float64) for name, number in names.items()}


FORMS = {
    "expressions": columns(a=0, **{"b+1": 1}, c=2),
    "labels": columns(a=0, second=1, c=2),
    "branches": {**columns(a=0, c=2), "b": X[:, 1].astype(np.float64) - 1, "other": np.zeros(3)},
    "lists": {name: values.tolist() for name, values in columns(c=2, second=1, a=0).items()},
}


@pytest.mark.parametrize("form", FORMS)
def test_columns(form):
    for events in (FORMS[form], pd.DataFrame(FORMS[form]), ak.Array(FORMS[form])):
        np.testing.assert_allclose(tmva_py.evaluate(SMALL, events), EXPECTED, rtol=1e-6)


def test_arrays():
    for events in (X, X.astype(np.float64), X.tolist(), np.asfortranarray(X), ak.Array(X)):
        np.testing.assert_array_equal(tmva_py.evaluate(SMALL, events), EXPECTED)
    assert tmva_py.evaluate(SMALL, X[:0]).shape == (0,)
    structured = np.rec.fromarrays(X.T, names=["a", "second", "c"])
    np.testing.assert_allclose(tmva_py.evaluate(SMALL, structured), EXPECTED, rtol=1e-6)


def test_trees(tmp_path):
    path = tmp_path / "f.root"
    with uproot.recreate(path) as file:
        file["t"] = FORMS["branches"]
    np.testing.assert_allclose(tmva_py.evaluate(SMALL, f"{path}:t"), EXPECTED, rtol=1e-6)
    with uproot.open(path) as file:
        np.testing.assert_allclose(tmva_py.evaluate(SMALL, file["t"]), EXPECTED, rtol=1e-6)


def test_the_trees_of_tmva_have_branches_by_label(tmp_path):
    path = tmp_path / "f.root"
    with uproot.recreate(path) as file:
        file["t"] = FORMS["labels"]
    np.testing.assert_allclose(tmva_py.evaluate(SMALL, f"{path}:t"), EXPECTED, rtol=1e-6)


def test_a_column_that_may_be_variable_or_branch():
    text = changed('Expression="c"', 'Expression="c/2"')
    with pytest.warns(TMVAWarning, match=r"column 'c' is taken for the variable 'c := c/2' itself") as caught:
        response = tmva_py.evaluate(text, FORMS["labels"])
    np.testing.assert_allclose(response, EXPECTED, rtol=1e-6)
    assert caught[0].filename == __file__
    clear = {**FORMS["labels"], "c/2": FORMS["labels"]["c"]}
    np.testing.assert_allclose(tmva_py.evaluate(text, clear), EXPECTED, rtol=1e-6)


def test_branches_named_like_a_constant_win_over_it():
    text = changed('Expression="c" Label="c"', 'Expression="x*pi" Label="area"')
    pi = np.array([5.0, 7.0, 9.0])
    table = {**FORMS["branches"], "pi": pi, "x": X[:, 2] / pi}
    for events in (table, pd.DataFrame(table), ak.Array(table)):
        np.testing.assert_allclose(tmva_py.evaluate(text, events), EXPECTED, rtol=1e-6)
    reader = tmva_py.Reader("Silent")
    for name in ("a", "second := b+1", "area := x*pi"):
        reader.AddVariable(name, np.zeros(1, np.float32))
    reader.BookMVA("m", text)
    np.testing.assert_allclose(reader.EvaluateMVA(table, "m"), EXPECTED, rtol=1e-6)


def test_a_method_saves_reading_the_file_again():
    method = read_weight_file(SMALL)
    np.testing.assert_array_equal(tmva_py.evaluate(method, X), EXPECTED)


def test_array_variables(shared):
    folder = shared / "golden" / "dl_lstm_seq"
    with np.load(folder / "events.npz") as events:
        x = events["X"]
    expected = tmva_py.evaluate(folder / "weights.xml", x)
    arrays = {f"vars_time{time}": x[:, 30 * time : 30 * (time + 1)] for time in range(10)}
    np.testing.assert_array_equal(tmva_py.evaluate(folder / "weights.xml", arrays), expected)
    single = {f"vars_time{i // 30}[{i % 30}]": x[:, i] for i in range(300)}
    np.testing.assert_array_equal(tmva_py.evaluate(folder / "weights.xml", single), expected)
    arrays["vars_time3"] = arrays["vars_time3"][:, :29]
    with pytest.warns(TMVAWarning, match="'vars_time3' has no element 29 in entry 0; 0 is used, as in TMVA"):
        tmva_py.evaluate(folder / "weights.xml", arrays)


def test_no_number():
    x = X.copy()
    x[1, 0] = x[1, 2] = np.nan
    with pytest.warns(TMVAWarning) as caught:
        response = tmva_py.evaluate(SMALL, x)
    assert [str(warning.message) for warning in caught] == [
        "DL 'small': 1 of 3 events have a variable that is not a number (a, c in event 1); "
        "the response is -999 there"
    ]
    assert caught[0].filename == __file__
    assert response[1] == -999
    np.testing.assert_array_equal(response[[0, 2]], EXPECTED[[0, 2]])


def test_values_beyond_float32_are_infinite_and_raise_nothing():
    response = tmva_py.evaluate(SMALL, [[1e300, 0.0, 0.0], [np.inf, -np.inf, 0.0]])
    assert response.shape == (2,)


@pytest.mark.parametrize(
    ("events", "error", "message"),
    [
        (X[:, :2], ShapeError, r"\(N, 3\), a column for each of a, second, c; got shape \(3, 2\)"),
        (X[0], ShapeError, r"got shape \(3,\); one event is events\[None, :\]"),
        ([[1, 2], [3]], DataError, "expected numbers, one row for each event, got list"),
        ("text.txt", DataError, "text.txt"),
        ({"a": [1.0], "c": [1.0]}, DataError, r"variable 1, 'b\+1' \(label 'second'\): .*has no branch 'b'"),
        (None, DataError, "expected numbers"),
    ],
)  # fmt: skip
def test_wrong_events(events, error, message):
    with pytest.raises(error, match=message):
        tmva_py.evaluate(SMALL, events)


def test_several_classes_answer_with_no_number_where_a_variable_is_none():
    text = changed('value="Classification"', 'value="Multiclass"')
    for one, two in (
        ('<DenseLayer Width="1"', '<DenseLayer Width="2"'),
        ('<Weights Rows="1" Columns="2">', '<Weights Rows="2" Columns="2">'),
        ("1.5  -2.5", "1.5  -2.5  0.5  1.0"),
        ('<Biases Rows="1" Columns="1">\n        0.3', '<Biases Rows="2" Columns="1">\n        0.3  0.1'),
    ):
        assert one in text
        text = text.replace(one, two)
    with pytest.warns(TMVAWarning, match="the response may be anything there"):
        assert tmva_py.evaluate(text, [[np.nan, 0.0, 0.0]]).shape == (1, 2)


def test_threads():
    method = read_weight_file(SMALL)
    many = np.random.default_rng(1).standard_normal((5000, 3)).astype(np.float32)
    expected = tmva_py.evaluate(method, many)
    with ThreadPoolExecutor(8) as pool:
        parts = list(pool.map(lambda i: tmva_py.evaluate(method, many[i * 50 : (i + 1) * 50]), range(100)))
    np.testing.assert_allclose(np.concatenate(parts), expected, rtol=1e-6)
