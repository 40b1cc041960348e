"""Legends, lines, texts and boxes."""

from __future__ import annotations

from typing import Any

from tmva_py.pyroot.standin.objects import TList, TNamed
from tmva_py.pyroot.standin.pads import draw_on_pad
from tmva_py.pyroot.standin.painting import colour_of, line_style, shown_text


class Shape(TNamed):
    """Something that is drawn onto what is there, at coordinates of the axes or of the pad."""

    has_frame = False
    n_numbers = 4

    def __init__(self, *arguments: Any) -> None:
        super().__init__(type(self).__name__)
        numbers = [float(one) for one in arguments if isinstance(one, int | float)]
        texts = [str(one) for one in arguments if not isinstance(one, int | float)]
        self.place = (numbers + [0.0] * self.n_numbers)[: self.n_numbers]
        self.texts = texts
        self.is_ndc = False

    def where(self, axes: Any) -> Any:
        """Return the coordinates that it is given in."""
        return axes.transAxes if self.is_ndc else axes.transData

    def SetNDC(self, flag: bool = True) -> Shape:
        self.is_ndc = bool(flag)
        return self

    def Draw(self, option: object = "") -> None:
        draw_on_pad(self, option)

    def SetX1(self, value: float) -> None:
        self.place[0] = float(value)

    def SetY1(self, value: float) -> None:
        self.place[1] = float(value)

    def SetX2(self, value: float) -> None:
        self.place[2] = float(value)

    def SetY2(self, value: float) -> None:
        self.place[3] = float(value)


class TLine(Shape):
    def paint(self, axes: Any, option: str, handles: dict[int, Any]) -> None:
        """Draw the line."""
        x1, y1, x2, y2 = self.place
        handles[id(self)] = axes.plot([x1, x2], [y1, y2], transform=self.where(axes), **line_style(self))[0]

    def DrawLine(self, *place: float) -> TLine:
        return self._draw_another(place)

    def DrawLineNDC(self, *place: float) -> TLine:
        made = self._draw_another(place)
        made.is_ndc = True
        return made

    def _draw_another(self, place: tuple[float, ...]) -> TLine:
        made = type(self)(*place)
        made.attributes = dict(self.attributes)
        made.Draw()
        return made


class TArrow(TLine):
    DrawArrow = TLine.DrawLine


class TBox(TLine):
    def paint(self, axes: Any, option: str, handles: dict[int, Any]) -> None:
        """Draw the box."""
        from matplotlib.patches import Rectangle

        x1, y1, x2, y2 = self.place
        shown = colour_of(self, "FillColor", "LineColor")
        box = Rectangle((x1, y1), x2 - x1, y2 - y1, transform=self.where(axes), color=shown, alpha=0.4)
        handles[id(self)] = axes.add_patch(box)

    DrawBox = TLine.DrawLine


class _Written(Shape):
    def paint(self, axes: Any, option: str, handles: dict[int, Any]) -> None:
        """Write the lines of text."""
        text = "\n".join(shown_text(line) for line in self.texts)
        axes.text(*self.place[:2], text, transform=self.where(axes), color=colour_of(self, "TextColor"))


class TText(_Written):
    n_numbers = 2

    def DrawText(self, x: float, y: float, text: object) -> TText:
        made = type(self)(x, y, str(text))
        made.attributes, made.is_ndc = dict(self.attributes), self.is_ndc
        made.Draw()
        return made

    DrawLatex = DrawText

    def DrawTextNDC(self, x: float, y: float, text: object) -> TText:
        made = self.DrawText(x, y, text)
        made.is_ndc = True
        return made

    DrawLatexNDC = DrawTextNDC

    def SetText(self, x: float, y: float, text: object) -> None:
        self.place, self.texts = [float(x), float(y)], [str(text)]

    def SetTitle(self, text: object) -> None:
        self.texts = [str(text)]


class TLatex(TText):
    pass


class TMarker(Shape):
    n_numbers = 2

    def paint(self, axes: Any, option: str, handles: dict[int, Any]) -> None:
        """Draw the point."""
        axes.plot(self.place[:1], self.place[1:], "o", transform=self.where(axes))


class TPaveText(_Written):
    """Lines of text in a box, by default at coordinates of the axes."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.is_ndc = any("NDC" in text for text in self.texts)
        self.texts = []

    def AddText(self, *arguments: Any) -> TText:
        text = TText(0.0, 0.0, str(arguments[-1]))
        self.texts.append(text.texts[0])
        return text


TPaveLabel = TPaveText


class TLegend(Shape):
    """A legend."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.is_ndc = True
        self.entries: list[tuple[Any, str, str]] = []
        self.header = self.texts[0] if self.texts and not self.texts[0].lower().startswith("br") else ""

    def AddEntry(self, one: Any, label: object = "", option: object = "lpf") -> TNamed:
        """Add a text for an object, by default its title."""
        if isinstance(one, str):
            from tmva_py.pyroot.standin.session import session

            one = session().find(one)
        text = str(label) or (one.GetTitle() if one is not None else "")
        self.entries.append((one, text, str(option)))
        return TNamed("entry", text)

    def paint_legend(self, axes: Any, handles: dict[int, Any]) -> None:
        """Draw it, with what was drawn for its objects."""
        shown = [(handles[id(one)], shown_text(text)) for one, text, _ in self.entries if id(one) in handles]
        if shown:
            x1, y1, x2, y2 = self.place
            has_place = x2 > x1 and y2 > y1
            where: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (x1, y1)} if has_place else {}
            drawn, texts = zip(*shown, strict=True)
            axes.legend(drawn, texts, title=shown_text(self.header) or None, **where)

    def SetHeader(self, header: object, option: object = "") -> None:
        self.header = str(header)

    def GetHeader(self) -> str:
        return self.header

    def GetListOfPrimitives(self) -> TList:
        return TList(TNamed("entry", text) for _, text, _ in self.entries)

    def Clear(self, option: object = "") -> None:
        self.entries.clear()
