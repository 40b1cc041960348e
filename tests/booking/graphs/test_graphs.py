"""ROC curves as scripts hold them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import uproot

from tmva_py.booking.graphs import Canvas, Graph, MultiGraph, ROCCurve, roc_canvas, roc_graph
from tmva_py.errors import BookingError, MissingExtraError
from tmva_py.evaluation import RocCurve


def test_rocs_of_lists() -> None:
    curve = ROCCurve([0.1, 0.4, 0.35, 0.8], [False, False, True, True], [1.0, 1.0, 2.0, 1.0])
    assert curve.GetROCIntegral() == pytest.approx((2 * 1 + 1 * 2) / (3 * 2))
    assert curve.GetROCIntegral(101) == curve.GetROCIntegral()
    assert curve.GetEffSForEffB(0.5) == pytest.approx(1.0)
    graph = curve.GetROCCurve()
    assert graph.GetX() == pytest.approx([1, 1, 1 / 3, 1 / 3, 0])
    assert graph.GetY() == pytest.approx([0, 0.5, 0.5, 1, 1])


def test_the_part_of_tgraph_that_scripts_use() -> None:
    graph = Graph([0.0, 1.0], [2.0, 4.0], "first")
    assert (graph.GetN(), graph.GetPointX(1), graph.GetPointY(1)) == (2, 1.0, 4.0)
    assert graph.Eval(0.25) == 2.5
    graph.SetTitle("second")
    assert graph.GetTitle() == "second"
    graph.Draw("AL")
    graph.SetPoint(2, 3.0, 5.0)
    graph.AddPoint(4.0, 6.0)
    assert (graph.GetX(), graph.GetY()) == ([0, 1, 3, 4], [2, 4, 5, 6])
    assert Graph([0, 1, 1, 0], [0, 0, 2, 2]).Integral() == 2.0
    assert (graph.Clone("other").GetName(), graph.ClassName()) == ("other", "TGraph")


def test_lists_of_signal_and_background() -> None:
    signal, background = [0.8, 0.3, 0.5], [0.1, 0.5, 0.2, 0.4]
    # Pairs in which the signal has the larger response; a tie counts one half.
    pairs = sum((s > b) + 0.5 * (s == b) for s in signal for b in background)
    assert ROCCurve(signal, background).GetROCIntegral() == pytest.approx(pairs / 12)
    w_s, w_b = [1.0, 2.0, 3.0], [4.0, 3.0, 2.0, 1.0]
    weighted = sum(
        ws * wb * ((s > b) + 0.5 * (s == b))
        for s, ws in zip(signal, w_s, strict=True)
        for b, wb in zip(background, w_b, strict=True)
    )
    assert ROCCurve(signal, background, w_s, w_b).GetROCIntegral() == pytest.approx(weighted / 60)
    both = [(s, w, True) for s, w in zip(signal, w_s, strict=True)]
    both += [(b, w, False) for b, w in zip(background, w_b, strict=True)]
    assert ROCCurve(both).GetROCIntegral() == pytest.approx(weighted / 60)
    values, classes = signal + background, [1, 1, 1, 0, 0, 0, 0]
    assert ROCCurve(values, classes).GetROCIntegral() == pytest.approx(pairs / 12)
    assert ROCCurve(values, np.array(classes, bool), w_s + w_b).GetROCIntegral() == pytest.approx(
        weighted / 60
    )
    with pytest.raises(BookingError, match="lists of different lengths: 2, 1, 2"):
        ROCCurve([0.1, 0.2], [True], [1.0, 1.0])
    with pytest.raises(BookingError, match=r"expected tuples \(response, weight, is signal\)"):
        ROCCurve([0.1, 0.2])
    with pytest.raises(BookingError, match="got 5 lists"):
        ROCCurve(*[[0.1]] * 5)


def canvas_of_two() -> Canvas:
    curves = [
        ("LD", RocCurve([0.1, 0.9, 0.4], [False, True, True])),
        ("DL", RocCurve([0.1, 0.9], [False, True])),
    ]
    canvas: Canvas = roc_canvas("ROCCurve dataset class 0", curves, "title")
    return canvas


def test_the_calls_that_scripts_make_of_a_canvas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    canvas = canvas_of_two()
    canvas.Draw()
    assert canvas.cd() is canvas.cd(0) is canvas
    for call in (canvas.Update, canvas.Modified, canvas.Close):
        call()
    canvas.SetGrid()
    canvas.SetLogy(0)
    canvas.SetLeftMargin(0.2)
    legend = canvas.BuildLegend(0.15, 0.15, 0.35, 0.3, "MVA Method")
    legend.SetHeader("methods", "C")
    legend.SetBorderSize(0)
    for graph in canvas.graphs:
        graph.SetLineColor(632 + 2)
        graph.SetLineWidth(3)
        graph.SetLineStyle(2)
        assert graph.GetLineColor() == 634
        legend.AddEntry(graph, f"the {graph.GetTitle()}", "l")
    legend.Draw()
    frame = canvas.GetListOfPrimitives()[0]
    frame.GetXaxis().SetRangeUser(0.5, 1.0)
    frame.GetYaxis().SetTitle("rejection")
    frame.GetYaxis().SetTitleSize(0.05)
    frame.SetMinimum(0.2)
    axes = canvas.figure().axes[0]
    assert axes.get_xlim() == (0.5, 1.0)
    assert axes.get_ylim()[0] == 0.2
    assert axes.get_ylabel() == "rejection"
    assert axes.get_legend().get_title().get_text() == "methods"
    assert [one.get_text() for one in axes.get_legend().get_texts()] == ["the LD", "the DL"]
    assert [line.get_color() for line in axes.get_lines()] == ["red", "red"]
    assert canvas.Write("name") == 0
    assert "SaveAs('curves.root')" in capsys.readouterr().out
    with pytest.raises(
        AttributeError, match=r"Canvas has no 'SetLogY'; did you mean 'SetLogy'\?.*`import ROOT`"
    ):
        canvas.SetLogY()


@pytest.mark.parametrize(
    ("arguments", "name", "start"),
    [
        (("roc.png",), "roc.png", b"\x89PNG"),
        (("roc", "pdf"), "roc.pdf", b"%PDF"),
        (("roc.pdf", "pdf"), "roc.pdf", b"%PDF"),
        (("roc.pdf(",), "roc.pdf", b"%PDF"),
        (("roc",), "roc.ps", b"%!PS"),
        (("roc.svg",), "roc.svg", b"<?xml"),
        (("roc.eps",), "roc.eps", b"%!PS"),
        (("roc.root",), "roc.root", b"root"),
        (("roc.C",), "roc.C", b"{"),
    ],
)
def test_files_of_pictures(
    arguments: tuple[str, ...], name: str, start: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for call in (canvas_of_two().Print, canvas_of_two().SaveAs):
        call(*arguments)
        assert Path(name).read_bytes().startswith(start)
        assert [one.name for one in tmp_path.iterdir()] == [name]
        Path(name).unlink()


def test_an_ending_that_nobody_writes(tmp_path: Path) -> None:
    with pytest.raises(BookingError, match=r"expected an ending such as \.png, \.pdf"):
        canvas_of_two().SaveAs(tmp_path / "roc.doc")


def test_graphs_in_a_root_file_and_a_macro(tmp_path: Path) -> None:
    canvas = canvas_of_two()
    canvas.SaveAs(tmp_path / "roc.root")
    with uproot.open(tmp_path / "roc.root") as file:
        assert file.keys(cycle=False) == ["LD", "DL"]
        for graph in canvas.graphs:
            x, y = file[graph.GetName()].values()
            assert (x.tolist(), y.tolist()) == (graph.GetX(), graph.GetY())
    canvas.SaveAs(tmp_path / "roc.C")
    text = (tmp_path / "roc.C").read_text()
    assert f"double x0[] = {{{', '.join(map(repr, canvas.graphs[0].GetX()))}}};" in text
    assert 'graph1->SetTitle("DL");' in text


def test_several_graphs_in_one_frame() -> None:
    first, second = Graph([0, 1], [1, 0], "first"), Graph([0, 1], [1, 1], "second")
    together = MultiGraph(title="both")
    together.Add(first, "L")
    together.Add(MultiGraph([second]))
    together.Draw("AL")
    together.SetTitle("new;the x;the y")
    assert together.GetListOfGraphs() == list(together) == [first, second]
    assert (together[1], len(together)) == (second, 2)
    assert together.GetTitle() == "new"
    assert (together.GetXaxis().GetTitle(), together.GetYaxis().GetTitle()) == ("the x", "the y")
    assert len(together.figure().axes[0].get_lines()) == 2


def test_a_picture_of_one_graph(tmp_path: Path) -> None:
    roc_graph(RocCurve([0.1, 0.9], [False, True]), "LD").SaveAs(str(tmp_path / "one.png"))
    assert (tmp_path / "one.png").stat().st_size > 1000


def test_a_missing_matplotlib_names_the_pip_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    canvas = Canvas("c", [Graph(np.arange(3), np.arange(3))], "title")
    canvas.Draw()  # outside a notebook there is nothing to show
    with pytest.raises(MissingExtraError, match=r"pip install 'tmva-py\[plot\]'"):
        canvas.SaveAs("roc.png")


def test_files_are_announced_as_root_does(tmp_path: Path, monkeypatch, capsys) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    monkeypatch.chdir(tmp_path)
    for name in ("roc.pdf", "roc.root", "roc.C"):
        canvas_of_two().SaveAs(name)
    assert capsys.readouterr().err == (
        "Info in <TCanvas::Print>: pdf file roc.pdf has been created\n"
        "Info in <TCanvas::SaveAs>: ROOT file roc.root has been created\n"
        "Info in <TCanvas::SaveSource>: C++ Macro file: roc.C has been generated\n"
    )
