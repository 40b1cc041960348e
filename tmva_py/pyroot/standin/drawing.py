"""Pictures of canvases, by matplotlib; each object paints itself."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from tmva_py.errors import missing_extra
from tmva_py.pyroot.standin.painting import shown_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_POINTS_PER_INCH = 100


def figure_of(canvas: Any) -> Figure:
    """Return the picture of a canvas."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        error = missing_extra("matplotlib", "plot", "to draw canvases")
        raise error from None
    size = (canvas.width / _POINTS_PER_INCH, canvas.height / _POINTS_PER_INCH)
    figure = Figure(figsize=size, dpi=_POINTS_PER_INCH)
    _draw_pad(figure, canvas, (0.0, 0.0, 1.0, 1.0))
    return figure


def pdf_of(figures: list[Figure]) -> bytes:
    """Return pictures as the pages of one PDF."""
    from matplotlib.backends.backend_pdf import PdfPages

    content = io.BytesIO()
    with PdfPages(content) as pages:
        for figure in figures:
            pages.savefig(figure)
    return content.getvalue()


def _draw_pad(figure: Any, pad: Any, place: tuple[float, ...]) -> None:
    x1, y1, x2, y2 = place
    width, height = x2 - x1, y2 - y1
    if pad.primitives:
        axes = figure.add_axes((x1 + 0.13 * width, y1 + 0.12 * height, 0.82 * width, 0.78 * height))
        _draw_primitives(axes, pad)
    for part in pad.pads:
        a, b, c, d = part.corners
        _draw_pad(figure, part, (x1 + a * width, y1 + b * height, x1 + c * width, y1 + d * height))


def _draw_primitives(axes: Any, pad: Any) -> None:
    # What matplotlib has drawn for each object, by its identity: the legend comes last and needs them.
    handles: dict[int, Any] = {}
    drawn = [(one, option) for one, option in pad.primitives if hasattr(one, "paint")]
    for one, option in drawn:
        one.paint(axes, option.lower(), handles)
    frame = next((one for one, _ in drawn if hasattr(one, "GetXaxis")), None)
    if frame is not None:
        _frame(axes, frame)
    for name, scale in (("Logx", axes.set_xscale), ("Logy", axes.set_yscale)):
        if pad.attribute(name, 0):
            scale("log")
    if pad.attribute("Gridx", 0) or "Grid" in pad.attributes:
        axes.grid(visible=True)
    for one, _ in pad.primitives:
        if hasattr(one, "paint_legend"):
            one.paint_legend(axes, handles)


def _frame(axes: Any, frame: Any) -> None:
    x_axis, y_axis = frame.GetXaxis(), frame.GetYaxis()
    titles = (shown_text(one) for one in (frame.GetTitle(), x_axis.title, y_axis.title))
    axes.set(**dict(zip(("title", "xlabel", "ylabel"), titles, strict=True)))
    if x_axis.range():
        axes.set_xlim(x_axis.range())
    if y_axis.range():
        axes.set_ylim(y_axis.range())
    if "Minimum" in frame.attributes:
        axes.set_ylim(bottom=float(frame.attribute("Minimum", 0)))
    if "Maximum" in frame.attributes:
        axes.set_ylim(top=float(frame.attribute("Maximum", 1)))
