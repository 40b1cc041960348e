"""Scripts in Python with ROOT's wheel: TMVA is this package, and ROOT says that it has it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

ROOT = pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
pytestmark = pytest.mark.root


def test_tmva_is_this_package_in_every_spelling(run_with_root):
    text = """
import ROOT
import ROOT as r
from ROOT import TMVA, TFile, TCut
import tmva_py
assert ROOT.TMVA is r.TMVA is TMVA is tmva_py
assert TFile.__cpp_name__ == "TFile"
TMVA.Tools.Instance()
TMVA.PyMethodBase.PyInitialize()
print(TMVA.Types.kBDT.name)
"""
    done = run_with_root(text)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "kBDT\n"


def test_root_says_that_it_has_tmva(run_with_root):
    text = """
import ROOT
features = ROOT.gROOT.GetConfigFeatures()
print("tmva-cpu" in features, "imt" in features, "tmva-gpu" in features)
for what in ("--has-tmva", "--has-tmva-cpu", "--has-tmva-gpu"):
    print(ROOT.gSystem.GetFromPipe(f"root-config {what}") == "yes")
print(ROOT.gSystem.GetFromPipe("root-config --version"))
print(ROOT.gSystem.Load("libTMVA"), ROOT.gSystem.Load("libPyMVA"))
"""
    done = run_with_root(text)
    assert done.returncode == 0, done.stderr
    words = done.stdout.split()
    assert words[:6] == ["True", "True", "False", "True", "True", "False"]
    assert words[6].startswith("6.")
    assert words[7:] == ["0", "0"], done.stderr
    assert "Error in <TUnixSystem" not in done.stderr


def test_windows_are_not_waited_for(run_with_root):
    text = """
import ROOT
ROOT.gROOT.SetMacroPath("./")
ROOT.gROOT.Macro("./TMVAlogon.C")
ROOT.gROOT.LoadMacro("./TMVAGui.C")
ROOT.gROOT.ProcessLine('TMVAGui("first.root")')
ROOT.gROOT.ProcessLine('TMVA::TMVAGui("second.root")')
ROOT.TMVA.TMVAGui("third.root")
ROOT.gApplication.Run()
print("end", ROOT.gROOT.IsBatch())
"""
    done = run_with_root(text)
    assert done.returncode == 0, done.stderr
    assert "rror" not in done.stderr
    for number in ("first", "second", "third"):
        assert f"There is no window for {number}.root" in done.stdout
    assert done.stdout.endswith("end True\n")


def test_trees_and_files_of_root(run_with_root, tmp_path: Path):
    """ROOT reads what is written; what the script wrote stays."""
    text = Path(__file__).with_name("trees_and_files.py").read_text()
    done = run_with_root(text)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("difference 0.0\n")

    file = ROOT.TFile.Open(str(tmp_path / "out.root"))
    names = {str(key.GetName()) for key in file.GetListOfKeys()}
    assert names == {"mine", "folder", "chain", "friend", "memory", "roc"}
    assert file.Get("mine").GetEntries() == 2
    assert file.Get("folder/inner").GetTitle() == "of the script too"
    assert file.Get("roc").ClassName() == "TCanvas"
    for job, n_events in (("chain", None), ("friend", 400), ("memory", 300)):
        tree = file.Get(f"{job}/TestTree")
        assert n_events is None or tree.GetEntries() == n_events
        # Fisher separates: its mean over the signal is above that over the background.
        means = []
        for number in (0, 1):
            histogram = ROOT.TH1D(f"{job}{number}", "", 100, -5, 5)
            tree.Project(histogram.GetName(), "Fisher", f"classID=={number}")
            means.append(histogram.GetMean())
        assert means[0] > means[1] + 0.1, job
    tree = file.Get("chain/TestTree")
    branches = [str(one.GetName()) for one in tree.GetListOfBranches()]
    assert branches[:2] == ["classID", "className"]
    assert tree.GetMaximum("x") < 3
    assert {"x", "values_1_", "pair.a", "pair.b", "weight", "Fisher"} <= set(branches), branches
    frame = ROOT.RDataFrame("memory/TrainTree", str(tmp_path / "out.root"))
    columns = frame.AsNumpy(["d", "Fisher"])
    assert np.corrcoef(columns["d"], columns["Fisher"])[0, 1] == pytest.approx(1, abs=1e-6)
    file.Close()
    picture = ROOT.TFile.Open(str(tmp_path / "roc.root"))
    assert [str(key.GetClassName()) for key in picture.GetListOfKeys()] == ["TCanvas"]
    picture.Close()


def test_names_declared_after_everything_of_root_was_imported(run_with_root, tmp_path: Path):
    (tmp_path / "style.C").write_text("int setStyle() { return 5; }\n")
    text = (
        "from ROOT import *\ngInterpreter.ProcessLine('auto answer = 42;')\n"
        "status = gROOT.LoadMacro('style.C')\n"
        "def inside():\n    gInterpreter.Declare('int twice(int i) { return 2 * i; }')\n    return twice(4)\n"
        "print(answer, setStyle(), inside())\n"
    )
    done = run_with_root(text)
    assert done.stdout == "42 5 8\n", done.stderr


def test_a_data_frame_computes_responses(run_with_root, tmp_path: Path):
    golden = Path(__file__).parents[3] / "shared" / "golden" / "real_fisher" / "weights.xml"
    if not golden.is_file():
        pytest.skip("../shared with the golden cases is absent")
    text = f"""
import ROOT
import numpy as np
ROOT.gInterpreter.ProcessLine('''
TMVA::Experimental::RReader model("{golden}");
auto computeModel = TMVA::Experimental::Compute<4, float>(model);
''')
names = ["a", "b", "c", "d"]
x = np.random.default_rng(1).normal(size=(50, 4)).astype("f")
frame = ROOT.RDF.FromNumpy({{name: x[:, i].copy() for i, name in enumerate(names)}})
got = frame.Define("y", ROOT.computeModel, names).Define("z", "y[0]").AsNumpy(["z"])["z"]
expected = ROOT.TMVA.Experimental.RReader("{golden}").Compute(x)
print(len(got), np.array_equal(got, np.float32(expected).ravel()))
"""
    done = run_with_root(text)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["50", "True"]


COMPUTE = """
import faulthandler
import sys
import numpy as np
import ROOT

faulthandler.dump_traceback_later(200, exit=True)  # threads that wait for one another
if sys.argv[1] == "threads":
    ROOT.EnableImplicitMT(2)
file = {file!r}
names = ["a", "b", "c", "d"]
x = np.random.default_rng(1).normal(size=(300, 4)).astype("f")
frame = ROOT.RDF.FromNumpy({{name: x[:, i].copy() for i, name in enumerate(names)}})
Compute, RReader = ROOT.TMVA.Experimental.Compute, ROOT.TMVA.Experimental.RReader
model = RReader(file)
reader = ROOT.TMVA.Reader("Silent")
for name in ("myvar1 := var1+var2", "myvar2 := var1-var2", "var3", "var4"):
    reader.AddVariable(name, np.zeros(1, "f"))
reader.BookMVA("M", file)
expected = np.float32(reader.EvaluateMVA(x, "M"))
computed = frame.Define("y", Compute[4, "float"](model), names).Define("z", "y[0]").Define("n", "rdfentry_")
found = computed.AsNumpy(["z", "n"])
assert np.array_equal(found["z"], expected[found["n"].astype(int)])
assert computed.Filter("z > 0").Count().GetValue() == (expected > 0).sum()
assert abs(computed.Histo1D("z").GetMean() - expected.mean()) < 1e-5
least, most = computed.Min("z"), computed.Max("z")
ROOT.RDF.RunGraphs([least, most])
assert (least.GetValue(), most.GetValue()) == (expected.min(), expected.max())
computed.Snapshot("tree", "some.root", ["z"])
computed.Snapshot("tree", "all.root")
for name in ("some.root", "all.root"):
    assert abs(ROOT.RDataFrame("tree", name).Sum("z").GetValue() - expected.sum()) < 1e-3
for spelling in (Compute["4", "float"], Compute[4, float], Compute(4, "float")):
    total = frame.Define("y", spelling(RReader(file)), names).Define("z", "y[0]").Sum("z").GetValue()
    assert abs(total - expected.sum()) < 1e-3
for count, kind in ((3, "float"), (4, "double")):
    try:
        Compute[count, kind](model)
    except ROOT.TMVA.errors.TMVAError as error:
        print(error)
try:
    Compute[4](model)
except ROOT.TMVA.errors.TMVAError as error:
    print(error)
print("end")
"""


@pytest.mark.parametrize("mode", ["one thread", "threads"])
def test_compute_in_python(run_with_root, mode: str):
    golden = Path(__file__).parents[3] / "shared" / "golden" / "real_fisher" / "weights.xml"
    if not golden.is_file():
        pytest.skip("../shared with the golden cases is absent")
    done = run_with_root(COMPUTE.format(file=str(golden)), arguments=(mode,))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    for line, given in zip(lines[-4:-2], ('Compute[3, "float"]', 'Compute[4, "double"]'), strict=True):
        assert 'expected Compute[4, "float"] for Fisher::Fisher with the variables' in line
        assert f"got {given}" in line
    assert "expected the number of variables and the type of the columns" in lines[-2]
    assert lines[-1] == "end"
    assert not done.stderr
