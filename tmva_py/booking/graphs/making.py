"""ROC curves as graphs: ROOT's own where a script has imported ROOT, else ours."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from tmva_py.booking.graphs.canvas import Canvas
from tmva_py.booking.graphs.graph import Graph, MultiGraph
from tmva_py.evaluation import RocPoints

X_TITLE = "Signal efficiency (Sensitivity)"
Y_TITLE = "Background rejection (Specificity)"
CURVE_TITLE = "Signal efficiency vs. Background rejection"


def roc_graph(curve: RocPoints, title: str = "", *, axis_titles: bool = False) -> Any:
    """Return a ROC curve as a graph: x signal efficiency, y background rejection."""
    x_title, y_title = (X_TITLE, Y_TITLE) if axis_titles else ("", "")
    root = _root()
    if root is None:
        return Graph(curve.sensitivity, curve.specificity, title, x_title, y_title, name=title or "Graph")
    x, y = (np.ascontiguousarray(one, dtype=np.float64) for one in (curve.sensitivity, curve.specificity))
    graph = root.TGraph(len(x), x, y)
    graph.SetTitle(title)
    graph.SetLineWidth(2)
    if axis_titles:
        graph.GetXaxis().SetTitle(x_title)
        graph.GetYaxis().SetTitle(y_title)
    return graph


def roc_multigraph(curves: Sequence[tuple[str, RocPoints]]) -> Any:
    """Return ROC curves, each with its title, in one frame."""
    root = _root()
    graphs = [roc_graph(curve, title) for title, curve in curves]
    if root is None:
        return MultiGraph(graphs, title=CURVE_TITLE, x_title=X_TITLE, y_title=Y_TITLE)
    together = root.TMultiGraph()
    for number, graph in enumerate(graphs, start=1):
        # The colours 5 and 10 are too light on white.
        graph.SetLineColor(number + (number >= 5) + (number >= 9))
        together.Add(graph)
        _belongs_to_root(root, graph)
    together.SetTitle(f"{CURVE_TITLE};{X_TITLE};{Y_TITLE}")
    return together


def roc_canvas(name: str, curves: Sequence[tuple[str, RocPoints]], title: str) -> Any:
    """Return a picture of ROC curves with a legend."""
    root = _root()
    together = roc_multigraph(curves)
    if root is None:
        together.title = title
        return Canvas(name, together, title)
    # ROOT deletes a canvas of the same name with a warning.
    if older := root.gROOT.GetListOfCanvases().FindObject(name):
        older.Close()
    canvas = root.TCanvas(name, title, 200, 0, 650, 500)
    canvas.SetGrid()
    together.SetTitle(f"{title};{X_TITLE};{Y_TITLE}")
    together.Draw("AL")
    _belongs_to_root(root, together)
    together.SetBit(root.TObject.kCanDelete)
    canvas.BuildLegend(0.15, 0.15, 0.35, 0.3, "MVA Method")
    canvas.Update()
    return canvas


def _root() -> Any:
    """Return ROOT if the script has imported it; importing it here would take seconds and its arguments."""
    return sys.modules.get("ROOT")


def _belongs_to_root(root: Any, one: Any) -> None:
    root.SetOwnership(one, False)
