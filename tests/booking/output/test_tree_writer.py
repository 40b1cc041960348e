"""Trees as uproot reads them back; `test_root_output.py` lets ROOT read the same."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uproot
from numpy.lib.recfunctions import unstructured_to_structured

from tmva_py.booking.output.tree_writer import write_tree
from tmva_py.histograms import Columns


@pytest.mark.parametrize("n_entries", [0, 1, 250_000])
@pytest.mark.parametrize("first", ["a", "a" * 300])
def test_round_trip(tmp_path: Path, n_entries: int, first: str) -> None:
    """Names longer than 254 bytes are written differently; so much data that there are three baskets."""
    rng = np.random.default_rng(1)
    three = rng.random((n_entries, 3)).astype(np.float32)
    one = rng.random((n_entries, 1)).astype(np.float32)
    number = rng.integers(0, 3, n_entries).astype(np.int32)
    texts = ("Signal", "bg0" * 100, "")
    leaves = {"DL": (first, "b c", "é"), "LD": ("fvalue",)}
    with uproot.recreate(tmp_path / "file.root") as file:
        file["folder/before"] = "text"
        lists = {
            name: unstructured_to_structured(values, np.dtype([(leaf, np.float32) for leaf in leaves[name]]))
            for name, values in (("DL", three), ("LD", one))
        }
        columns = {"number": number, "text": number, **lists, "weight": three[:, 2]}
        write_tree(file["folder"], "tree", Columns(columns, {"text": texts}))
        file["folder/after"] = "text"
    with uproot.open(tmp_path / "file.root") as file:
        assert [name.split(";")[0] for name in file["folder"].keys(recursive=False)] == [
            "before",
            "tree",
            "after",
        ]
        stored = file["folder/tree"]
        assert stored.num_entries == n_entries
        assert stored.keys() == list(columns)
        assert stored["DL"].title == ":".join(f"{name}/F" for name in leaves["DL"])
        values = stored["DL"].array(library="np")
        for index, name in enumerate(leaves["DL"]):
            np.testing.assert_array_equal(values[name], three[:, index])
        np.testing.assert_array_equal(stored["LD"].array(library="np"), one[:, 0])
        np.testing.assert_array_equal(stored["number"].array(library="np"), number)
        np.testing.assert_array_equal(stored["weight"].array(library="np"), three[:, 2])
        assert stored["text"].array(library="np").tolist() == [texts[i] for i in number]


KINDS = ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", "b1")


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_and_arrays_of_it(tmp_path: Path, kind: str) -> None:
    """The branches are uproot's own, apart from their places."""
    values = np.array([[0, 1], [2, 3], [100, 1]]).astype(kind)
    texts = ("a", "bc")
    with uproot.recreate(tmp_path / "ours.root") as file:
        columns = {"x": values[:, 0], "img": values, "text": np.array([0, 1, 1])}
        write_tree(file, "tree", Columns(columns, {"text": texts}))
    with uproot.recreate(tmp_path / "uproots.root") as file:
        types = {"x": values.dtype, "img": (values.dtype, (2,)), "text": "string"}
        tree = file.mktree("tree", types, title="tree")
        tree.extend({"x": values[:, 0], "img": values, "text": ["a", "bc", "bc"]})
    ours, theirs = (
        uproot.open(tmp_path / name, minimal_ttree_metadata=False)["tree"]
        for name in ("ours.root", "uproots.root")
    )
    assert _members(ours) == _members(theirs)
    for name in ("x", "img", "text"):
        assert _members(ours[name]) == _members(theirs[name]), name
        leaf, expected_leaf = (one[name].member("fLeaves")[0] for one in (ours, theirs))
        assert _members(leaf) == _members(expected_leaf), name
        found, expected = (one[name].array(library="np") for one in (ours, theirs))
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype


def test_a_thousand_branches_take_no_square_of_the_time(tmp_path: Path) -> None:
    """Counted in steps of Python, which no other program on the machine slows down."""

    def steps(n_branches: int) -> int:
        count = 0

        def step(*_: object) -> object:
            nonlocal count
            count += 1
            return step

        columns = Columns({f"x{i}": np.zeros(10, np.float32) for i in range(n_branches)})
        with uproot.recreate(tmp_path / "file.root") as file:
            before = sys.gettrace()
            sys.settrace(step)  # type: ignore[arg-type]
            try:
                write_tree(file, "tree", columns)
            finally:
                sys.settrace(before)
        return count

    steps(2)  # what is done once for a process
    assert steps(512) < 4.5 * steps(128)


def _members(one: Any) -> dict[str, Any]:
    """Return the members that are plain numbers and texts and do not depend on sizes in the file.

    Of texts uproot writes the length of the last offsets and a size of 0; here are ROOT's 1000 and 1.
    """
    sizes = {"fTotBytes", "fZipBytes", "@fUniqueID", "@fBits", "fEntryOffsetLen"}
    if one.classname == "TLeafC":
        sizes |= {"fLen", "fLenType"}
    return {
        name: value
        for name, value in one.all_members.items()
        if isinstance(value, (int, float, str, bool)) and name not in sizes
    }
