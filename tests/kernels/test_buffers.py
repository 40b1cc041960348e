"""Numbers in many places of memory."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from kernel_arguments import Draw, address, bound_buffers, rows_for_buffers

import tmva_py.kernels.numba.overrides  # noqa: F401 - registers its overrides
from tmva_py.kernels.buffers import read_singles, write_row


@pytest.mark.parametrize("which", ["reference", "numba"])
def test_what_can_be_used_is_told(which: str) -> None:
    read: Any = read_singles.reference if which == "reference" else read_singles.overrides[which]
    answers = []
    for arguments in bound_buffers(Draw("float32")):
        answers.append(read(np, **arguments))
        assert not answers[-1] or np.isfinite(arguments["out"]).all()
    assert answers == [True, False, False, False] * 3


@pytest.mark.parametrize("which", ["reference", "numba"])
def test_rows_are_written_where_they_fit(which: str) -> None:
    write: Any = write_row.reference if which == "reference" else write_row.overrides[which]
    rows = rows_for_buffers(Draw("float32"))
    answers = [write(np, **arguments) for arguments in rows]
    assert answers == [True, True, False, False, False] * 3


@pytest.mark.parametrize("which", ["reference", "numba"])
def test_values_are_copied_as_they_are(which: str) -> None:
    write: Any = write_row.reference if which == "reference" else write_row.overrides[which]
    lengths = np.ones(1, np.int64)
    columns = [
        np.array([np.nan, -0.0, 1e-45, 3.4e38], np.float32),
        np.array([np.inf, -0.0, 5e-324, 1e308]),
        np.array([0, -1, 2**31 - 1, -(2**31)], np.int32),
        np.array([0, 2**64 - 1, 2**63, 1], np.uint64),
    ]
    targets = [np.zeros(1, one.dtype) for one in columns]
    pointers = np.array([address(one) for one in targets], np.int64)
    numbers = [
        (address(pointers) + 8 * number, address(lengths), address(one), one.itemsize)
        for number, one in enumerate(columns)
    ]
    table = np.array([10, 4, 4, *itertools.chain(*numbers)], np.int64)
    for row in range(4):
        assert write(np, table=table, row=10 + row)
        for target, column in zip(targets, columns, strict=True):
            assert target.tobytes() == column[row : row + 1].tobytes()
