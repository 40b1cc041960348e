"""ROOT reads every object of every kind of output file, and finds in it what was written."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import awkward as ak
import numpy as np
import pytest
import uproot
from small_jobs import class_columns, make_job, regression_columns

import tmva_py as TMVA

ROOT = pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
pytestmark = pytest.mark.root

PLOTS = "!V:Silent:!DrawProgressBar:Transformations=I;D;P;G"


def classification(folder: Path, output: Any) -> None:
    events = {name: class_columns(200, shift, seed=2) for name, shift in (("Signal", 1), ("Background", -1))}
    job = make_job(folder, trees=events, options=PLOTS, output=output)
    for kind, options in (
        ("Fisher", "CreateMVAPdfs"),
        ("BDT", "NTrees=10"),
        ("Likelihood", "NAvEvtPerBin=20"),
        ("Cuts", "FitMethod=MC:SampleSize=50:EffMethod=EffSel"),
        ("MLP", "NCycles=5:HiddenLayers=3"),
        ("KNN", "nkNN=5"),
        ("SVM", "MaxIter=20"),
    ):
        job.factory.BookMethod(job.loader, kind, kind, options)
    job.finish()


def regression(folder: Path, output: Any) -> None:
    data = regression_columns(200)
    job = make_job(folder, "Regression", trees=data, targets=("t0", "t1"), options=PLOTS, output=output)
    job.factory.BookMethod(job.loader, "MLP", "MLP", "NCycles=5:HiddenLayers=3")
    job.run("Layout=TANH|4,LINEAR")


def multiclass(folder: Path, output: Any) -> None:
    job = make_job(folder, "Multiclass", options=PLOTS, output=output)
    job.factory.BookMethod(job.loader, "BDT", "BDTG", "NTrees=5:BoostType=Grad")
    job.run("Layout=TANH|4,LINEAR")


def loader_with_spectators(folder: Path, *, shape: tuple[int, ...] = ()) -> Any:
    """Return a loader with spectators of every kind, and with an array if a shape is given."""
    loader = TMVA.DataLoader(str(folder / "dataset"))
    for name in ("x0", "x1"):
        loader.AddVariable(name, "F")
    if shape:
        loader.AddVariablesArray("image", shape[0])
    loader.AddSpectator("x2")
    loader.AddSpectator("long", "I")
    loader.AddSpectator("number", "I")
    loader.AddSpectator("twice := 2 * x0")
    for number, name in enumerate(("Signal", "Background")):
        columns = class_columns(200, 1.0 - 2 * number, seed=number + 1)
        columns["long"] = 2**40 + np.arange(200)
        columns["number"] = np.arange(200, dtype=np.int32)
        if shape:
            columns["image"] = np.random.default_rng(number).normal(size=(200, *shape)).astype("f4")
        loader.AddTree(columns, name, 1.0)
    loader.PrepareTrainingAndTestTree("", "SplitMode=Random:SplitSeed=3:NormMode=None:!V")
    return loader


def category(folder: Path, output: Any) -> None:
    loader = loader_with_spectators(folder)
    factory = TMVA.Factory("job", output, "!V:Silent:AnalysisType=Classification")
    both = factory.BookMethod(loader, "Category", "Cat", "")
    both.AddMethod("x2 > 0", "x0:x1", "Fisher", "above", "")
    both.AddMethod("x2 <= 0", "x0", "Fisher", "below", "")
    for step in (factory.TrainAllMethods, factory.TestAllMethods, factory.EvaluateAllMethods):
        step()


def arrays(folder: Path, output: Any) -> None:
    loader = loader_with_spectators(folder, shape=(4,))
    factory = TMVA.Factory("job", output, "!V:Silent:AnalysisType=Classification")
    factory.BookMethod(loader, "Fisher", "Fisher", "")
    for step in (factory.TrainAllMethods, factory.TestAllMethods, factory.EvaluateAllMethods):
        step()


def cross_validation(folder: Path, output: Any) -> None:
    split = "NumFolds=2:SplitType=Deterministic:SplitExpr=int(fabs([number]))%int([NumFolds])"
    options = f"!V:Silent:AnalysisType=Classification:{split}"
    folds = TMVA.CrossValidation("cv", loader_with_spectators(folder), output, f"{options}:FoldFileOutput")
    folds.BookMethod("Fisher", "Fisher", "")
    folds.Evaluate()


JOBS: tuple[Callable[[Path, Any], None], ...] = (
    classification,
    regression,
    multiclass,
    category,
    arrays,
    cross_validation,
)


def objects_of(folder: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Give all objects of a file as ROOT reads them."""
    for key in folder.GetListOfKeys():
        place, one = f"{path}{key.GetName()};{key.GetCycle()}", key.ReadObj()
        assert one, place
        assert one.ClassName() == key.GetClassName(), place
        if one.InheritsFrom("TDirectory"):
            yield from objects_of(one, f"{path}{key.GetName()}/")
        else:
            yield place, one


def compare(one: Any, other: Any, place: str) -> None:
    """Compare an object of ROOT with the same one of uproot."""
    assert one.ClassName() == other.classname, place
    if one.InheritsFrom("TTree"):
        compare_trees(one, other, place)
    elif one.InheritsFrom("TH1"):
        values = [one.GetBinContent(i) for i in range(one.GetNcells())]
        flat = np.asarray(other.values(flow=True)).ravel(order="F")
        np.testing.assert_array_equal(values, flat, err_msg=place)
        assert one.GetEntries() == other.member("fEntries"), place
        one.Draw()
    elif one.InheritsFrom("TGraph"):
        points = np.array([(one.GetPointX(i), one.GetPointY(i)) for i in range(one.GetN())])
        np.testing.assert_array_equal(points.T, other.values(), err_msg=place)
    elif one.InheritsFrom("TMatrixTBase<float>") or one.InheritsFrom("TMatrixTBase<double>"):
        assert one.IsValid(), place
    elif one.InheritsFrom("TObjString"):
        assert str(one) == str(other), place
    else:
        assert one.InheritsFrom("TNamed"), place
        assert one.GetName() == other.member("fName"), place


def compare_trees(tree: Any, other: Any, place: str) -> None:
    """Compare all entries of all leaves."""
    assert tree.GetEntries() == other.num_entries, place
    columns = {branch.name: branch.array() for branch in other.branches}
    assert [branch.GetName() for branch in tree.GetListOfBranches()] == list(columns), place
    for entry in range(tree.GetEntries()):
        assert tree.GetEntry(entry) > 0, place
        for name, values in columns.items():
            value = values[entry].tolist() if hasattr(values[entry], "tolist") else values[entry]
            leaves = list(tree.GetBranch(name).GetListOfLeaves())
            found: Any
            if isinstance(value, str):
                found = tree.GetBranch(name).GetLeaf(name).GetValueString()
            elif isinstance(value, dict):
                found = {leaf.GetName(): leaf.GetValue() for leaf in leaves}
            elif isinstance(value, list):
                found = [leaves[0].GetValue(i) for i in range(leaves[0].GetLen())]
            else:
                found = (
                    leaves[0].GetTypedValue["Long64_t"]() if isinstance(value, int) else leaves[0].GetValue()
                )
            assert found == value, (place, name, entry)


def check_file(path: Path, *, at_least: int) -> None:
    """Compare all objects of a file, of which there is a number."""
    file = ROOT.TFile(str(path))
    with uproot.open(path) as content:
        places = 0
        for place, one in objects_of(file):
            compare(one, content[place], place)
            places += 1
        folders = [kind for kind in content.classnames().values() if kind.startswith("TDirectory")]
        assert places == len(content.keys(recursive=True)) - len(folders)
        assert places >= at_least
    file.Close()


@pytest.fixture(autouse=True)
def no_complaints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> Iterator[None]:
    """Fail where ROOT prints a warning or an error."""
    monkeypatch.chdir(tmp_path)
    ROOT.gErrorIgnoreLevel = ROOT.kWarning
    ROOT.gROOT.SetBatch(True)
    capfd.readouterr()
    yield
    said = [line for line in capfd.readouterr().err.splitlines() if " in <" in line]
    assert not said


@pytest.mark.parametrize("by", ["a path", "a TFile"])
@pytest.mark.parametrize("job", JOBS, ids=lambda one: one.__name__)
def test_of_jobs(job: Callable[[Path, Any], None], by: str, tmp_path: Path) -> None:
    output = tmp_path / "out.root" if by == "a path" else ROOT.TFile("out.root", "RECREATE")
    job(Path(), output)
    if by == "a TFile":
        output.Close()
    check_file(tmp_path / "out.root", at_least=10)
    for fold in tmp_path.glob("**/*fold*.root"):
        check_file(fold, at_least=5)


STAND_IN = """
from array import array
import ROOT
file = ROOT.TFile("made.root", "RECREATE")
h = ROOT.TH1F("h", "one", 4, 0, 4)
h.GetXaxis().SetBinLabel(2, "second")
h.Sumw2()
h.Fill(1.5, 2.5)
m = ROOT.TH2D("m", "two", 3, 0, 3, 2, array("d", [0, 1, 5]))
m.Fill(1.5, 3.0)
folder = file.mkdir("folder")
folder.cd()
g = ROOT.TGraph(3, array("d", [1, 2, 3]), array("d", [4, 5, 6]))
g.SetName("g")
g.Write()
ROOT.TObjString("a text").Write("text")
tree = ROOT.TTree("t", "t")
x, n, pair = array("f", [0]), array("i", [0]), array("f", [0, 0])
wide, values = array("q", [0]), array("f", [0, 0, 0])
tree.Branch("x", x, "x/F")
tree.Branch("wide", wide, "wide/L")
tree.Branch("values", values, "values[3]/F")
tree.Branch("pair", pair, "a/F:b/F")
lists = ROOT.TTree("lists", "lists")
lists.Branch("n", n, "n/I")
lists.Branch("part", values, "part[n]/F")
for i in range(20):
    x[0], wide[0], n[0], pair[1] = i, 2**50 + i, i % 3, 0.5 * i
    values[i % 3] = i
    tree.Fill()
    lists.Fill()
tree.Write()
lists.Write()
file.cd()
file.Write()
file.Close()
canvas = ROOT.TCanvas("c", "c")
h.Draw()
g.Draw("L")
canvas.SaveAs("canvas.root")
canvas.SaveAs("again.root")
"""


def test_of_scripts_without_root(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(STAND_IN)
    line = [sys.executable, "-c", "from tmva_py.cli import main; main()", "run", "--no-root", "script.py"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    check_file(tmp_path / "made.root", at_least=6)
    check_file(tmp_path / "canvas.root", at_least=1)


def test_of_lists_in_uproots_own_words(tmp_path: Path) -> None:
    """What is compared has lists of several lengths, or the comparison would see little."""
    (tmp_path / "script.py").write_text(STAND_IN)
    line = [sys.executable, "-c", "from tmva_py.cli import main; main()", "run", "--no-root", "script.py"]
    subprocess.run(line, capture_output=True, check=True, timeout=120)
    with uproot.open(tmp_path / "made.root") as file:
        assert ak.num(file["folder/lists"]["part"].array()).tolist() == [i % 3 for i in range(20)]
