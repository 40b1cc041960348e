"""Columns: parts, selections and joins are those of awkward arrays."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import awkward as ak
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tmva_py.errors import DataError
from tmva_py.trees import Column
from tmva_py.trees.columns import as_column

ARRAYS: dict[str, Any] = {
    "numbers": np.arange(6, dtype=np.int16),
    "matrix": np.arange(12.0).reshape(6, 2),
    "lists": ak.Array([[1.0, 2.0], [], [3.0], [], [4.0, 5.0, 6.0], [7.0]]),
    "lists of lists": ak.Array([[[1], [2, 3]], [], [[]], [[4, 5]], [[], [6]], [[7]]]),
    "lists of pairs": ak.to_regular(ak.Array([[[1, 2]], [], [[3, 4], [5, 6]], [], [[7, 8]], []]), axis=2),
    "pairs of lists": ak.to_regular(ak.Array([[[1.0], []]] * 3 + [[[], [2.0, 3.0]]] * 3), axis=1),
    "empty lists": ak.Array([[[1.0]]])[[0] * 6, :0],
}


@pytest.mark.parametrize("name", ARRAYS)
def test_against_awkward(name: str) -> None:
    array = ARRAYS[name]
    column = as_column(array, "there")
    assert len(column) == 6
    assert ak.to_list(column.to_array()) == ak.to_list(array)
    for start, stop in ((0, 6), (1, 4), (3, 3), (5, 6)):
        assert ak.to_list(column.range(start, stop).to_array()) == ak.to_list(array[start:stop])
        again = column.range(start, 6).range(0, stop - start)
        assert ak.to_list(again.to_array()) == ak.to_list(array[start:stop])
    for entries in ([], [4], [0, 2, 4], [5, 5, 1]):
        chosen = np.array(entries, dtype=np.int64)
        assert ak.to_list(column.select(chosen).to_array()) == ak.to_list(array[chosen])
        joined = Column.concatenate([column.range(0, 2), column.range(2, 2), column.select(chosen)])
        assert ak.to_list(joined.to_array()) == ak.to_list(array[:2]) + ak.to_list(array[chosen])
        assert joined.content.dtype == column.content.dtype


def test_joined_arrays_of_different_sizes_become_lists() -> None:
    parts = [as_column(np.ones((2, 3)), ""), as_column(np.zeros((1, 2)), "")]
    assert ak.to_list(Column.concatenate(parts).to_array()) == [[1, 1, 1], [1, 1, 1], [0, 0]]


LISTS = st.lists(st.lists(st.lists(st.integers(-9, 9), max_size=3), max_size=3), max_size=6)


@settings(max_examples=100, deadline=None)
@given(LISTS, st.data())
def test_random_lists(lists: list[list[list[int]]], data: st.DataObject) -> None:
    column = as_column(ak.values_astype(ak.Array([*lists, [[0]]])[:-1], np.int64), "there")
    chosen = np.array(data.draw(st.lists(st.integers(0, len(lists) - 1))) if lists else [], dtype=np.int64)
    assert ak.to_list(column.select(chosen).to_array()) == [lists[place] for place in chosen]
    start = data.draw(st.integers(0, len(lists)))
    assert ak.to_list(column.range(start, len(lists)).to_array()) == lists[start:]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["a"], "found <U1 of shape"),
        (ak.Array(["a"]), "found an awkward array of type 1 \\* string"),
        (ak.Array([{"x": 1}]), "found an awkward array of type"),
        (np.zeros(1, "c16"), "found complex128"),
        (ak.Array([[None, 1.0]]), r"values are missing \(None\)"),
        (np.array([object()]), "found items that are neither"),
        ([np.ma.array([1.0, 2.0], mask=[False, True]), np.array([3.0])], "1 values are masked"),
        (np.array(["2020-01-01"], "M8[D]"), "found datetime64"),
        ([1.0, None], r"values are missing \(None\)"),
        ([b"1"], "found .S1"),
    ],
)
def test_what_is_no_number(values: Any, message: str) -> None:
    with pytest.raises(DataError, match=f"there: .*{message}"):
        as_column(values, "there")


def test_numbers_of_python_that_no_array_holds_are_doubles() -> None:
    for values in ([10**30, 1], [Decimal("1e30"), Decimal(1)], [Fraction(10**30), Fraction(1)]):
        assert as_column(values, "there").content.tolist() == [1e30, 1.0]
