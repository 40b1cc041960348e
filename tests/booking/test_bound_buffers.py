"""The event in a Reader's buffers, joined or read where the objects have it."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np
import pytest

import tmva_py.kernels.numba.overrides  # noqa: F401 - registers its overrides
from tmva_py.booking.bound_buffers import BoundBuffers
from tmva_py.kernels.buffers import read_singles

VALUES = [0.5, -1.25, 3e38, 1e-45, -0.0]
FORMS: dict[str, Any] = {
    "array": lambda value: array("f", [value]),
    "ndarray": lambda value: np.array([value], np.float32),
    "part of an ndarray": lambda value: np.full(9, value, np.float32)[4:5],
}


def bound(make: Any) -> tuple[list[Any], BoundBuffers]:
    buffers = [make(value) for value in VALUES]
    event = BoundBuffers(buffers)
    for _ in range(2):  # the first event joins
        event.event()
    return buffers, event


@pytest.mark.parametrize("form", FORMS)
def test_events_are_read_where_they_are(form: str) -> None:
    buffers, event = bound(FORMS[form])
    assert event._read is read_singles.overrides["numba"]
    for shift in (0.0, 1.5):
        for buffer, value in zip(buffers, VALUES, strict=True):
            buffer[0] = value + shift
        found = event.event()
        assert found is not None
        expected = np.array([[value + shift for value in VALUES]], np.float32)
        assert found.tobytes() == expected.tobytes()
    for value in (np.inf, -np.inf, np.nan):
        buffers[2][0] = value
        assert event.event() is None


def test_what_was_read_stays() -> None:
    buffers, event = bound(FORMS["array"])
    first = event.event()
    assert first is not None
    buffers[0][0] = 7.0
    assert first[0, 0] == np.float32(VALUES[0])


def test_an_array_that_becomes_longer_is_left_to_the_reader() -> None:
    buffers, event = bound(FORMS["array"])
    buffers[1].extend([1.0] * 1000)  # its values move to another place
    assert event.event() is None
    del buffers[1][1:]
    buffers[1][0] = 4.0
    found = event.event()
    assert found is not None
    assert found[0, 1] == 4.0


@pytest.mark.parametrize("other", [[0.25], array("d", [0.25]), np.array([0.25])])
def test_other_forms(other: Any) -> None:
    buffers = [array("f", [0.5]), other]
    event = BoundBuffers(buffers)
    for _ in range(3):
        found = event.event()
        assert found is not None
        assert found.tolist() == [[0.5, 0.25]]
