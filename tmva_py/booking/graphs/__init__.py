"""ROC curves as scripts hold them: ROOT's graphs where PyROOT is imported, else classes like them."""

from tmva_py.booking.graphs.canvas import Canvas, Legend
from tmva_py.booking.graphs.graph import Graph, MultiGraph
from tmva_py.booking.graphs.making import CURVE_TITLE, roc_canvas, roc_graph, roc_multigraph
from tmva_py.booking.graphs.roc_curve import ROCCurve

__all__ = [
    "CURVE_TITLE",
    "Canvas",
    "Graph",
    "Legend",
    "MultiGraph",
    "ROCCurve",
    "roc_canvas",
    "roc_graph",
    "roc_multigraph",
]
