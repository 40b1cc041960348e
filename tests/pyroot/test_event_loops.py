"""Entries in a script's arrays: compiled code writes what Python would."""

from __future__ import annotations

import ctypes
from array import array
from typing import Any

import numpy as np
import pytest

import tmva_py.kernels.numba.overrides  # noqa: F401 - registers its overrides
from tmva_py.pyroot.standin.loops import EntryLoop
from tmva_py.pyroot.standin.trees import TTree
from tmva_py.trees.leaf_lists import LeafList
from tmva_py.trees.memory import ColumnTree

N_ENTRIES = 450_000
COLUMNS: dict[str, Any] = {
    "f": np.arange(N_ENTRIES, dtype=np.float32) / 7,
    "d": np.arange(N_ENTRIES) / 3,
    "i": np.arange(N_ENTRIES, dtype=np.int32) - 5,
    "l": np.arange(N_ENTRIES, dtype=np.int64) * 2**33,
}
ENTRIES = [0, 1, 2, 1999, 2000, 199_999, 200_000, 449_999, 3, 0]


def tree(**more: Any) -> TTree:
    return TTree("tree", "", source=ColumnTree(COLUMNS | more, "tree", "test"))


def loop_of(one: TTree) -> EntryLoop:
    loop = one._loop
    assert loop is not None
    return loop


def check(one: TTree, buffers: dict[str, Any]) -> None:
    for name, buffer in buffers.items():
        assert one.SetBranchAddress(name, buffer) == 0
    for entry in ENTRIES:
        assert one.GetEntry(entry) == 4 * len(buffers)
        assert one.GetReadEntry() == entry
        assert {name: buffer[0] for name, buffer in buffers.items()} == {
            name: COLUMNS[name][entry] for name in buffers
        }
        assert one.d == COLUMNS["d"][entry]


def test_buffers_of_the_branches_types() -> None:
    one = tree()
    check(one, {"f": array("f", [0]), "d": array("d", [0]), "i": array("i", [0]), "l": np.zeros(1, np.int64)})
    assert loop_of(one)._write is not None
    assert one.GetEntry(N_ENTRIES) == one.GetEntry(-1) == 0


@pytest.mark.parametrize(
    "other",
    [array("d", [0]), [0.0], np.zeros(1), array("f", [0, 0]), np.zeros(3, np.float32), array("i", [0])],
)
def test_other_buffers_are_written_by_python(other: Any) -> None:
    one = tree()
    one.SetBranchAddress("f", other)
    one.SetBranchAddress("d", beside := array("d", [0]))
    for entry in ENTRIES:
        one.GetEntry(entry)
        value = COLUMNS["f"][entry]
        assert other[0] == (int(value) if getattr(other, "typecode", "") == "i" else value)
        assert beside[0] == COLUMNS["d"][entry]
    assert loop_of(one)._write is None


def test_a_ctypes_value() -> None:
    one = tree()
    one.SetBranchAddress("f", other := ctypes.c_float())
    one.GetEntry(77)
    assert other.value == COLUMNS["f"][77]


def test_a_buffer_that_becomes_longer_or_another() -> None:
    one = tree()
    buffer = array("f", [0])
    one.SetBranchAddress("f", buffer)
    one.GetEntry(10)
    one.GetEntry(11)
    buffer.extend([1.0] * 1000)  # its values move to another place
    one.GetEntry(12)
    assert buffer[:2].tolist() == [COLUMNS["f"][12], 1.0]
    one.SetBranchAddress("f", second := array("f", [0]))
    one.GetEntry(13)
    assert (buffer[0], second[0]) == (COLUMNS["f"][12], COLUMNS["f"][13])


def test_a_branch_that_is_switched_off() -> None:
    one = tree()
    buffers = {name: array(name, [0]) for name in "fd"}
    for name, buffer in buffers.items():
        one.SetBranchAddress(name, buffer)
    one.GetEntry(10)
    one.SetBranchStatus("f", 0)
    one.GetEntry(11)
    assert (buffers["f"][0], buffers["d"][0]) == (COLUMNS["f"][10], COLUMNS["d"][11])


def test_lists_beside_numbers() -> None:
    one = tree(several=np.arange(2 * N_ENTRIES, dtype=np.float32).reshape(-1, 2))
    one.SetBranchAddress("f", number := array("f", [0]))
    one.SetBranchAddress("several", several := array("f", [0, 0]))
    for entry in ENTRIES:
        one.GetEntry(entry)
        assert (number[0], several.tolist()) == (COLUMNS["f"][entry], [2 * entry, 2 * entry + 1])


def test_a_buffer_for_several_leaves() -> None:
    layout = np.dtype([("i", np.int32), ("f", np.float32), ("d", np.float64)])
    columns = {f"p.{name}": COLUMNS[name] for name in "ifd"}
    lists = {"p": LeafList.of_layout("p", "i/I:f/F:d/D", layout)}
    one = TTree("tree", "", source=ColumnTree(columns, "tree", "test", lists))
    words = array("i", [0] * 5)
    assert one.SetBranchAddress("p", words) == 0
    for entry in ENTRIES:
        one.GetEntry(entry)
        found = np.frombuffer(words, layout, 1)[0].tolist()
        assert found == tuple(COLUMNS[name][entry] for name in "ifd")
        assert words[4] == 0
    assert loop_of(one)._write is not None
    one.SetBranchStatus("p", 0)
    one.GetEntry(11)
    assert np.frombuffer(words, layout, 1)[0].tolist() == found
