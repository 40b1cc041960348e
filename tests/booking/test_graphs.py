"""ROC curves as scripts hold them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from tmva_py.booking.graphs import Canvas, Graph, ROCCurve, roc_graph
from tmva_py.errors import MissingExtraError
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


def test_a_picture_of_one_graph(tmp_path: Path) -> None:
    roc_graph(RocCurve([0.1, 0.9], [False, True]), "LD").SaveAs(str(tmp_path / "one.png"))
    assert (tmp_path / "one.png").stat().st_size > 1000


def test_a_missing_matplotlib_names_the_pip_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    canvas = Canvas("c", [Graph(np.arange(3), np.arange(3))], "title")
    canvas.Draw()  # outside a notebook there is nothing to show
    with pytest.raises(MissingExtraError, match=r"pip install 'tmva-py\[plot\]'"):
        canvas.SaveAs("roc.png")
