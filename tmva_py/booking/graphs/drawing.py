"""Pictures of graphs by matplotlib, and the files that scripts save them in."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tmva_py.booking.graphs.attributes import Attributes
from tmva_py.errors import BookingError, missing_extra
from tmva_py.files import write_atomically
from tmva_py.message_log import MessageLog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

PICTURES = (".png", ".pdf", ".svg", ".ps", ".eps", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".pgf")
OTHER_FILES = (".root", ".C", ".cxx")

_COLOURS = {
    **{0: "white", 1: "black", 2: "red", 3: "limegreen", 4: "blue", 5: "gold", 6: "magenta", 7: "cyan"},
    **{8: "#59d454", 9: "#5954d8", 400: "gold", 416: "limegreen", 432: "cyan", 600: "blue", 616: "magenta"},
    **{632: "red", 800: "orange", 820: "yellowgreen", 840: "teal", 860: "dodgerblue", 880: "violet"},
    **{900: "deeppink", 920: "grey"},
}
_STYLES = {1: "-", 2: "--", 3: ":", 4: "-.", 5: "-."}


def colour(number: int) -> str:
    """Return the colour nearest to one of ROOT's numbers: ``kRed+2`` is red."""
    return _COLOURS.get(number) or _COLOURS[min(_COLOURS, key=lambda known: abs(known - number))]


def draw(graphs: Sequence[Any], frame: Any, legend: Any = None, pad: Attributes | None = None) -> Figure:
    """Return a picture of graphs; titles and ranges are those of `frame`, a graph or a multigraph."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        error = missing_extra("matplotlib", "plot", "to draw curves")
        raise error from None
    # A figure of its own instead of pyplot's: no window, no global state, any thread.
    figure = Figure(figsize=(7.0, 5.0), layout="constrained")
    axes: Any = figure.add_subplot()
    for graph in graphs:
        style: dict[str, Any] = {"linewidth": float(graph.attribute("LineWidth", 2))}
        if "LineColor" in graph.attributes:
            style["color"] = colour(int(graph.attribute("LineColor", 1)))
        style["linestyle"] = _STYLES.get(int(graph.attribute("LineStyle", 1)), "-")
        axes.plot(graph.x, graph.y, label=graph.title, **style)
    x_axis, y_axis = frame.GetXaxis(), frame.GetYaxis()
    axes.set(title=frame.title, xlabel=x_axis.title, ylabel=y_axis.title, xlim=(0, 1), ylim=(0, 1.02))
    if x_axis.range():
        axes.set_xlim(x_axis.range())
    if y_axis.range():
        axes.set_ylim(y_axis.range())
    if "Minimum" in frame.attributes:
        axes.set_ylim(bottom=float(frame.attribute("Minimum", 0)))
    if "Maximum" in frame.attributes:
        axes.set_ylim(top=float(frame.attribute("Maximum", 1)))
    axes.grid(visible=True)
    if pad is not None:
        if pad.attribute("Logx", 0):
            axes.set(xscale="log", xlim=(1e-3, 1))
        if pad.attribute("Logy", 0):
            axes.set(yscale="log", ylim=(1e-3, 1.02))
    if legend is not None and graphs:
        labels = legend.entries or [(graph, graph.title) for graph in graphs]
        lines = dict(zip(map(id, graphs), axes.get_lines(), strict=True))
        shown = [(lines[id(one)], text) for one, text in labels if id(one) in lines]
        axes.legend(
            [line for line, _ in shown], [text for _, text in shown], title=legend.title, loc="lower left"
        )
    return figure


class Drawable(Attributes):
    """What can be saved as a picture, a ROOT file or a macro, and shows itself in a notebook."""

    def figure(self) -> Figure:
        """Return the picture."""
        raise NotImplementedError

    def parts(self) -> Sequence[Any]:
        """Return the graphs in it."""
        raise NotImplementedError

    def Draw(self, option: object = "") -> None:  # noqa: ARG002 - ROOT's signature
        """Show the picture in a notebook; in a script do nothing, as `SaveAs` is what writes."""
        display = sys.modules.get("IPython.display")
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        if display is not None and shell is not None:
            display.display(self)

    def SaveAs(self, path: object, option: object = "") -> None:
        """Write the picture, or the graphs as a ROOT file or a macro; the name's ending tells which.

        Raises
        ------
        BookingError
            The ending is none of a picture, ``.root`` or ``.C``.
        MissingExtraError
            matplotlib is not installed.
        """
        # "pages.pdf(" opens a file of several pages in ROOT; here each call writes a file.
        name = Path(str(path).rstrip("()[]"))
        if not name.suffix:
            name = name.with_name(f"{name.name}.{str(option or 'ps').split()[0].lower()}")
        if name.suffix == ".root":
            self._save_root(name)
            _announce(f"{self.ClassName()}::SaveAs", f"ROOT file {name} has been created")
        elif name.suffix in (".C", ".cxx"):
            macro = self.macro(name.stem)
            write_atomically(name, lambda file: file.write(macro.encode()))
            _announce(f"{self.ClassName()}::SaveSource", f"C++ Macro file: {name} has been generated")
        elif name.suffix.lower() in PICTURES:
            picture = io.BytesIO()
            self.figure().savefig(picture, format=name.suffix[1:].lower())
            write_atomically(name, lambda file: file.write(picture.getvalue()))
            kind = name.suffix[1:].lower().replace("svg", "SVG")
            _announce("TCanvas::Print", f"{kind} file {name} has been created")
        else:
            message = (
                f"cannot save {str(path)!r}: expected an ending such as {', '.join(PICTURES + OTHER_FILES)}"
            )
            raise BookingError(message)

    def Print(self, path: object = "", option: object = "") -> None:
        """Write the picture; a format such as ``"pdf"`` may follow a name without an ending."""
        self.SaveAs(path or self.name or self.ClassName(), option)

    SaveSource = SaveAs

    def Write(self, name: object = "", option: int = 0, size: int = 0) -> int:  # noqa: ARG002 - ROOT's
        """Say how to write it: a file of PyROOT takes ROOT's own graphs, made after ``import ROOT``."""
        MessageLog(self.ClassName()).info("not written: SaveAs('curves.root') writes a file without ROOT")
        return 0

    def _save_root(self, path: Path) -> None:
        from tmva_py.booking.output.path_target import PathTarget
        from tmva_py.histograms import Graph as FileGraph

        objects = {
            graph.name or f"{graph.title or 'Graph'}": FileGraph(graph.x, graph.y, graph.title)
            for graph in self.parts()
        }
        PathTarget(path, "").write(dict(objects))

    def macro(self, function: str) -> str:
        """Return a macro of ROOT that draws the graphs."""
        return _macro(function, self.parts(), self.title)

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        self.figure().savefig(picture, format="png")
        return picture.getvalue()


def _announce(where: str, text: str) -> None:
    """Say what was written, as ROOT does."""
    sys.stderr.write(f"Info in <{where}>: {text}\n")


def _macro(function: str, graphs: Sequence[Any], title: str) -> str:
    """Return a macro of ROOT that draws the graphs."""
    name = "".join(one if one.isalnum() else "_" for one in function)
    lines = ["{", f"   auto canvas = new TCanvas({quoted(name)}, {quoted(title)}, 700, 500);"]
    lines += ["   auto graphs = new TMultiGraph();", f"   graphs->SetTitle({quoted(title)});"]
    for number, graph in enumerate(graphs):
        for axis, values in (("x", graph.x), ("y", graph.y)):
            numbers = ", ".join(repr(float(value)) for value in values)
            lines.append(f"   double {axis}{number}[] = {{{numbers}}};")
        lines += [
            f"   auto graph{number} = new TGraph({len(graph.x)}, x{number}, y{number});",
            f"   graph{number}->SetTitle({quoted(graph.title)});",
            f"   graph{number}->SetLineColor({int(graph.attribute('LineColor', number + 1))});",
            f"   graph{number}->SetLineWidth({int(graph.attribute('LineWidth', 2))});",
            f"   graphs->Add(graph{number});",
        ]
    lines += ['   graphs->Draw("AL");', "   canvas->BuildLegend();" if len(graphs) > 1 else "", "}"]
    return "\n".join(line for line in lines if line) + "\n"


def quoted(text: str) -> str:
    """Return a text of C++."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
