"""``TPad`` and ``TCanvas``: what was drawn, and the picture of it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from tmva_py.booking.graphs.drawing import PICTURES
from tmva_py.errors import BookingError, MissingExtraError, warn
from tmva_py.files import write_atomically
from tmva_py.pyroot.standin.drawing import figure_of, pdf_of
from tmva_py.pyroot.standin.messages import Info
from tmva_py.pyroot.standin.names import root_class
from tmva_py.pyroot.standin.objects import TList, TNamed
from tmva_py.pyroot.standin.session import session

# What ROOT says of a file of several pages, by what follows its name.
_PAGES = {
    "(": "pdf file {} has been created using the current canvas",
    "": "Current canvas added to pdf file {}",
    ")": "Current canvas added to pdf file {} and file closed",
    "[": "pdf file {} has been created",
    "]": "pdf file {} has been closed",
}


class TPad(TNamed):
    """A part of a canvas."""

    def __init__(self, name: object = "", title: object = "", *place: Any) -> None:
        super().__init__(str(name), str(title))
        corners = [float(one) for one in place[:4]]
        self.corners = corners if len(corners) == 4 and max(corners) <= 1 else [0.0, 0.0, 1.0, 1.0]
        self.primitives: list[tuple[Any, str]] = []
        self.pads: list[TPad] = []
        self.canvas: Any = None

    def Draw(self, option: object = "") -> None:
        """Add it to the current pad."""
        state = session()
        if state.pad is not None and state.pad is not self and self not in state.pad.pads:
            state.pad.pads.append(self)
            self.canvas = state.pad.canvas
        state.pad = self

    def cd(self, number: int = 0) -> TPad:
        """Make it, or one of its parts, the current pad."""
        found = self.pads[number - 1] if 0 < number <= len(self.pads) else self
        session().pad = found
        return found

    def GetPad(self, number: int) -> Any:
        return self.pads[number - 1] if 0 < number <= len(self.pads) else self

    def GetCanvas(self) -> Any:
        return self.canvas

    def Divide(self, columns: int = 1, rows: int = 1, *margins: Any) -> None:
        """Divide it into parts, numbered from 1 at the top left."""
        self.pads = []
        for row in range(rows):
            for column in range(columns):
                place = (column / columns, 1 - (row + 1) / rows, (column + 1) / columns, 1 - row / rows)
                pad = TPad(f"{self.name}_{len(self.pads) + 1}", "", *place)
                pad.canvas = self.canvas
                self.pads.append(pad)

    def add(self, one: Any, option: str) -> None:
        """Draw something: it takes the place of all before, unless it is drawn onto it."""
        words = option.lower()
        replaces = getattr(one, "has_frame", True) and "same" not in words
        if replaces and hasattr(one, "joins") and "a" not in words and self.primitives:
            replaces = False  # a graph without axes is drawn onto what is there
        if replaces:
            self.primitives = []
        self.primitives.append((one, option))

    def Clear(self, option: object = "") -> None:
        self.primitives, self.pads = [], []

    def GetListOfPrimitives(self) -> TList:
        return TList([one for one, _ in self.primitives] + self.pads)

    def GetPrimitive(self, name: object) -> Any:
        return self.GetListOfPrimitives().FindObject(name)

    FindObject = GetPrimitive

    def Update(self, *arguments: Any) -> None:
        """Do nothing: the picture is made when it is saved."""

    Modified = ForceUpdate = Flush = RedrawAxis = RaiseWindow = Resize = WaitPrimitive = Range = Update

    def BuildLegend(self, *place: Any) -> Any:
        """Add a legend of what was drawn."""
        legend = root_class("TLegend")(*place[:4], str(place[4]) if len(place) > 4 else "")
        for one, _ in self.primitives:
            for part in one.GetListOfGraphs() if hasattr(one, "GetListOfGraphs") else [one]:
                if hasattr(part, "GetXaxis"):
                    legend.AddEntry(part, part.GetTitle() or part.GetName())
        self.primitives.append((legend, ""))
        return legend

    def DrawFrame(self, x1: float, y1: float, x2: float, y2: float, title: object = "") -> Any:
        """Draw an empty frame."""
        frame = root_class("TH1F")("hframe", title, 1, x1, x2)
        frame.attributes["Minimum"], frame.attributes["Maximum"] = (y1,), (y2,)
        self.cd()
        frame.Draw("axis")
        return frame


class TCanvas(TPad):
    """A picture."""

    def __init__(self, name: object = "c1", title: object = "", *size: Any) -> None:
        super().__init__(name, title)
        numbers = [int(one) for one in size if isinstance(one, int | float)]
        width, height = numbers[-2:] if len(numbers) in (2, 4) else (700, 500)
        self.width, self.height = max(width, 100), max(height, 100)
        self.canvas = self
        state = session()
        state.canvases = [one for one in state.canvases if one.name != self.name] + [self]
        state.pad = self

    def Close(self, option: object = "") -> None:
        state = session()
        state.canvases = [one for one in state.canvases if one is not self]
        state.pad = None if state.pad is not None and state.pad.canvas is self else state.pad

    def SetCanvasSize(self, width: int, height: int) -> None:
        self.width, self.height = int(width), int(height)

    SetWindowSize = SetCanvasSize

    def GetWw(self) -> int:
        return self.width

    def GetWh(self) -> int:
        return self.height

    def SaveAs(self, path: object, option: object = "") -> None:
        """Write the picture; the name's ending tells how."""
        text = str(path)
        name = Path(text.rstrip("()[]"))
        if not name.suffix:
            name = name.with_name(f"{name.name}.{str(option or 'ps').split()[0].lower()}")
        mark = text[-1:] if text[-1:] in "()[]" else ""
        if name.suffix == ".root":
            self._save_root(name)
            Info("TCanvas::SaveAs", f"ROOT file {name} has been created")
        elif name.suffix.lower() == ".pdf" and (mark or str(name) in session().pages):
            self._save_page(name, mark)
        elif name.suffix.lower() in PICTURES:
            self._save_picture(name)
        elif name.suffix.lower() == ".gif":
            self._save_picture(name.with_suffix(".png"))
        elif name.suffix in (".C", ".cxx", ".json", ".xml"):
            warn(f"{text!r} is not written: a canvas is saved as a picture ({', '.join(PICTURES)}) or .root")
        else:
            message = f"cannot save {text!r}: expected an ending such as {', '.join(PICTURES)} or .root"
            raise BookingError(message)

    def Print(self, option: object = "", form: object = "") -> None:
        """Write the picture into the file of a name."""
        self.SaveAs(option or f"{self.name}.ps", form)

    def _save_picture(self, path: Path) -> None:
        try:
            figure = figure_of(self)
        except MissingExtraError as error:  # a job of hours does not end for a picture
            warn(f"{str(path)!r} is not written: {error}")
            return
        picture = io.BytesIO()
        figure.savefig(picture, format=path.suffix[1:].lower())
        write_atomically(path, lambda file: file.write(picture.getvalue()))
        kind = path.suffix[1:].lower().replace("svg", "SVG")
        Info("TCanvas::Print", f"{kind} file {path} has been created")

    def _save_page(self, path: Path, mark: str) -> None:
        """Add a page to a picture of several; brackets, not parentheses, begin or end it without a page."""
        open_ones = session().pages
        pages = open_ones.setdefault(str(path), [])
        try:
            if mark not in ("[", "]"):
                pages.append(figure_of(self))
            if pages:
                content = pdf_of(pages)
                write_atomically(path, lambda file: file.write(content))
            Info("TCanvas::Print", _PAGES[mark].format(path))
        except MissingExtraError as error:
            warn(f"{str(path)!r} is not written: {error}")
        if mark in (")", "]"):
            del open_ones[str(path)]

    def _save_root(self, path: Path) -> None:
        state = session()
        before = state.directory
        file = root_class("TFile")(str(path), "RECREATE")
        for pad in (self, *self.pads):
            for one, _ in pad.primitives:
                if hasattr(one, "__file_object__"):
                    file.WriteTObject(one)
        file.Close()
        state.directory = before

    def Write(self, name: object = "", option: int = 0, size: int = 0) -> int:
        """Write what is drawn, object by object: a canvas itself needs ROOT."""
        written = 0
        for pad in (self, *self.pads):
            for one, _ in pad.primitives:
                if hasattr(one, "__file_object__"):
                    written += session().directory.WriteTObject(one)
        return written

    def _repr_png_(self) -> bytes:
        picture = io.BytesIO()
        figure_of(self).savefig(picture, format="png")
        return picture.getvalue()


class CurrentPad:
    """``gPad``: whatever pad is the current one."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(current_pad(), name)

    def __bool__(self) -> bool:
        return session().pad is not None


gPad = CurrentPad()


def current_pad() -> TPad:
    """Return the current pad; a canvas ``c1`` is made if there is none."""
    if session().pad is None:
        TCanvas("c1", "c1")
    pad: TPad = session().pad
    return pad


def draw_on_pad(one: Any, option: object) -> None:
    """Draw something on the current pad."""
    current_pad().add(one, str(option))
