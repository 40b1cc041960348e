"""The stand-in's mistakes and questions: what scripts do wrong, and what they ask of ROOT as a whole."""

from __future__ import annotations

import os
import re
from array import array

import pytest
import uproot

from tmva_py import DataLoader, Factory
from tmva_py.errors import BookingError, DataError, TMVAWarning
from tmva_py.pyroot.standin.drawing import figure_of
from tmva_py.pyroot.standin.missing import NeedsRootError
from tmva_py.pyroot.standin.module import make_root


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return make_root()


@pytest.fixture
def tree(root):
    file = root.TFile("t.root", "RECREATE")
    tree = root.TTree("t", "t")
    x = array("f", [0.0])
    tree.Branch("x", x, "x/F")
    for value in range(20):
        x[0] = value
        tree.Fill()
    tree.Write()
    file.Close()
    return root.TFile("t.root").Get("t")


def test_a_tree_that_is_not_there(root, tree):
    missing = root.TFile("t.root").Get("TreeX")
    assert not missing
    assert missing == None  # noqa: E711 - as scripts compare
    with pytest.raises(DataError, match=r"there is no 'TreeX' in t.root:/, which has t"):
        missing.GetEntries()
    with pytest.raises(DataError, match="there is no 'TreeX'"):
        DataLoader("d").AddSignalTree(missing)


def test_branches_that_are_not_there(root, tree, capsys):
    assert tree.SetBranchAddress("y", array("f", [0.0])) == -5
    assert capsys.readouterr().err == "Error in <TTree::SetBranchAddress>: unknown branch -> y\n"
    with pytest.raises(NeedsRootError, match=r"TTree.y needs ROOT itself"):
        _ = tree.y
    with pytest.raises(DataError, match="has no branch 'y'"):
        tree.GetEntries("y > 0")
    assert not tree.GetBranch("y")


def test_buffers_that_leaves_do_not_fit_into(root, capsys):
    tree = root.TTree("t", "t")
    with pytest.raises(
        DataError, match=r"the array's numbers are float64, and its leaves 'a/F:b/F' are others"
    ):
        tree.Branch("p", array("d", [0, 0]), "a/F:b/F")
    with pytest.raises(DataError, match=r"leaves a \(float32\), b \(float32\), 8 bytes; the array has 4"):
        tree.Branch("p", array("f", [0]), "a/F:b/F")
    with pytest.raises(DataError, match=r"expected an array, such as array\('f', \[0, 0\]\), got list"):
        tree.Branch("p", [0.0, 0.0], "a/F:b/F")
    with pytest.raises(NeedsRootError, match=r"a branch 'p' of 'a/F:b/C', a leaf list with texts or lists"):
        tree.Branch("p", array("f", [0, 0]), "a/F:b/C")
    tree.Branch("p", pair := array("f", [1, 2]), "a/F:b/F")
    tree.Fill()
    with pytest.raises(DataError, match="make it longer"):
        tree.SetBranchAddress("p", array("f", [0]))
    assert tree.SetBranchAddress("p", array("d", [0, 0])) == -2
    assert 'The pointer type given "Double_t" does not correspond' in capsys.readouterr().err
    with pytest.raises(AttributeError, match=r"'p' has several leaves, a, b; take one: tree\.a"):
        _ = tree.p
    pair[0] = 0
    tree.GetEntry(0)
    assert pair[0] == 1


def test_leaf_lists_beside_lists_are_written_as_branches(root):
    file = root.TFile("lists.root", "RECREATE")
    tree = root.TTree("t", "t")
    pair, numbers = array("f", [1, 2]), root.std.vector("float")()
    tree.Branch("p", pair, "a/F:b/F")
    tree.Branch("numbers", numbers)
    for count in range(2):
        numbers.resize(count)
        tree.Fill()
    tree.Write()
    file.Close()
    with uproot.open("lists.root:t") as stored:
        assert stored.keys() == ["p.a", "p.b", "nnumbers", "numbers"]
        assert stored["p.b"].array(library="np").tolist() == [2, 2]


def test_what_cannot_be_filled(root):
    tree = root.TTree("t", "t")
    with pytest.raises(NeedsRootError, match="a branch 'p' of class TLorentzVector needs ROOT itself"):
        tree.Branch("p", "TLorentzVector", object())
    with pytest.raises(DataError, match="there is no branch 'n' before it that has its length"):
        tree.Branch("p", array("f", [0.0]), "p[n]/F")
    with pytest.raises(NeedsRootError, match="of lists of lists"):
        tree.Branch("p", array("f", [0.0]), "p[n][2]/F")
    with pytest.raises(DataError, match=r"expected a mode of READ, RECREATE, UPDATE, NEW, CREATE, got 'w'"):
        root.TFile("x.root", "w")


def test_files_that_are_open_for_reading_or_closed(root, tree):
    file = root.TFile("t.root")
    with pytest.raises(BookingError, match=r"t.root:/ is not open for writing: 'h' is not written"):
        file.WriteTObject(root.TH1F("h", "h", 2, 0, 1))
    with pytest.raises(BookingError, match=r"output file 't.root' is open for reading"):
        Factory("job", file, "Silent:AnalysisType=Classification")
    file.Close()
    with pytest.raises(BookingError, match=r"output file 't.root' is closed"):
        Factory("job", file, "Silent:AnalysisType=Classification")
    with pytest.raises(FileNotFoundError, match=r"no file 'a.root'"):
        root.TFile("a.root")


def test_a_factory_and_the_script_write_into_one_file(root, tree):
    file = root.TFile("out.root", "RECREATE")
    mine = root.TH1F("mine", "mine", 4, 0, 4)
    mine.Fill(2.5)
    mine.Write()
    factory = Factory("job", file, "Silent:AnalysisType=Classification")
    loader = DataLoader("data")
    loader.AddVariable("x")
    loader.AddTree(tree, "Signal", 1.0, "x > 5")
    loader.AddTree(tree, "Background", 1.0, "x < 16")
    loader.PrepareTrainingAndTestTree("", "nTrain_Signal=7:nTrain_Background=7:!V")
    factory.BookMethod(loader, "Fisher", "Fisher", "!H:!V")
    factory.TrainAllMethods()
    factory.TestAllMethods()
    factory.EvaluateAllMethods()
    assert file.Get("data/TestTree").GetEntries() == 30 - 14
    other = root.TH1F("other", "other", 4, 0, 4)
    file.cd()
    other.Write()
    file.Close()
    with uproot.open("out.root") as written:
        assert {"mine;1", "other;1", "data/TestTree;1"} <= set(written.keys())


def test_questions_about_root_as_a_whole(root, monkeypatch, capsys):
    assert root.gROOT.IsBatch()
    assert "tmva-cpu" in root.gROOT.GetConfigFeatures()
    assert root.gSystem.GetFromPipe("root-config --has-tmva-cpu") == "yes"
    assert root.gSystem.GetFromPipe("root-config --has-tmva-gpu") == "no"
    assert root.gSystem.GetFromPipe("echo text") == "text"
    assert root.gROOT.GetVersionInt() // 100 == 640
    monkeypatch.setenv("ROOTSYS", os.getcwd())
    os.makedirs("tutorials")
    assert str(root.gROOT.GetTutorialDir()) == os.path.join(os.getcwd(), "tutorials")
    for line in ('TMVAGui("out.root")', '.x TMVAGui.C("out.root")', 'TMVA::TMVARegGui("out.root");'):
        assert root.gROOT.ProcessLine(line) == 0
    assert capsys.readouterr().out.count("out.root") >= 3
    assert root.gROOT.LoadMacro("$ROOTSYS/tmva/test/TMVAGui.C") == 0
    with pytest.raises(NeedsRootError, match=r"gROOT.ProcessLine\('int i = 1;'\) needs ROOT itself"):
        root.gROOT.ProcessLine("int i = 1;")
    root.gROOT.ProcessLine("gErrorIgnoreLevel = kError;")
    root.Warning("here", "not shown")
    root.Error("here", "%d shown", 1)
    assert capsys.readouterr().err == "Error in <here>: 1 shown\n"
    root.gErrorIgnoreLevel = 0
    root.gApplication.Run()
    with pytest.raises(SystemExit):
        root.gSystem.Exit(3)


def test_pictures_of_several_pages(root):
    canvas = root.TCanvas("c", "c", 400, 300)
    histogram = root.TH1F("h", "h", 2, 0, 1)
    histogram.Draw()
    for name in ("a.pdf(", "a.pdf", "a.pdf)", "b.pdf[", "b.pdf", "b.pdf", "b.pdf]", "c.pdf", "c.pdf"):
        canvas.Print(name)
    counts = {}
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        with open(name, "rb") as file:
            counts[name] = len(re.findall(rb"/Type /Page\b", file.read()))
    assert counts == {"a.pdf": 3, "b.pdf": 2, "c.pdf": 1}
    assert sorted(os.listdir()) == ["a.pdf", "b.pdf", "c.pdf"]


def test_what_a_pad_sets_is_drawn(root):
    canvas = root.TCanvas("c", "c", 400, 300)
    canvas.Divide(2, 1)
    histogram = root.TH1F("h", "title;#alpha;n", 2, 0, 1)
    histogram.Fill(0.2)
    for number in (1, 2):
        canvas.cd(number)
        histogram.Draw()
    canvas.cd(2).SetLogy()
    histogram.GetXaxis().SetRangeUser(0, 0.5)
    first, second = figure_of(canvas).axes
    assert (first.get_yscale(), second.get_yscale()) == ("linear", "log")
    assert (first.get_title(), first.get_xlabel(), first.get_ylabel()) == ("title", r"$\alpha$", "n")
    assert first.get_xlim() == (0, 0.5)


def test_a_picture_without_matplotlib(root, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    canvas = root.TCanvas("c", "c", 400, 300)
    root.TH1F("h", "h", 2, 0, 1).Draw()
    with pytest.warns(TMVAWarning, match=r"'c.png' is not written: .*tmva-py\[plot\]"):
        canvas.SaveAs("c.png")
    assert not os.path.exists("c.png")
    with pytest.raises(BookingError, match=r"cannot save 'c.doc'"):
        canvas.SaveAs("c.doc")


def test_a_branch_of_several_that_are_filled_one_by_one_gets_another_array(root):
    tree = root.TTree("t", "t")
    first = tree.Branch("x", array("f", [1]))
    tree.Branch("y", array("f", [2]))
    first.Fill()
    other = array("f", [3])
    assert tree.SetBranchAddress("y", other) == 0
    tree.GetBranch("y").Fill()
    assert tree.y == other[0] == 3
