"""Parts of large baskets: the same values as whole ones, and named errors for damaged ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot

from tmva_py.errors import DataError
from tmva_py.trees import baskets, open_tree

N = 70_000
# More than one block of 16 MB.
LONG = 5_000_000
KINDS = {"x": np.float32, "a": np.dtype((np.float64, (3,))), "i": np.int16, "b": np.bool_, "u": np.uint64}


@pytest.fixture(autouse=True)
def _every_basket_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baskets, "LARGE", 1)


def columns() -> dict[str, Any]:
    random = np.random.default_rng(1)
    return {
        "x": random.integers(0, 50, N).astype(np.float32),
        "a": random.integers(0, 9, (N, 3)).astype(np.float64),
        "i": random.integers(-5, 5, N).astype(np.int16),
        "b": random.integers(0, 2, N).astype(bool),
        "u": random.integers(0, 9, N).astype(np.uint64) << np.uint64(60),
    }


@pytest.mark.parametrize("name", ["none", "LZ4", "ZLIB", "ZSTD", "LZMA"])
def test_ranges_of_entries(name: str, tmp_path: Path) -> None:
    compression = None if name == "none" else getattr(uproot, name)(1)
    path, values = tmp_path / "a.root", columns()
    with uproot.recreate(path, compression=compression) as file:
        tree = file.mktree("t", KINDS)
        tree.extend(values)
        tree.extend({key: value[:1000] for key, value in values.items()})
        tree.extend({key: value[:1] for key, value in values.items()})
    source = open_tree(f"{path}:t")
    with uproot.open(path) as opened:
        ranges = ((0, 10), (5, N + 1001), (30_000, 30_001), (N - 10, N + 10), (N + 999, N + 1001), (4, 4))
        for start, stop in ranges:
            for key, value in values.items():
                found = source.arrays([key], start, stop)[key]
                assert isinstance(found, np.ndarray)
                assert (found.dtype, found.flags.writeable) == (value.dtype, True)
                expected = opened["t"][key].array(library="np", entry_start=start, entry_stop=stop)
                np.testing.assert_array_equal(found, expected)
                np.testing.assert_array_equal(source.read([key], start, stop)[key].to_array(), expected)
                np.testing.assert_array_equal(
                    found, np.concatenate([value, value[:1000], value[:1]])[start:stop]
                )


@pytest.mark.parametrize("compression", [None, uproot.LZ4(1)])
def test_baskets_of_several_blocks(compression: Any, tmp_path: Path) -> None:
    path, x = tmp_path / "a.root", (np.arange(LONG) % 1000).astype(np.float32)
    with uproot.recreate(path, compression=compression) as file:
        file.mktree("t", {"x": "f4"}).extend({"x": x})
    source = open_tree(f"{path}:t")
    border = (2**24 - 1) // 4
    for start, stop in ((0, LONG), (border - 3, border + 3), (border + 1, LONG - 1), (LONG - 1, LONG)):
        np.testing.assert_array_equal(source.arrays(["x"], start, stop)["x"], x[start:stop])


@pytest.mark.parametrize("what", ["block sizes", "content"])
def test_a_damaged_basket(what: str, tmp_path: Path) -> None:
    path = tmp_path / "a.root"
    with uproot.recreate(path, compression=uproot.ZLIB(1)) as file:
        file.mktree("t", {"x": "f4"}).extend({"x": columns()["x"]})
    with uproot.open(path) as file:
        branch = file["t"]["x"]
        place = branch.member("fBasketSeek")[0] + branch.basket_key(0).fKeylen
    content = bytearray(path.read_bytes())
    if what == "block sizes":
        content[place + 3 : place + 9] = b"\xff" * 6
    else:
        content[place + 40 : place + 60] = b"\xff" * 20
    path.write_bytes(content)
    with pytest.raises(DataError, match="cannot read branch 'x' of"):
        open_tree(f"{path}:t").read(["x"])


def test_what_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.root"
    record = np.zeros(100, [("p", "f4"), ("q", "i4")])
    with uproot.recreate(path) as file:
        tree = file.mktree("t", {"x": "f4", "v": "var * float64"})
        tree.extend({"x": np.zeros(100), "v": ak.Array([[1.0, 2.0]] * 100)})
        file["r"] = {"x": record}
    source = open_tree(f"{path}:t")
    found = source.whole_baskets(["x", "v"])
    assert found["x"] == 0
    assert found["v"] >= 1600
    assert open_tree([f"{path}:t", f"{path}:t"]).whole_baskets(["v"]) == {"v": found["v"]}
    assert open_tree({"x": [1.0]}).whole_baskets(["x"]) == {}
    assert source.read(["v"])["v"].content.tolist() == [1.0, 2.0] * 100
    records = open_tree(f"{path}:r")
    assert records.read(records.branch_names, 3, 5).n_entries == 2


def test_a_page_that_claims_more_than_it_holds(tmp_path: Path) -> None:
    """uproot takes the memory first; the page's checksum of the file is not looked at."""
    path = tmp_path / "a.root"
    with uproot.recreate(path, compression=uproot.ZLIB(1)) as file:
        file.mkrntuple("t", {"x": "f4"}).extend({"x": np.zeros(4321, np.float32)})
    with uproot.open(path) as file:
        tree = file["t"]
        (page,) = tree.page_link_list[0][0].pages
        assert page.num_elements in (4321, -4321)
        object.__setattr__(page, "num_elements", 200_000_000)
        with pytest.raises(
            DataError, match=r"a page of \d+ bytes claims 200000000 values; the file is damaged"
        ):
            open_tree(tree)
        object.__setattr__(page, "num_elements", 4321)
        assert open_tree(tree).n_entries == 4321
