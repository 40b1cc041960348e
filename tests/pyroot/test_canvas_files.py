"""What is said of the files that a canvas is saved in: as ROOT 6.40 says it, word for word."""

from __future__ import annotations

import pytest

from tmva_py.pyroot.running import run_script

SCRIPT = """
import ROOT
h = ROOT.TH1F("h", "h", 3, 0, 1)
canvas = ROOT.TCanvas("c", "c")
h.Draw()
for name in ("a.png", "a.pdf", "a.root", "a.svg", "w.pdf(", "w.pdf", "w.pdf)", "x.pdf[", "x.pdf", "x.pdf]"):
    canvas.SaveAs(name)
ROOT.gErrorIgnoreLevel = ROOT.kWarning
canvas.Print("silent.png")
"""
SAID = """\
Info in <TCanvas::Print>: png file a.png has been created
Info in <TCanvas::Print>: pdf file a.pdf has been created
Info in <TCanvas::SaveAs>: ROOT file a.root has been created
Info in <TCanvas::Print>: SVG file a.svg has been created
Info in <TCanvas::Print>: pdf file w.pdf has been created using the current canvas
Info in <TCanvas::Print>: Current canvas added to pdf file w.pdf
Info in <TCanvas::Print>: Current canvas added to pdf file w.pdf and file closed
Info in <TCanvas::Print>: pdf file x.pdf has been created
Info in <TCanvas::Print>: Current canvas added to pdf file x.pdf
Info in <TCanvas::Print>: pdf file x.pdf has been closed
"""


def test_the_files_of_a_canvas(tmp_path, monkeypatch, capsys):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script.py").write_text(SCRIPT)
    assert run_script("script.py", root=False) == 0
    assert capsys.readouterr().err == SAID
    assert (tmp_path / "silent.png").stat().st_size > 0


JOB = """
import numpy as np
import ROOT
loader = ROOT.TMVA.DataLoader("dataset")
loader.AddVariable("x", "F")
random = np.random.default_rng(3)
for kind in ("Signal", "Background"):
    for i in range(100):
        event = ROOT.std.vector["double"]([random.normal(kind == "Signal")])
        (loader.AddTrainingEvent if i % 2 else loader.AddTestEvent)(kind, event, 1.0)
loader.PrepareTrainingAndTestTree(ROOT.TCut(""), "!V")
factory = ROOT.TMVA.Factory("job", "!V:Silent:AnalysisType=Classification")
factory.BookMethod(loader, "Fisher", "Fisher", "")
factory.TrainAllMethods()
factory.TestAllMethods()
factory.EvaluateAllMethods()
curve = factory.GetROCCurve(loader)
for name in ("roc.png", "roc.svg", "roc.root"):
    curve.SaveAs(name)
ROOT.gErrorIgnoreLevel = ROOT.kWarning
curve.SaveAs("silent.png")
"""
SAID_OF_CURVES = """\
Info in <TCanvas::Print>: png file roc.png has been created
Info in <TCanvas::Print>: SVG file roc.svg has been created
Info in <TCanvas::SaveAs>: ROOT file roc.root has been created
"""


def test_the_files_of_curves(tmp_path, monkeypatch, capsys):
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script.py").write_text(JOB)
    assert run_script("script.py", root=False) == 0
    assert capsys.readouterr().err == SAID_OF_CURVES
    assert (tmp_path / "silent.png").stat().st_size > 0
