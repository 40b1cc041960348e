"""With PyROOT imported the factory gives ROOT's own graphs and canvases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_jobs import Job, make_job

import tmva_py as TMVA

ROOT = pytest.importorskip("ROOT", reason="PyROOT is not installed; make test-root installs it")
pytestmark = pytest.mark.root
ROOT.gROOT.SetBatch(True)


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    job = make_job(tmp_path_factory.mktemp("job"))
    job.book("Layout=TANH|4,LINEAR", "one")
    job.book("Layout=TANH|3,LINEAR", "two")
    job.factory.TrainAllMethods()
    job.factory.TestAllMethods()
    return job


@pytest.mark.parametrize("kind", [TMVA.Types.kTesting, TMVA.Types.kTraining])
def test_a_graph_of_one_method(job: Job, kind: Any) -> None:
    graph = job.factory.GetROCCurve(job.loader, "one", True, 0, kind)
    assert isinstance(graph, ROOT.TGraph)
    curve = job.factory.GetMethod(job.loader, "one").roc_curve(training=kind == TMVA.Types.kTraining)
    np.testing.assert_array_equal(np.array(graph.GetX()), curve.sensitivity)
    np.testing.assert_array_equal(np.array(graph.GetY()), curve.specificity)
    assert graph.GetTitle() == "Signal efficiency vs. Background rejection (one)"
    assert graph.GetXaxis().GetTitle() == "Signal efficiency (Sensitivity)"
    assert job.factory.GetROCIntegral(job.loader, "one", 0, kind) == pytest.approx(curve.area)


def test_what_scripts_do_with_graphs(job: Job, tmp_path: Path) -> None:
    canvas = ROOT.TCanvas("c", "", 600, 500)
    canvas.SetLogy(0)
    graph = job.factory.GetROCCurve(job.loader, "one")
    graph.SetLineColor(ROOT.kRed)
    graph.Draw("AL")
    legend = ROOT.TLegend(0.1, 0.1, 0.4, 0.3)
    legend.AddEntry(graph, "one", "l")
    legend.Draw()
    canvas.Update()
    together = ROOT.TMultiGraph()
    together.Add(graph.Clone(), "L")
    assert together.GetListOfGraphs().GetSize() == 1
    file = ROOT.TFile(str(tmp_path / "graphs.root"), "RECREATE")
    graph.Write("roc")
    canvas.Write()
    file.Close()
    canvas.SaveAs(str(tmp_path / "c.pdf"))
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF")
    file = ROOT.TFile(str(tmp_path / "graphs.root"))
    assert file.Get("roc").GetN() == graph.GetN()


def test_a_canvas_of_all_methods(job: Job, tmp_path: Path) -> None:
    canvas = job.factory.GetROCCurve(job.loader)
    assert isinstance(canvas, ROOT.TCanvas)
    assert canvas.GetName() == f"ROCCurve {job.loader.GetName()} class 0"
    canvas.cd()
    canvas.Draw()
    canvas.Print(str(tmp_path / "roc.pdf"), "pdf")
    canvas.SaveAs(str(tmp_path / "roc.root"))
    canvas.SaveAs(str(tmp_path / "roc.C"))
    together = next(one for one in canvas.GetListOfPrimitives() if one.InheritsFrom("TMultiGraph"))
    assert [str(one.GetTitle()) for one in together.GetListOfGraphs()] == ["one", "two"]
    entries = canvas.GetPrimitive("TPave").GetListOfPrimitives()
    assert [str(one.GetLabel()) for one in entries] == ["MVA Method", "one", "two"]
    as_multigraph = job.factory.GetROCCurveAsMultiGraph(job.loader, 0, TMVA.Types.kTraining)
    assert isinstance(as_multigraph, ROOT.TMultiGraph)
    del canvas, together, entries  # memory is ROOT's or Python's, not both's
    for _ in range(3):
        job.factory.GetROCCurve(job.loader).Draw()


def test_rocs_of_vectors() -> None:
    values, classes = ROOT.std.vector("float")([0.1, 0.9, 0.4]), ROOT.std.vector("bool")([False, True, True])
    assert TMVA.ROCCurve(values, classes).GetROCIntegral() == 1.0
    assert isinstance(TMVA.ROCCurve(values, classes).GetROCCurve(), ROOT.TGraph)
    background = ROOT.std.vector("float")([0.2, 0.5])
    assert TMVA.ROCCurve(values, background).GetROCIntegral() == pytest.approx(0.5)


def test_texts_of_root_are_texts(job: Job) -> None:
    path = job.factory.GetMethod(job.loader, "one").GetWeightFileName()
    for text in (ROOT.TString("DL"), ROOT.std.string("DL"), ROOT.TObjString("DL")):
        reader = TMVA.Reader("Silent")
        values = [np.zeros(1, np.float32) for _ in range(3)]
        for number, value in enumerate(values):
            reader.AddVariable(f"x{number}", value)
        reader.BookMVA(text, ROOT.TString(path))
        assert reader.EvaluateMVA(text) == reader.EvaluateMVA("DL")
    factory = TMVA.Factory(ROOT.TString("job"), ROOT.TString("out.root"), ROOT.TString("!V:Silent"))
    assert factory.GetName() == "job"
