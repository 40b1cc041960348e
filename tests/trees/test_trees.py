"""Trees in each form, and the messages when there is something wrong with them."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pandas as pd
import pytest
import uproot
from programs import load_program

from tmva_py.errors import DataError, DataFileNotFoundError
from tmva_py.trees import Entries, open_tree
from tmva_py.trees.files import split_location

fake = load_program(Path(__file__).with_name("pyroot_fake.py"))


@pytest.fixture(autouse=True)
def pretended_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ROOT", fake.ROOT)


X = np.array([1.5, -2.0, 3.25, 4.0, 5.5], np.float32)
N = np.array([1, 2, 3, 4, 5], np.int32)
A = np.arange(15, dtype=np.float64).reshape(5, 3)
V = [[1.0], [], [2.0, 3.0], [4.0], [5.0, 6.0, 7.0]]


@pytest.fixture
def root_file(tmp_path: Path) -> Path:
    path = tmp_path / "data.root"
    with uproot.recreate(path) as file:
        for name in ("tree", "folder/inner/deep"):
            file.mktree(name, {"x": "float32", "n": "int32", "a": ("float64", (3,)), "v": "var * float64"})
            file[name].extend({"x": X, "n": N, "a": A, "v": ak.Array(V)})
    return path


def arrays(entries: Entries) -> dict[str, Any]:
    return {name: column.to_array() for name, column in entries.columns.items()}


def check(tree: object) -> None:
    source = open_tree(tree)
    assert source.n_entries == 5
    assert {"x", "n", "a", "v"} <= set(source.branch_names)
    entries = source.read(["v", "x", "a", "n"])
    assert (len(entries), entries.first, entries.total) == (5, 0, 5)
    columns = arrays(entries)
    assert list(columns) == ["v", "x", "a", "n"]
    np.testing.assert_array_equal(columns["x"], X)
    np.testing.assert_array_equal(columns["n"], N)
    np.testing.assert_array_equal(columns["a"], A)
    assert ak.to_list(columns["v"]) == V
    entries = source.read(["x", "v"], 1, 3)
    assert (len(entries), entries.first, entries.total) == (2, 1, 5)
    part = arrays(entries)
    np.testing.assert_array_equal(part["x"], X[1:3])
    assert ak.to_list(part["v"]) == V[1:3]
    assert len(source.read(["x"], 4, 100)["x"]) == 1
    assert len(source.read(["x"], 5, 5)["x"]) == 0


def test_file_and_tree(root_file: Path) -> None:
    check(f"{root_file}:tree")
    check(f"{root_file}:tree;1")
    check(f"{root_file}:/folder/inner/deep")
    check(Path(f"{root_file}:tree"))
    assert open_tree(f"{root_file}:tree").describe() == f"{root_file}:tree"
    assert open_tree(f"{root_file}:folder/inner/deep").name == "deep"


def test_cycles(tmp_path: Path) -> None:
    path = tmp_path / "cycles.root"
    with uproot.recreate(path) as file:
        for value in (1.0, 2.0):
            file.mktree("t", {"x": "float64"})
            file["t"].extend({"x": np.full(3, value)})
    assert open_tree(f"{path}:t").read(["x"])["x"].content[0] == 2.0
    assert open_tree(f"{path}:t;1").read(["x"])["x"].content[0] == 1.0
    assert open_tree(str(path)).read(["x"])["x"].content[0] == 2.0
    with pytest.raises(DataError, match=r"no cycle 't;7'; cycles: t;2, t;1|no cycle 't;7'; cycles: t;1, t;2"):
        open_tree(f"{path}:t;7")


def test_uproot_tree_open_and_after_closing(root_file: Path) -> None:
    with uproot.open(root_file) as file:
        tree = file["tree"]
        check(tree)
        source = open_tree(tree)
    check(tree)
    np.testing.assert_array_equal(source.read(["n"])["n"].content, N)


def test_rntuple(tmp_path: Path) -> None:
    path = tmp_path / "ntuple.root"
    with uproot.recreate(path) as file:
        file.mkrntuple("events", {"x": X, "n": N, "v": ak.Array(V)})
    columns = arrays(open_tree(f"{path}:events").read(["x", "v"], 1, 4))
    np.testing.assert_array_equal(columns["x"], X[1:4])
    assert ak.to_list(columns["v"]) == V[1:4]
    with uproot.open(path) as file:
        np.testing.assert_array_equal(open_tree(file["events"]).read(["n"])["n"].content, N)


def test_columns_in_memory() -> None:
    check({"x": X, "n": N, "a": A, "v": V})
    check({"x": X.tolist(), "n": N.tolist(), "a": A.tolist(), "v": ak.Array(V)})
    check(pd.DataFrame({"x": X, "n": N, "a": A.tolist(), "v": V}))
    check(ak.zip({"x": X, "n": N, "a": ak.Array(A), "v": ak.Array(V)}, depth_limit=1))
    structured = np.zeros(5, dtype=[("x", "f4"), ("n", "i4"), ("a", "f8", 3), ("inner", [("y", "f8")])])
    structured["x"], structured["n"], structured["a"], structured["inner"]["y"] = X, N, A, X
    source = open_tree(structured, name_hint="Signal")
    np.testing.assert_array_equal(source.read(["a"])["a"].to_array(), A)
    np.testing.assert_array_equal(source.read(["inner.y"])["inner.y"].content, X)
    assert source.describe() == "structured array 'Signal'"


def test_sub_branches_go_by_their_last_part() -> None:
    records = ak.Array([{"jet": {"pt": 1.0, "eta": 2.0}, "x": 3.0}])
    source = open_tree(records)
    assert source.branch_names == ("jet.pt", "jet.eta", "x")
    columns = arrays(source.read(["pt", "jet.eta", "jet/pt"]))
    assert columns == {"pt": [1.0], "jet.eta": [2.0], "jet/pt": [1.0]}


def test_nullable_frame_columns_become_nan() -> None:
    frame = pd.DataFrame({"n": pd.array([1, None, 3], dtype="Int64"), "flag": [True, False, True]})
    columns = arrays(open_tree(frame).read(["n", "flag"]))
    np.testing.assert_array_equal(columns["n"], [1.0, np.nan, 3.0])
    assert columns["flag"].dtype == bool


def test_pyroot_tree_in_memory() -> None:
    tree = fake.FakeTree("mem", {"x": X.tolist(), "n": N.tolist(), "a": A.tolist(), "v": V})
    check(tree)
    assert open_tree(tree).describe() == "tree 'mem' in memory"


def test_pyroot_tree_in_a_file_is_read_from_there(root_file: Path) -> None:
    columns = {"x": X.tolist(), "n": N.tolist(), "a": A.tolist(), "nv": [1, 0, 2, 1, 3], "v": V}
    tree = fake.FakeTree("deep", columns, fake.FakeFile(str(root_file)), "folder/inner")
    tree.CloneTree = lambda *_: pytest.fail("read through uproot")
    check(tree)
    assert open_tree(tree).describe() == f"{root_file}:folder/inner/deep"


def test_pyroot_tree_that_is_not_written_yet(tmp_path: Path, root_file: Path) -> None:
    columns = {"x": X.tolist(), "n": N.tolist(), "a": A.tolist(), "v": V}
    check(fake.FakeTree("unwritten", columns, fake.FakeFile(str(root_file))))
    half = tmp_path / "half.root"
    with uproot.recreate(half) as file:
        file.mktree("t", {"x": "float32"})
        file["t"].extend({"x": X[:2]})
    check(fake.FakeTree("t", columns, fake.FakeFile(str(half))))


def test_pyroot_chain(tmp_path: Path) -> None:
    paths = []
    for index, part in enumerate((slice(0, 2), slice(2, 5))):
        path = tmp_path / f"part{index}.root"
        with uproot.recreate(path) as file:
            file.mktree("t", {"x": "float32", "n": "int32", "a": ("float64", (3,)), "v": "var * float64"})
            file["t"].extend({"x": X[part], "n": N[part], "a": A[part], "v": ak.Array(V[part])})
        paths.append(str(path))
    chain = fake.FakeChain("t", {"x": X.tolist(), "n": N.tolist(), "a": A.tolist(), "v": V}, paths)
    check(chain)
    assert open_tree(chain).describe() == f"{paths[0]}:t and 1 more"


def test_several_files(root_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "data2.root"
    other.write_bytes(root_file.read_bytes())
    both = [f"{root_file}:tree", f"{other}:tree"]
    forms: list[Any] = [
        {str(root_file): "tree", str(other): "tree"},
        {root_file: "tree", other: "tree"},
        {f"{tmp_path}/data*.root": "tree"},
        both,
        tuple(map(Path, both)),
        f"{tmp_path}/data*.root:tree",
        [{str(root_file): "tree"}, {"x": X, "n": N, "a": A, "v": V}],
    ]
    for form in forms:
        source = open_tree(form)
        assert source.n_entries == 10
        columns = arrays(source.read(["x", "v"], 3, 8))
        np.testing.assert_array_equal(columns["x"], np.concatenate([X, X])[3:8])
        assert ak.to_list(columns["v"]) == (V + V)[3:8]
        assert len(source.read(["x"], 10, 10)["x"]) == 0
    assert open_tree(both).describe() == f"{root_file}:tree and 1 more"
    check({str(root_file): "tree"})
    check([f"{root_file}:folder/inner/deep"])


def test_several_files_that_do_not_fit(root_file: Path, tmp_path: Path) -> None:
    with pytest.raises(DataFileNotFoundError, match=r"no file is like '.*nothing\*.root'"):
        open_tree(f"{tmp_path}/nothing*.root:tree")
    with pytest.raises(
        DataError, match=r"branch 'x' has 1 array dimensions in dict of columns 'columns', but 0"
    ):
        open_tree([f"{root_file}:tree", {"x": [[1.0]]}]).read(["x"])
    with pytest.raises(DataError, match="dict of columns 'columns' has no branch 'x'"):
        open_tree([f"{root_file}:tree", {"y": [1.0]}]).read(["x"])
    with pytest.raises(DataError, match="got list"):
        open_tree([1.0, 2.0])


def test_the_trees_name_may_go_before_its_branches(root_file: Path) -> None:
    source = open_tree(f"{root_file}:tree")
    np.testing.assert_array_equal(source.read(["tree.x"])["tree.x"].content, X)
    assert not source.has("deep.x")


def test_a_relative_path_is_that_of_the_opening(root_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root_file.parent)
    with uproot.open("data.root") as file:
        sources = [open_tree("data.root:tree"), open_tree({"data.root": "tree"}), open_tree(file["tree"])]
    monkeypatch.chdir("/")
    for source in sources:
        np.testing.assert_array_equal(source.read(["x"])["x"].content, X)
        assert source.describe().startswith("data.root:tree")


def test_leaf_lists_that_uproot_reads(tmp_path: Path) -> None:
    # As ROOT writes several outputs of a method: tests of the output file look at the same from its side.
    path = Path(__file__).with_name("root") / "leaves.root"
    source = open_tree(f"{path}:T")
    assert source.branch_names[:4] == ("s.a", "s.k", "aa.b", "aa.m")
    assert source.full_name("s") == source.full_name("a") == source.full_name("T.s.a") == "s.a"
    assert source.read(["aa.b"], 1, 3)["aa.b"].to_array().shape == (2, 3)


def test_text_file(tmp_path: Path) -> None:
    path = tmp_path / "signal.dat"
    path.write_text("var1/F:var2/D:n/I\n# comment\n1.5 2.5 3\n-1 0.1 7\n")
    columns = arrays(open_tree(str(path)).read(["var1", "var2", "n"]))
    assert [column.dtype for column in columns.values()] == [np.float32, np.float64, np.int32]
    np.testing.assert_array_equal(columns["n"], [3, 7])
    path.write_text("var1/F:var2\n1 2 3\n")
    with pytest.raises(DataError, match=r"expected 2 numbers \(var1, var2\) in every line"):
        open_tree(str(path))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.root:t", ("a.root", "t")),
        ("/d/a.ROOT:/x/t;2", ("/d/a.ROOT", "x/t;2")),
        ("a.root", ("a.root", "")),
        ("root://host:1094//d/a.root:t", ("root://host:1094//d/a.root", "t")),
        ("https://host/a.root", ("https://host/a.root", "")),
        ("C:\\d\\a.root", ("C:\\d\\a.root", "")),
        ("data.ntuple:t", ("data.ntuple", "t")),
    ],
)
def test_split_location(text: str, expected: tuple[str, str]) -> None:
    assert split_location(text) == expected


class TestMessages:
    def test_missing_file(self, root_file: Path) -> None:
        with pytest.raises(
            DataFileNotFoundError, match=r"for tree 'tree'\); did you mean 'data.root'\?; ROOT files"
        ):
            open_tree(f"{root_file.parent}/dta.root:tree")
        with pytest.raises(FileNotFoundError, match="there is no folder"):
            open_tree("/nowhere/at/all.root:tree")
        with pytest.raises(DataError, match="is a folder, not a ROOT file"):
            open_tree(str(root_file.parent))

    def test_missing_tree(self, root_file: Path) -> None:
        with pytest.raises(
            DataError, match=r"no tree 'tre'; did you mean 'tree'\?; trees in the file: tree, folder"
        ):
            open_tree(f"{root_file}:tre")
        with pytest.raises(DataError, match=r"holds 2 trees; say which one, as in 'data.root:tree'"):
            open_tree(root_file)

    def test_missing_branch(self, root_file: Path) -> None:
        with pytest.raises(
            DataError, match=r"data.root:tree has no branch 'xx'; did you mean 'x'\?; its branches: x, n"
        ):
            open_tree(f"{root_file}:tree").read(["xx"])

    def test_not_a_root_file(self, tmp_path: Path) -> None:
        path = tmp_path / "fake.root"
        path.write_bytes(b"<html>not found</html>")
        with pytest.raises(DataError, match=r"cannot read .*fake.root', 22 bytes: not a ROOT file"):
            open_tree(f"{path}:t")
        path.write_bytes(b"")
        with pytest.raises(DataError, match="0 bytes: not a ROOT file"):
            open_tree(f"{path}:t")

    def test_truncated_file(self, shared: Path, tmp_path: Path) -> None:
        whole = (shared / "data" / "tmva_class_example.root").read_bytes()
        path = tmp_path / "cut.root"
        for kept in (40, 300, 5000, 100_000, len(whole) - 500):
            path.write_bytes(whole[:kept])
            with pytest.raises(DataError, match=r"cut.root"):
                open_tree(f"{path}:TreeS").read(["var1", "var2", "var3", "var4"])

    def test_damaged_basket(self, shared: Path, tmp_path: Path) -> None:
        damaged = bytearray((shared / "data" / "tmva_class_example.root").read_bytes())
        with uproot.open(shared / "data" / "tmva_class_example.root") as file:
            start = int(file["TreeS"]["var1"].member("fBasketSeek")[0])
        damaged[start + 80 : start + 2000] = b"\xff" * 1920
        path = tmp_path / "damaged.root"
        path.write_bytes(damaged)
        with pytest.raises(DataError, match=r"cannot read .*damaged.root"):
            open_tree(f"{path}:TreeS").read(["var1"])

    def test_a_list_of_classes_that_needs_itself(self, tmp_path: Path) -> None:
        path = tmp_path / "damaged.root"
        with uproot.recreate(path, compression=None) as file:
            file.mktree("t", {"a": np.dtype(np.float32)}).extend({"a": np.ones(3, np.float32)})
        content = path.read_bytes()
        # The tree has a leaf of a class that the list should describe, and the list an element of another.
        for name, other in ((b"TLeafF", b"TLeafX"), (b"TStreamerBasicType", b"TStreamerBasicTypf")):
            assert name in content
            content = content.replace(name, other)
        path.write_bytes(content)
        started = time.process_time()
        with pytest.raises(DataError, match="its list of classes has a class that the list itself"):
            open_tree(f"{path}:t")
        assert time.process_time() - started < 0.5

    def test_columns(self) -> None:
        with pytest.raises(DataError, match=r"'B' differ in length: 'x' has 2, 'y' has 3"):
            open_tree({"x": [1, 2], "y": [1, 2, 3]}, name_hint="B")
        with pytest.raises(DataError, match="column 'x' of the dict of columns is not an array: int"):
            open_tree({"x": 1})
        with pytest.raises(DataError, match="has no columns"):
            open_tree({})
        with pytest.raises(DataError, match="2 values are masked"):
            open_tree({"x": np.ma.masked_greater(np.arange(4.0), 1.5)}).read(["x"])
        with pytest.raises(DataError, match=r"column 'x': values are missing \(None\)"):
            open_tree({"x": ak.Array([1.0, None])}).read(["x"])

    def test_a_tree_as_part_of_the_path(self, root_file: Path) -> None:
        with pytest.raises(
            DataFileNotFoundError, match=r"data.root' is a file; write '.*data.root:folder/x'"
        ):
            open_tree(f"{root_file}/folder/x")

    @pytest.mark.parametrize(
        ("path", "reason", "message"),
        [
            (
                "root://host//f.root:t",
                ImportError("Install fsspec-xrootd"),
                r"root:// needs a package .*\(Install fsspec-xrootd\); pip install fsspec-xrootd, or copy",
            ),
            (
                "foo://host/f.root:t",
                ValueError("Protocol not known: foo"),
                "unknown protocol 'foo'; known: root",
            ),
            ("https://host/f.root:t", OSError("gone"), r"'https://host/f.root': damaged or .*\(gone\)"),
        ],
    )
    def test_remote_files(
        self, monkeypatch: pytest.MonkeyPatch, path: str, reason: Exception, message: str
    ) -> None:
        def fail(*_: Any, **__: Any) -> None:
            raise reason

        monkeypatch.setattr(uproot, "open", fail)
        with pytest.raises(DataError, match=message):
            open_tree(path)

    def test_forms(self) -> None:
        with pytest.raises(DataError, match="the tree does not exist"):
            open_tree(None)
        with pytest.raises(DataError, match="empty pointer"):
            open_tree(fake.NullTree())
        with pytest.raises(
            DataError,
            match=r"expected a tree \('file.root:tree', .*an uproot tree.*numpy.ndarray without field",
        ):
            open_tree(np.zeros((3, 2)))
        with pytest.raises(DataError, match="got int"):
            open_tree(3)


def test_a_few_entries_do_not_keep_a_whole_basket(tmp_path):
    path = tmp_path / "f.root"
    with uproot.recreate(path, compression=None) as file:
        tree = file.mktree("t", {"x": "f4", "y": "f4"})
        for entries in (5000, 100_000):
            tree.extend({"x": np.arange(entries, dtype="f4"), "y": np.zeros(entries, "f4")})
        file["n"] = {"x": np.arange(700.0)}
        values = np.arange(100_000, dtype="f4") - 5000
        file.mkrntuple("r", {"v": ak.unflatten(values, np.ones(100_000, int))})
    tree = open_tree(f"{path}:t")
    for source, name in ((tree, "x"), (open_tree(f"{path}:r"), "v")):
        content = source.read([name], 5000, 5010)[name].content
        assert content.tolist() == list(range(10))
        assert content.base is None or content.base.nbytes == 40
    assert tree.largest_basket(["x", "y"]) == 100_000
    assert open_tree(f"{path}:n").largest_basket(["x"]) == 700
    assert open_tree({"x": [1.0]}).largest_basket(["x"]) == 0
