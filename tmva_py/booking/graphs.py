"""ROC curves as scripts use them: a graph, a canvas of all methods, and ``TMVA.ROCCurve``."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tmva_py.errors import missing_extra
from tmva_py.evaluation import RocCurve, RocPoints

if TYPE_CHECKING:
    from matplotlib.figure import Figure

X_TITLE = "Signal efficiency (Sensitivity)"
Y_TITLE = "Background rejection (Specificity)"
CURVE_TITLE = "Signal efficiency vs. Background rejection"


class _Drawable:
    """What can be saved as a picture and shows itself in a notebook."""

    def _figure(self) -> Figure:
        raise NotImplementedError

    def Draw(self, option: str = "") -> None:  # noqa: ARG002 - ROOT's signature
        """Show the picture in a notebook; in a script do nothing, as `SaveAs` is what writes."""
        display = sys.modules.get("IPython.display")
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        if display is not None and shell is not None:
            display.display(self)

    def SaveAs(self, path: object) -> None:
        """Write the picture; the name's ending (``.png``, ``.pdf``, ``.svg``) tells the format.

        Raises
        ------
        MissingExtraError
            matplotlib is not installed.
        """
        self._figure().savefig(Path(str(path)))

    Print = SaveAs

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        self._figure().savefig(picture, format="png")
        return picture.getvalue()


class Graph(_Drawable):
    """Points of a curve with the part of TGraph's interface that scripts use.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        The points.
    title, x_title, y_title : str, optional
        Titles of the graph and its axes.
    """

    def __init__(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        title: str = "",
        x_title: str = "",
        y_title: str = "",
    ) -> None:
        self.x: npt.NDArray[np.float64] = np.asarray(x, dtype=np.float64)
        self.y: npt.NDArray[np.float64] = np.asarray(y, dtype=np.float64)
        self.title, self.x_title, self.y_title = title, x_title, y_title

    def GetN(self) -> int:
        """Return the number of points."""
        return len(self.x)

    def GetX(self) -> list[float]:
        """Return the x of all points."""
        return [float(value) for value in self.x]

    def GetY(self) -> list[float]:
        """Return the y of all points."""
        return [float(value) for value in self.y]

    def GetPointX(self, index: int) -> float:
        """Return the x of one point."""
        return float(self.x[index])

    def GetPointY(self, index: int) -> float:
        """Return the y of one point."""
        return float(self.y[index])

    def Eval(self, x: float) -> float:
        """Return y at x, interpolated between points."""
        order = np.argsort(self.x, kind="stable")
        return float(np.interp(x, self.x[order], self.y[order]))

    def GetTitle(self) -> str:
        """Return the title."""
        return self.title

    def SetTitle(self, title: str) -> None:
        """Set the title."""
        self.title = str(title)

    def _figure(self) -> Figure:
        return _draw([self], self.title, self.x_title, self.y_title, legend=False)


class Canvas(_Drawable):
    """Several graphs in one picture, the part of TCanvas that scripts use after ``GetROCCurve``.

    Parameters
    ----------
    name : str
        The canvas' name.
    graphs : sequence of Graph
        What is drawn; the title of each goes into the legend.
    title : str
        Above the picture.
    """

    def __init__(self, name: str, graphs: Sequence[Graph], title: str) -> None:
        self.name, self.graphs, self.title = name, list(graphs), title

    def GetName(self) -> str:
        """Return the name."""
        return self.name

    def _figure(self) -> Figure:
        return _draw(self.graphs, self.title, X_TITLE, Y_TITLE, legend=True)


class ROCCurve:
    """``TMVA.ROCCurve``: the curve of a list of responses.

    Parameters
    ----------
    values : sequence of float
        Responses.
    classes : sequence of bool
        True for signal.
    weights : sequence of float, optional
        Event weights.

    Examples
    --------
    >>> ROCCurve([0.1, 0.9], [False, True]).GetROCIntegral()
    1.0
    """

    def __init__(
        self, values: Sequence[float], classes: Sequence[bool], weights: Sequence[float] | None = None
    ) -> None:
        # A std::vector of PyROOT is a sequence, but no buffer that NumPy knows.
        self._curve = RocCurve(
            np.array(list(values), dtype=np.float32),
            np.array([bool(one) for one in classes]),
            None if weights is None else np.array(list(weights), dtype=np.float64),
        )

    def GetROCIntegral(self, points: int = 41) -> float:  # noqa: ARG002 - ROOT's signature
        """Return the area under the unbinned curve; the number of points makes no difference."""
        return self._curve.area

    def GetEffSForEffB(self, background_efficiency: float, num_points: int = 41) -> float:  # noqa: ARG002
        """Return the signal efficiency at a background efficiency."""
        return self._curve.signal_efficiency_at(background_efficiency)

    def GetROCCurve(self, points: int = 100) -> Graph:  # noqa: ARG002 - ROOT's signature
        """Return background rejection versus signal efficiency, one point per distinct response."""
        return roc_graph(self._curve)


def roc_graph(curve: RocPoints, title: str = "") -> Graph:
    """Return a ROC curve as a graph: x signal efficiency, y background rejection."""
    return Graph(curve.sensitivity, curve.specificity, title)


def _draw(graphs: Sequence[Graph], title: str, x_title: str, y_title: str, *, legend: bool) -> Figure:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        error = missing_extra("matplotlib", "plot", "to draw curves")
        raise error from None
    # A figure of its own instead of pyplot's: no window, no global state, any thread.
    figure = Figure(figsize=(7.0, 5.0), layout="constrained")
    axes: Any = figure.add_subplot()
    for graph in graphs:
        axes.plot(graph.x, graph.y, linewidth=2, label=graph.title)
    axes.set(title=title, xlabel=x_title, ylabel=y_title, xlim=(0, 1), ylim=(0, 1.02))
    axes.grid(visible=True)
    if legend and graphs:
        axes.legend(title="MVA Method", loc="lower left")
    return figure
