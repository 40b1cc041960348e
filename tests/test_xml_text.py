"""Numbers and matrices as text."""

from __future__ import annotations

import tracemalloc
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tmva_py.errors import ShapeError, WeightFileError
from tmva_py.xml_text import (
    DL_STYLE,
    DNN_STYLE,
    add_matrix,
    format_double,
    format_values,
    read_integer,
    read_matrix,
)


def element(text: str, rows: object = 1, columns: object = 1, tag: str = "Weights") -> Element:
    result = Element(tag, {"Rows": str(rows), "Columns": str(columns)})
    result.text = text
    return result


def test_layout_of_tmva():
    text = format_values(np.array([[0.25, -3.0], [1e-12, 4e10]], np.float32))
    assert text == "2.50000000e-01  -3.00000000e+00  9.99999996e-13  4.00000000e+10  "
    assert format_values([1 / 3], DNN_STYLE) == "3.3333333333333331e-01 "
    assert format_double(9.9999997473787516e-05) == "9.9999997473787516e-05"


def test_element():
    parent = Element("DenseLayer")
    add_matrix(parent, "Weights", np.zeros((1, 2), np.float32))
    add_matrix(parent, "Biases", np.ones(2), DNN_STYLE)
    assert parent[0].attrib == {"Rows": "1", "Columns": "2"}
    assert parent[0].text == "\n0.00000000e+00  0.00000000e+00  \n"
    assert parent[1].attrib == {"rows": "2", "cols": "1"}
    with pytest.raises(
        ShapeError, match=r"<W>: expected a matrix or a vector, got an array of shape \(1, 1, 1\)"
    ):
        add_matrix(parent, "W", np.zeros((1, 1, 1)))


@given(
    hnp.arrays(
        np.float32,
        hnp.array_shapes(min_dims=1, max_dims=2, max_side=5),
        elements=st.floats(width=32, allow_subnormal=True),
    )
)
def test_float32_comes_back_to_the_last_bit(values):
    child = add_matrix(Element("Layer"), "Weights", values)
    read = read_matrix(child, values.shape)
    nan = np.isnan(values)
    np.testing.assert_array_equal(np.isnan(read), nan)
    np.testing.assert_array_equal(read.view(np.uint32)[~nan], values.view(np.uint32)[~nan])
    assert read.shape == values.shape


@given(hnp.arrays(np.float64, 3, elements=st.floats(allow_nan=False)))
def test_the_old_style_keeps_doubles(values):
    child = add_matrix(Element("Layer"), "Weights", values, DNN_STYLE)
    np.testing.assert_array_equal(read_matrix(child, (3,), style=DNN_STYLE, dtype=np.float64), values)


def test_a_vector_may_be_a_row_or_a_column():
    for rows, columns in ((2, 1), (1, 2)):
        np.testing.assert_array_equal(read_matrix(element("1 2", rows, columns), (2,)), [1, 2])
    assert read_matrix(element("1 2", 1, 2)).shape == (1, 2)


@pytest.mark.parametrize(
    ("found", "shape", "message"),
    [
        (element("1 2", 1, 2), (2, 1), r"<Weights>: file has \(1, 2\), the network needs \(2, 1\)"),
        (element("1 2", 2, 2), (2,), r"<Weights>: file has \(2, 2\), the network needs \(2, 1\)"),
        (element("1 2 3 4 5", 2, 2), (2, 2), r"<Weights>: expected 4 numbers, found 5"),
        (element("1 2.0000", 2, 2), (2, 2), r"<Weights>: expected 4 numbers, found 2"),
        (element("1 2", 2, 2), (2, 2), r"<Weights>: expected 4 numbers, but the text has 3 characters only"),
        (element("", 2, 2), (2, 2), r"<Weights>: expected 4 numbers, but the text has 0 characters only"),
        (
            element("1 2,5", 1, 2),
            (1, 2),
            r"<Weights>: number 2 of 2 is '2,5', expected a number such as 1.25e-01",
        ),
        (element("1_0 2", 1, 2), (1, 2), r"<Weights>: number 1 of 2 is '1_0', expected"),
        (element("1 ٢", 1, 2), (1, 2), r"<Weights>: number 2 of 2 is '٢', expected"),
        (element("1 1e39", 1, 2), (1, 2), r"<Weights>: number 2 of 2 is '1e39', too large for float32"),
        (element("1", "x", 1), (1, 1), r"<Weights>: Rows='x' must be a whole number of at least 1"),
        (element("1", 1, -1), (1, 1), r"<Weights>: Columns='-1' must be a whole number of at least 1"),
        (element("1", "9" * 5000, 1), (1, 1), r"<Weights>: Rows='9{40}…' must be a whole number"),
    ],
)
def test_damage_is_named(found, shape, message):
    with pytest.raises(WeightFileError, match=message):
        read_matrix(found, shape)


def test_missing_attribute():
    with pytest.raises(WeightFileError, match=r"<Biases> has no attribute 'Rows'"):
        read_matrix(Element("Biases"), (1,))
    assert read_integer(Element("Layer", {"Width": " 7 "}), "Width") == 7


def test_infinite_numbers_of_a_file_are_kept():
    np.testing.assert_array_equal(read_matrix(element("inf -inf nan", 1, 3)), [[np.inf, -np.inf, np.nan]])


def test_huge_claims_take_no_memory():
    claim = element("1 2 3", 1_000_000_000, 1_000_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(WeightFileError, match="but the text has 5 characters only"):
            read_matrix(claim)
        with pytest.raises(WeightFileError, match=r"the network needs \(3, 1\)"):
            read_matrix(claim, (3, 1))
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_the_style_of_the_deep_network_is_the_default():
    assert DL_STYLE.digits == 8
    assert DL_STYLE.blanks == 2
