"""A canvas with several graphs and a legend, the part of TCanvas that scripts use after ``GetROCCurve``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tmva_py.booking.graphs.attributes import Attributes
from tmva_py.booking.graphs.drawing import Drawable, draw
from tmva_py.booking.graphs.graph import Graph, MultiGraph

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Legend(Attributes):
    """A legend: a heading and a text for each graph; without entries that of a canvas shows all graphs."""

    def __init__(self, *place: Any) -> None:
        super().__init__("TPave", str(place[4]) if len(place) > 4 else "")
        self.entries: list[tuple[Graph, str]] = []

    def AddEntry(self, graph: Graph, label: object = "", option: object = "") -> None:  # noqa: ARG002
        """Add a text for a graph, by default its title."""
        self.entries.append((graph, str(label) or graph.title))

    def SetHeader(self, header: object, option: object = "") -> None:  # noqa: ARG002 - ROOT's signature
        """Set the heading."""
        self.title = str(header)

    def GetHeader(self) -> str:
        """Return the heading."""
        return self.title

    def Clear(self, option: object = "") -> None:  # noqa: ARG002 - ROOT's signature
        """Forget all entries."""
        self.entries.clear()

    def Draw(self, option: object = "") -> None:
        """Do nothing: the canvas draws it."""


class Canvas(Drawable):
    """Several graphs in one picture.

    Parameters
    ----------
    name : str
        The canvas' name.
    graphs : MultiGraph or sequence of Graph
        What is drawn; the title of each goes into the legend.
    title : str
        Above the picture.
    """

    def __init__(self, name: str, graphs: MultiGraph | Sequence[Graph], title: str) -> None:
        super().__init__(name, title)
        self.multigraph = graphs if isinstance(graphs, MultiGraph) else MultiGraph(graphs, title=title)
        self.legend = Legend(0, 0, 1, 1, "MVA Method")

    @property
    def graphs(self) -> list[Graph]:
        """The graphs."""
        return self.multigraph.graphs

    def parts(self) -> Sequence[Graph]:
        """Return the graphs."""
        return self.graphs

    def figure(self) -> Figure:
        """Return the picture."""
        return draw(self.graphs, self.multigraph, self.legend, self)

    def cd(self, number: int = 0) -> Canvas:  # noqa: ARG002 - ROOT's signature
        """Return the canvas: there is one pad."""
        return self

    def Update(self) -> None:
        """Do nothing: a picture is made when it is saved or shown."""

    Modified = ForceUpdate = Close = Flush = RedrawAxis = RaiseWindow = Resize = Update

    def Clear(self, option: object = "") -> None:  # noqa: ARG002 - ROOT's signature
        """Forget the graphs."""
        self.multigraph.graphs.clear()

    def BuildLegend(self, *place: Any) -> Legend:
        """Return the legend; arguments are those of ROOT, of which the heading is used."""
        self.legend = Legend(*place)
        return self.legend

    def GetListOfPrimitives(self) -> list[Any]:
        """Return what is drawn: the graphs together, and the legend."""
        return [self.multigraph, self.legend]

    def GetPrimitive(self, name: object) -> Any:
        """Return what is drawn under a name, or None."""
        return next(
            (one for one in [self.multigraph, self.legend, *self.graphs] if one.name == str(name)), None
        )
