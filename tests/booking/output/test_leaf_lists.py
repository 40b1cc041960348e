"""Branches with several leaves, as uproot reads them back; ROOT 6.40 read the same bytes."""

from __future__ import annotations

from pathlib import Path

import awkward as ak
import numpy as np
import pytest
import uproot

from tmva_py.booking.output.leaf_lists import set_leaf_lists


@pytest.mark.parametrize("n_entries", [0, 1, 70_000])
@pytest.mark.parametrize("first", ["a", "a" * 300])
def test_round_trip(tmp_path: Path, n_entries: int, first: str) -> None:
    """Names longer than 254 bytes are written differently; so much data that ROOT would use two baskets."""
    rng = np.random.default_rng(1)
    three = rng.random((n_entries, 3)).astype(np.float32)
    one = rng.random((n_entries, 1)).astype(np.float32)
    number = rng.integers(0, 3, n_entries).astype(np.int32)
    text = ak.Array(["Signal", "bg0", "bg1"])[number]
    types = {
        "number": number.dtype,
        "text": "string",
        "DL": (np.float32, (3,)),
        "LD": (np.float32, (1,)),
        "weight": np.float32,
    }
    leaves = {"DL": (first, "b c", "é"), "LD": ("fvalue",)}
    with uproot.recreate(tmp_path / "file.root") as file:
        file["folder/before"] = "text"
        tree = file.mktree("folder/tree", types)
        tree.extend({"number": number, "text": text, "DL": three, "LD": one, "weight": three[:, 2]})
        set_leaf_lists(tree, leaves)
        file["folder/after"] = "text"
    with uproot.open(tmp_path / "file.root") as file:
        assert [name.split(";")[0] for name in file["folder"].keys(recursive=False)] == [
            "before",
            "tree",
            "after",
        ]
        stored = file["folder/tree"]
        assert stored.num_entries == n_entries
        assert stored.keys() == list(types)
        assert stored["DL"].title == ":".join(f"{name}/F" for name in leaves["DL"])
        values = stored["DL"].array(library="np")
        for index, name in enumerate(leaves["DL"]):
            np.testing.assert_array_equal(values[name], three[:, index])
        np.testing.assert_array_equal(stored["LD"].array(library="np"), one[:, 0])
        np.testing.assert_array_equal(stored["number"].array(library="np"), number)
        np.testing.assert_array_equal(stored["weight"].array(library="np"), three[:, 2])
        assert stored["text"].array().tolist() == text.tolist()


def test_the_description_is_uproots_own_where_there_is_no_leaf_list(tmp_path: Path) -> None:
    """Every byte that both know how to write agrees: a changed layout in uproot shows here first."""
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    with uproot.recreate(tmp_path / "file.root") as file:
        tree = file.mktree("tree", {"n": np.int32, "x": np.float32, "text": "string"})
        tree.extend({"n": np.arange(2, dtype=np.int32), "x": values[:, 0], "text": ak.Array(["a", "bc"])})
        writer = tree._cascading
        before = _description(tree)
        set_leaf_lists(tree, {})
        assert _description(tree) == before
        assert writer.num_entries == 2


def _description(tree: object) -> bytes:
    key = tree._cascading.key  # type: ignore[attr-defined]
    raw = tree._file.sink.read(key.seek_location + key.num_bytes, key.compressed_bytes)  # type: ignore[attr-defined]
    return bytes(raw)
