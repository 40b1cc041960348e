"""Graphs with the part of TGraph's and TMultiGraph's interface that scripts use."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tmva_py.booking.graphs.attributes import Axis
from tmva_py.booking.graphs.drawing import Drawable, draw

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class _WithAxes(Drawable):
    """A graph or several, in a frame."""

    def __init__(self, name: str, title: str, x_title: str, y_title: str) -> None:
        super().__init__(name, title)
        self._x_axis, self._y_axis = Axis("xaxis", x_title), Axis("yaxis", y_title)

    def GetXaxis(self) -> Axis:
        """Return the x axis."""
        return self._x_axis

    def GetYaxis(self) -> Axis:
        """Return the y axis."""
        return self._y_axis

    def SetTitle(self, title: object) -> None:
        """Set the title; those of the axes may follow it, separated by semicolons."""
        own, *axes = str(title).split(";")
        self.title = own
        for axis, text in zip((self._x_axis, self._y_axis), axes, strict=False):
            axis.title = text

    def figure(self) -> Figure:
        """Return the picture."""
        return draw(self.parts(), self)


class Graph(_WithAxes):
    """Points of a curve.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        The points.
    title, x_title, y_title, name : str, optional
        Titles of the graph and its axes, and its name.
    """

    def __init__(
        self,
        x: npt.ArrayLike = (),
        y: npt.ArrayLike = (),
        title: str = "",
        x_title: str = "",
        y_title: str = "",
        name: str = "Graph",
    ) -> None:
        super().__init__(name, title, x_title, y_title)
        self.x: npt.NDArray[np.float64] = np.array(x, dtype=np.float64)
        self.y: npt.NDArray[np.float64] = np.array(y, dtype=np.float64)

    def parts(self) -> Sequence[Graph]:
        """Return the graph itself."""
        return [self]

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

    def SetPoint(self, index: int, x: float, y: float) -> None:
        """Set a point; one beyond the last makes room, with zeros between."""
        if index >= len(self.x):
            more = np.zeros(index + 1 - len(self.x))
            self.x, self.y = np.concatenate([self.x, more]), np.concatenate([self.y, more])
        self.x[index], self.y[index] = x, y

    def AddPoint(self, x: float, y: float) -> None:
        """Add a point at the end."""
        self.SetPoint(len(self.x), x, y)

    def Eval(self, x: float) -> float:
        """Return y at x, interpolated between points."""
        order = np.argsort(self.x, kind="stable")
        return float(np.interp(x, self.x[order], self.y[order]))

    def Integral(self, first: int = 0, last: int = -1) -> float:
        """Return the area of the polygon of the points, as ROOT does: closed from the last to the first."""
        end = len(self.x) if last < 0 else last + 1
        x, y = self.x[first:end], self.y[first:end]
        return float(0.5 * abs(np.sum((y + np.roll(y, -1)) * (np.roll(x, -1) - x))))

    def Clone(self, name: object = "") -> Graph:
        """Return a copy."""
        other = copy.deepcopy(self)
        other.name = str(name) or self.name
        return other


class MultiGraph(_WithAxes):
    """Several graphs in one frame.

    Parameters
    ----------
    graphs : sequence of Graph
        What is in it.
    name, title, x_title, y_title : str, optional
        Name and titles.
    """

    def __init__(
        self,
        graphs: Sequence[Graph] = (),
        name: str = "",
        title: str = "",
        x_title: str = "",
        y_title: str = "",
    ) -> None:
        super().__init__(name, title, x_title, y_title)
        self.graphs = list(graphs)

    def parts(self) -> Sequence[Graph]:
        """Return the graphs."""
        return self.graphs

    def Add(self, graph: Graph, option: object = "") -> None:  # noqa: ARG002 - ROOT's signature
        """Add a graph, or all of another multigraph."""
        self.graphs.extend(graph.parts())

    def GetListOfGraphs(self) -> list[Graph]:
        """Return the graphs."""
        return self.graphs

    def __iter__(self) -> Iterator[Graph]:
        return iter(self.graphs)

    def __len__(self) -> int:
        return len(self.graphs)

    def __getitem__(self, index: int) -> Graph:
        return self.graphs[index]
