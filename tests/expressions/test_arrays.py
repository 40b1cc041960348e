"""Arrays, lists, indices and the `$` functions, against loops over the entries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import awkward as ak
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmva_py.errors import DataError, ExpressionError, TMVAWarning
from tmva_py.expressions import Formula, Instances
from tmva_py.trees import open_tree

NAN = float("nan")
V = [[1.0, 2.0], [], [3.0, -4.0, 5.0]]
COLUMNS: dict[str, Any] = {
    "x": np.array([1.0, 2.0, -3.0], dtype=">f4"),
    "i": np.array([1, 2, 5]),
    "n": np.array([-1, 0, 7]),
    "a": np.arange(9.0).reshape(3, 3),
    "one": np.array([[1.0], [2.0], [3.0]]),
    "m": np.arange(18.0).reshape(3, 3, 2),
    "v": ak.Array(V),
    "w": ak.Array([[[], [1.0]], [], [[4.0, 5.0, 6.0], [7.0]]]),
    "Jet.pt": np.array([[10.0, 20.0], [30.0, 40.0], [50.0, 60.0]]),
    "jet-b": np.array([7.0, 8.0, 9.0]),
}


def on_all(text: str, columns: dict[str, Any]) -> Instances:
    tree = open_tree(columns)
    formula = Formula(text).on(tree)
    return formula.instances(tree.read(formula.branches))


def counts(text: str, columns: dict[str, Any]) -> list[int]:
    found = on_all(text, columns)
    return [1] * len(found.values) if found.counts is None else found.counts.tolist()


def values(text: str) -> list[float]:
    return Formula(text)(COLUMNS).tolist()


def instances(text: str) -> list[list[float]]:
    return ak.to_list(ak.unflatten(on_all(text, COLUMNS).values, counts(text, COLUMNS)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", [0, 3, 6]),
        ("a[]", [0, 3, 6]),
        ("a[2]", [2, 5, 8]),
        ("a[i%3]", [1, 5, 8]),
        ("a[x>0]", [1, 4, 6]),
        ("a[.9]", [0, 3, 6]),
        ("a[n]", [NAN, 3, NAN]),  # -1 and 7 are out of range
        ("a[n]+1", [NAN, 4, NAN]),  # … and the whole formula is undefined there
        ("n<7&&n>-1&&a[n]>2", [0, 1, 0]),  # … unless what is before decides
        ("Alt$(a[n],2)", [NAN, 3, NAN]),  # Alt$ looks at fixed indices alone
        ("Sum$(a[n])", [NAN, 3, NAN]),
        ("(n==0)*a[n]", [NAN, 3, NAN]),
        ("!(a[n]>0)", [NAN, 0, NAN]),
        ("v*2", [2, NAN, 6]),
        ("v[1]", [2, NAN, -4]),
        ("v[1]+1", [3, NAN, -3]),
        ("x>5||v[1]>1", [1, NAN, 0]),
        ("x>1||v[2]>0", [NAN, 1, 1]),  # decided before the index is looked at
        ("x<2?10:v[9]", [10, NAN, 10]),
        ("v[Length$(v)-1]", [2, NAN, 5]),
        ("m[1][1]", [3, 9, 15]),
        ("m[2]", [4, 10, 16]),
        ("w", [1, NAN, 4]),  # the first list of entry 0 is empty
        ("w[0][1]", [NAN, NAN, 5]),
        ("Jet.pt[1]", [20, 40, 60]),
        ("Jet[1].pt", [20, 40, 60]),
        ("Sum$(a*x)", [3, 24, -63]),
        ("Sum$(a)/Length$(a)", [1, 4, 7]),
        ("Max$(a*(a<5))", [2, 4, 0]),
        ("Min$(v)", [1, 0, -4]),
        ("MinIf$(a,a>4)", [0, 5, 6]),
        ("MaxIf$(v,v<5)", [2, 0, 3]),
        ("Sum$(v*a)", [2, 0, 18 - 28 + 40]),
        ("Sum$(m)", [15, 51, 87]),
        ("Sum$(w)", [1, 0, 22]),
        # A length of 1 gives way to 3, and `one` has nothing beyond the first element.
        ("Sum$(one*a)", [NAN, NAN, NAN]),
        ("Length$(v)", [2, 0, 3]),
        ("Length$(v[1])", [1, 0, 1]),
        ("Length$(x)", [1, 1, 1]),
        ("@v.size()", [2, 0, 3]),
        ("v@.size()", [2, 0, 3]),
        ("@a.size()", [3, 3, 3]),
        ("Alt$(v[1],-1)", [2, -1, -4]),
        ("Alt$(a[7],i)", [1, 2, 5]),
        ("Sum$(Alt$(v,-1)*(a>-1))", [2, -3, 4]),
        ("Sum$(Iteration$*(a>-1))", [3, 3, 3]),
        ("Sum$(Length$*(v>-9))", [4, 0, 9]),
        ("Entry$", [0, 1, 2]),
        ("LocalEntry$+Entries$", [3, 4, 5]),
        ("TMath::Max(a[0],a[1])", [1, 4, 7]),
        ("[i]*2", [2, 4, 10]),
        ("x[0]", [1, 2, -3]),
    ],
)  # fmt: skip
def test_instance_zero(text: str, expected: list[float]) -> None:
    np.testing.assert_array_equal(values(text), expected)


def test_beyond_a_length_of_one_there_is_no_value() -> None:
    columns = {"one": np.array([[2.0]]), "a": np.array([[3.0, 5.0]])}
    np.testing.assert_array_equal(Formula("Sum$(one*a)")(columns), [NAN])
    assert counts("one*a", columns) == [2]
    np.testing.assert_array_equal(on_all("one*a", columns).values, [6.0, NAN])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", [[1.0], [2.0], [-3.0]]),
        ("a*x", [[0.0, 1.0, 2.0], [6.0, 8.0, 10.0], [-18.0, -21.0, -24.0]]),
        ("v", V),
        ("v+Iteration$", [[1.0, 3.0], [], [3.0, -3.0, 7.0]]),
        ("a[v]", [[1.0, 2.0], [], [NAN, NAN, NAN]]),
        ("v[1]", [[2.0], [], [-4.0]]),
        ("w", [[1.0], [], [4.0, 5.0, 6.0, 7.0]]),
        ("m[1]", [[2.0, 3.0], [8.0, 9.0], [14.0, 15.0]]),
        ("Sum$(v)+a[]", [[3.0, 4.0, 5.0], [3.0, 4.0, 5.0], [10.0, 11.0, 12.0]]),
    ],
)
def test_all_instances(text: str, expected: list[list[float]]) -> None:
    assert str(instances(text)) == str(expected)
    assert on_all(text, COLUMNS).values.dtype == np.float64


def test_no_counts_where_each_entry_has_one_value() -> None:
    loops = {"a": True, "v*x": True, "a[i%3]": False, "x": False, "Sum$(a)": False, "7": False}
    for text, expected in loops.items():
        assert (on_all(text, COLUMNS).counts is not None) == expected


def test_an_only_value_is_that_of_every_instance() -> None:
    found = on_all("v", {"v": [[1.0, 2.0], [], [3.0]]})
    taken, missing = found.take(np.array([0, 0, 0, 1, 2, 2]), np.array([0, 1, 2, 0, 0, 5]))
    np.testing.assert_array_equal(taken, [1, 2, NAN, NAN, 3, 3])
    assert missing.tolist() == [False, False, True, True, False, False]


def test_values_beyond_a_list_are_told_from_other_nans() -> None:
    found = on_all("a[n]*(x>0?1:TMath::Sqrt(-1))", {**COLUMNS, "n": np.array([0, 1, 2])})
    assert found.beyond is not None
    assert not found.beyond.any()
    assert np.isnan(found.values).tolist() == [False, False, True]
    _, missing = on_all("a[n]", COLUMNS).take(np.arange(3), np.zeros(3, dtype=np.int64))
    assert missing.tolist() == [True, False, True]


def test_entry_numbers_go_on_over_blocks_and_chunks() -> None:
    n = 40_000  # more than one block
    columns = {"x": np.arange(n, dtype=np.float64), "v": ak.unflatten(np.arange(2 * n), 2)}
    tree = open_tree(columns)
    entries = replace(tree.read(["x", "v"]), first=5, total=99)
    found = Formula("Entry$*1e6+Entries$+x+Sum$(v)").on(tree).first_instance(entries)
    expected = (np.arange(n) + 5) * 1e6 + 99 + np.arange(n) + (4 * np.arange(n) + 1)
    np.testing.assert_array_equal(found, expected)


LISTS = st.lists(st.lists(st.floats(-1e3, 1e3) | st.just(float("nan")), max_size=4), min_size=1, max_size=5)


@settings(max_examples=200, deadline=None)
@given(LISTS)
def test_reductions_against_loops(lists: list[list[float]]) -> None:
    columns = {"v": ak.values_astype(ak.Array([*lists, [0.0]])[:-1], np.float64)}
    sums, lows, highs, counts = [], [], [], []
    for items in lists:
        total, low, high = 0.0, items[0] if items else 0.0, items[0] if items else 0.0
        for item in items:
            total += item
            low = item if item < low else low
            high = item if item > high else high
        sums.append(total)
        lows.append(low)
        highs.append(high)
        counts.append(sum(item > 0 for item in items))
    for text, expected in (("Sum$(v)", sums), ("Min$(v)", lows), ("Max$(v)", highs), ("Sum$(v>0)", counts)):
        np.testing.assert_array_equal(Formula(text)(columns), expected)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a[3]", "index 3 of branch 'a' is too high, the highest is 2"),
        ("x[1]", "branch 'x' has 0 array dimensions, found 1"),
        ("a[0][0]", "branch 'a' has 1 array dimension, found 2"),
        ("a[-2]", "an index is not negative, found -2"),
        ("Alt$(x,a)", "the second argument of Alt\\$ may not be an array"),
        ("v.size()", "write @v.size\\(\\) or Length\\$\\(v\\)"),
        ("@v", "its size is @v.size\\(\\)"),
        ("Sm$(a)", "did you mean 'Sum\\$'"),
    ],
)
def test_mistakes_with_arrays(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message) as error:
        values(text)
    assert "^" in str(error.value)


@pytest.mark.parametrize(
    ("text", "meaning"), [("a[1+i]", "a[1]"), ("a[-1]", "a[]"), ("a[2-i]", "a[2]"), ("a[1.5]", "a[1]")]
)
def test_what_root_drops_of_an_index_is_warned_of(text: str, meaning: str) -> None:
    with pytest.warns(TMVAWarning, match="ROOT reads"):
        found = values(text)
    assert found == values(meaning)


def test_index_in_parentheses_is_calculated() -> None:
    assert values("a[(3-i%3)%3]") == [2.0, 4.0, 7.0]


def test_a_text_that_is_a_branch_is_that_branch() -> None:
    assert Formula("jet-b")(COLUMNS).tolist() == [7.0, 8.0, 9.0]
    assert Formula("jet-b").on(open_tree(COLUMNS)).branches == ("jet-b",)
    assert Formula("jet-b").on(open_tree({"jet": [1], "b": [2]})).branches == ("jet", "b")


@pytest.mark.parametrize(
    "data",
    [np.array(["a"]), ak.Array(["a"]), ak.Array([{"x": 1}]), ak.Array([None, 1.0]), np.zeros(1, "c16")],
)
def test_columns_that_are_not_numbers(data: Any) -> None:
    with pytest.raises(
        DataError, match=r"column 'x': (numbers or lists of numbers are expected|values are mis)"
    ):
        Formula("x")({"x": data})


def test_columns_of_different_lengths() -> None:
    with pytest.raises(DataError, match="differ in length: 'x' has 3, 'y' has 2"):
        Formula("x+y")({"x": np.zeros(3), "y": np.zeros(2)})


def test_no_entries() -> None:
    columns = {"x": np.zeros(0), "v": ak.Array([[1.0]])[:0], "a": np.zeros((0, 3))}
    for text in ("x", "v", "a", "Sum$(v)", "Min$(a)", "a[1]*x", "v[2]"):
        assert Formula(text)(columns).shape == (0,)
        assert len(on_all(text, columns).values) == 0
