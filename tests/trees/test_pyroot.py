"""Trees of the real PyROOT, against ``TTree::Draw``; `make test-root` installs it and runs these."""

from __future__ import annotations

import os
import warnings
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tmva_py.errors import DataError, DataFileNotFoundError, MissingBranchError
from tmva_py.expressions import Formula
from tmva_py.trees import open_tree

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of an alpha version
    ROOT: Any = pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")

pytestmark = pytest.mark.root

N_ENTRIES = 50


@pytest.fixture(autouse=True)
def in_root_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    ROOT.gErrorIgnoreLevel = ROOT.kFatal
    ROOT.gROOT.cd()
    yield
    ROOT.gROOT.cd()


def filled(name: str = "M", *, first: float = 0) -> Any:
    """Return a tree of the current directory, with its buffers in ``buffers``."""
    tree = ROOT.TTree(name, name)
    x, ch, uc = array("f", [0]), array("b", [0]), array("B", [0])
    for branch, value, letter in (("x", x, "F"), ("ch", ch, "B"), ("uc", uc, "b")):
        tree.Branch(branch, value, f"{branch}/{letter}")
    p4, v, text = ROOT.TLorentzVector(), ROOT.std.vector["float"](), ROOT.std.string("a")
    for branch, value in {"p4": p4, "v": v, "text": text}.items():
        tree.Branch(branch, value)
    for i in range(N_ENTRIES):
        x[0], ch[0], uc[0] = first + i, i - 20, 200 + i
        p4.SetPxPyPzE(i, 1, 2, 100)
        v.clear()
        for k in range(i % 3):
            v.push_back(k)
        tree.Fill()
    tree.buffers = (x, ch, uc, p4, v, text)
    return tree


def agree(tree: Any, *expressions: str) -> str:
    """Compare with ``TTree::Draw``; return where the tree is read from."""
    source = open_tree(tree)
    for text in expressions:
        n_values = tree.Draw(text, "", "goff")
        expected = np.array([tree.GetV1()[i] for i in range(n_values)])
        formula = Formula(text).on(source)
        ours = formula.instances(source.read(formula.branches)).values
        np.testing.assert_allclose(ours, expected, rtol=1e-13, err_msg=text)
    return source.describe()


def add_branch(tree: Any, factor: float) -> array[float]:
    value = array("f", [0])
    branch = tree.Branch("added", value, "added/F")
    for i in range(tree.GetEntries()):
        value[0] = factor * i
        branch.Fill()
    return value


def test_in_memory() -> None:
    tree = filled()
    tree.GetEntry(7)
    where = agree(without_file(tree), "x", "ch", "uc", "p4.Pt()", "p4.fP.fX", "v", "Sum$(v)+x")
    assert where == "tree 'M' in memory"
    tree.GetEntry(7)
    open_tree(tree).read(["x", "v"])
    assert tree.buffers[0][0] == 7
    assert ROOT.gDirectory.GetPath() == ROOT.gROOT.GetPath()
    tree.Fill()
    assert open_tree(tree).read(["x"])["x"].content[-1] == 7
    agree(tree.CopyTree("x>10"), "x", "ch", "uc", "p4.E()")


def test_in_memory_and_too_large_to_be_one_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tmva_py.trees.pyroot._MOST_BYTES", 0)
    tree = without_file(filled())
    tree.SetBranchStatus("v", False)
    np.testing.assert_array_equal(open_tree(tree).read(["v"], 2, 3)["v"].content, [0, 1])
    tree.SetBranchStatus("v", True)
    assert agree(tree, "x", "p4.Pt()", "v") == "tree 'M' in memory"


def without_file(tree: Any) -> Any:
    tree.SetDirectory(ROOT.nullptr)
    return tree


def test_branches_that_are_switched_off() -> None:
    tree = filled()
    tree.SetBranchStatus("*", False)
    np.testing.assert_array_equal(open_tree(tree).read(["x"])["x"].content, np.arange(N_ENTRIES))
    with ROOT.TFile("off.root", "RECREATE") as file:
        half = filled()
        half.SetBranchStatus("v", False)
        np.testing.assert_array_equal(open_tree(half).read(["v"], 2, 3)["v"].content, [0, 1])
        assert not half.GetBranchStatus("v")
        assert half.GetBranchStatus("x")
        file.Close()


def test_in_a_file_that_is_not_finished() -> None:
    for file in (ROOT.TFile("half.root", "RECREATE"), ROOT.TMemFile("memory.root", "RECREATE")):
        tree = filled()
        tree.SetAutoFlush(10)
        for _ in range(25):
            tree.Fill()
        assert agree(tree, "x", "p4.Pt()", "v") == "tree 'M' in memory"
        file.Close()


def test_a_file_that_is_not_finished_is_read_without_notes(capfd: pytest.CaptureFixture[str]) -> None:
    ROOT.gErrorIgnoreLevel = ROOT.kInfo
    file = ROOT.TFile("half.root", "RECREATE")
    tree = filled()
    chosen = tree.CopyTree("x > 10")
    assert open_tree(chosen).n_entries == 39
    assert ROOT.gErrorIgnoreLevel == ROOT.kInfo
    file.Close()
    assert "StreamerInfo" not in capfd.readouterr().err


def test_cycles_and_folders_of_a_file() -> None:
    file = ROOT.TFile("cycles.root", "RECREATE")
    file.mkdir("folder").cd()
    filled("A").Write()
    filled("A", first=1000).Write()
    file.Close()
    file = ROOT.TFile("cycles.root")
    assert agree(file.Get("folder/A;1"), "x") == "cycles.root:folder/A;1"
    file = ROOT.TFile("cycles.root")  # the other one would give the tree that it has in memory
    assert agree(file.Get("folder/A"), "x", "p4.M()") == "cycles.root:folder/A"


def test_what_is_added_to_a_tree_of_a_file() -> None:
    file = ROOT.TFile("file.root", "RECREATE")
    filled("A").Write()
    file.Close()
    file = ROOT.TFile("file.root")
    tree = file.Get("A")
    ROOT.gROOT.cd()
    friend = filled("G", first=1000)
    again = ROOT.TFile("file.root")
    second = again.Get("A")
    ROOT.gROOT.cd()
    second.AddFriend(friend, "fr")
    second.SetAlias("both", "x*2+fr.x")
    assert agree(second, "fr.x", "G.x", "both", "fr.p4.Pt()*x", "A.x") == "file.root:A"
    value = add_branch(tree, 3)
    assert agree(tree, "added", "x+added") == "tree 'A' in memory"
    assert value[0] == 3 * (N_ENTRIES - 1)


def test_the_folder_may_change(tmp_path: Path) -> None:
    file = ROOT.TFile("file.root", "RECREATE")
    filled("A").Write()
    file.Close()
    file = ROOT.TFile("file.root")
    sources = [open_tree(file.Get("A")), open_tree("file.root:A")]
    (tmp_path / "other").mkdir()
    os.chdir("other")
    for source in sources:
        np.testing.assert_array_equal(source.read(["x"])["x"].content, np.arange(N_ENTRIES))


def chain(name: str, *paths: str) -> Any:
    result = ROOT.TChain(name)
    for path in paths:
        result.Add(path)
    return result


def test_chains() -> None:
    for number in range(2):
        file = ROOT.TFile(f"part{number}.root", "RECREATE")
        filled("A", first=100 * number).Write()
        file.Close()
    both = chain("A", "part*.root")
    other = chain("A", "part1.root", "part0.root")
    both.AddFriend(other, "other")
    both.SetAlias("sum", "x+other.x")
    assert agree(both, "x", "p4.Pt()", "other.x", "sum", "v").endswith("part0.root:A and 1 more")
    for wrong, error, message in (
        (chain("nope", "part0.root"), DataError, r"'part0.root' has no tree 'nope'; trees in the file: A"),
        (chain("A", "part0.root", "part7.root"), DataFileNotFoundError, "no file 'part7.root'"),
        (chain("A"), DataError, "the chain 'A' has no files; add them first"),
    ):
        with pytest.raises(error, match=message):
            open_tree(wrong)


def test_what_is_no_tree() -> None:
    file = ROOT.TFile("file.root", "RECREATE")
    for nothing in (file.Get("nothing"), ROOT.nullptr, ROOT.bind_object(0, "TTree")):
        with pytest.raises(DataError, match="the tree does not exist"):
            open_tree(nothing)
    file.Close()


def test_a_friend_that_is_matched_by_an_index() -> None:
    tree, friend = filled(), filled("I")
    friend.BuildIndex("x")
    tree.AddFriend(friend)
    with pytest.raises(MissingBranchError, match=r"friend 'I' is matched by an index \(BuildIndex\)"):
        Formula("I.x")(tree)


def test_ntuples() -> None:
    stored = Path(__file__).with_name("root") / "ntuple.root"
    file = ROOT.TFile(str(stored))
    found = open_tree(file.Get("ntuple")).read(["x"])["x"].content
    np.testing.assert_array_equal(found, np.arange(6))
    with pytest.raises(DataError, match=r"does not say which file it reads; give the text 'file.root:name'"):
        open_tree(ROOT.RNTupleReader.Open("ntuple", str(stored)))


def test_texts_and_objects_are_named() -> None:
    tree = filled()
    with pytest.raises(MissingBranchError, match=r"tree 'M' in memory, branch 'text' of type .* holds texts"):
        Formula("text")(tree)
    with pytest.raises(MissingBranchError, match=r"'p4' is an object of class TLorentzVector.*p4.Pt"):
        Formula("p4")(tree)
