"""Shapes of events and batches."""

from __future__ import annotations

import pytest

from tmva_py.errors import OptionError, ShapeError, TMVAWarning, TrainingError
from tmva_py.layouts import check_event_counts, parse_batch_layout, parse_input_layout


@pytest.mark.parametrize(
    ("text", "n_variables", "shape"),
    [
        ("7", 7, (1, 1, 7)),
        ("10|30", 300, (10, 1, 30)),
        ("10|1|30", 300, (10, 1, 30)),
        ("1|16|16", 256, (1, 16, 16)),
        ("1|1|7", 7, (1, 1, 7)),
        ("0|0|0", 12, (1, 1, 12)),
        ("0", 12, (1, 1, 12)),
        ("10|30", None, (10, 1, 30)),
    ],
)
def test_input_layouts(text, n_variables, shape):
    assert parse_input_layout(text, n_variables) == shape


def test_input_layout_repairs():
    with pytest.warns(TMVAWarning, match="sign of -10 is dropped; write 10"):
        assert parse_input_layout("-10|30", 300) == (10, 1, 30)
    with pytest.warns(TMVAWarning, match="beyond the third have no effect"):
        assert parse_input_layout("1|2|3|4", 6) == (1, 2, 3)
    with pytest.warns(TMVAWarning, match="empty field is skipped"):
        assert parse_input_layout("10||30", 300) == (10, 1, 30)
    for text in ("-10|30", "1|2|3|4", "10||30"):
        with pytest.raises(OptionError):
            parse_input_layout(text, None, strict=True)


def test_input_layout_mistakes():
    with pytest.raises(OptionError, match="expected a whole number, got 'ten'"):
        parse_input_layout("ten|30", 300)
    with pytest.raises(ShapeError, match=r"'10\|30' means 10·30 = 300 values per event, but there are 299"):
        parse_input_layout("10|30", 299)
    with pytest.raises(ShapeError, match="sizes of at least 1"):
        parse_input_layout("10|0", 10)
    with pytest.raises(OptionError, match="expected the shape of an event"):
        parse_input_layout("0|0|0")


@pytest.mark.parametrize(
    ("text", "batch_size", "input_shape", "batch"),
    [
        ("0|0|0", 100, (1, 1, 19), (1, 100, 19)),
        ("0|0|0", 100, (10, 1, 30), (100, 10, 30)),
        ("0|0|0", 32, (1, 16, 16), (32, 1, 256)),
        ("1|128|7", 128, (1, 1, 7), (1, 128, 7)),
        ("100|10|30", 100, (10, 1, 30), (100, 10, 30)),
        ("100|1|256", 100, (1, 16, 16), (100, 1, 256)),
        ("1|1|7", 1, (1, 1, 7), (1, 1, 7)),
        ("1|10|30", 1, (10, 1, 30), (1, 10, 30)),
    ],
)
def test_batch_layouts(text, batch_size, input_shape, batch):
    assert parse_batch_layout(text, batch_size, input_shape) == batch


def test_batch_layout_of_real_files():
    # BatchDepth, BatchHeight, BatchWidth of the <Weights> of a dense and of an LSTM file.
    assert parse_batch_layout("0|0|0", 30, (1, 1, 7)) == (1, 30, 7)
    assert parse_batch_layout("0|0|0", 100, (10, 1, 30)) == (100, 10, 30)


@pytest.mark.parametrize(
    ("text", "batch_size", "input_shape", "error", "said"),
    [
        ("50|10|30", 100, (10, 1, 30), OptionError, "depth 50 is not the batch size 100"),
        ("1|50|7", 100, (1, 1, 7), OptionError, "height 50 with depth 1 is not the batch size 100"),
        ("1|100|8", 100, (1, 1, 7), ShapeError, "width 8 is not the size 7 of an event"),
        ("100|10|31", 100, (10, 1, 30), ShapeError, "height·width 310 is not the size 300"),
        ("0|100|7", 100, (1, 1, 7), ShapeError, "is not the size"),
        ("100|7", 100, (1, 1, 7), OptionError, r"expected depth\|height\|width"),
        ("100|x|7", 100, (1, 1, 7), OptionError, "expected a whole number, got 'x'"),
    ],
)
def test_batch_layouts_that_do_not_fit(text, batch_size, input_shape, error, said):
    with pytest.raises(error, match=said):
        parse_batch_layout(text, batch_size, input_shape)


def test_too_few_events():
    check_event_counts(100, 100, 100)
    with pytest.raises(
        TrainingError, match="too few training events: 99 events do not fill one batch of 100"
    ):
        check_event_counts(99, 100, 100)
    with pytest.raises(TrainingError, match="too few validation events: 20"):
        check_event_counts(1000, 20, 100)
