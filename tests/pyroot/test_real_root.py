"""Scripts in Python with ROOT's wheel: TMVA is this package, and ROOT says that it has it."""

from __future__ import annotations

import pytest

pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
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
