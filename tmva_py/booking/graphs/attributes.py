"""What drawn objects of ROOT have in common: a name, a title and attributes that scripts set and ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tmva_py.errors import did_you_mean

# TAttLine, TAttFill, TAttMarker, TAttText; a pad's; an axis'; a legend's.
_ATTRIBUTES = {
    *("LineColor", "LineColorAlpha", "LineStyle", "LineWidth", "FillColor", "FillColorAlpha", "FillStyle"),
    *("MarkerColor", "MarkerColorAlpha", "MarkerStyle", "MarkerSize"),
    *("TextAlign", "TextAngle", "TextColor", "TextFont", "TextSize"),
    *("Grid", "Gridx", "Gridy", "Logx", "Logy", "Logz", "Ticks", "Tickx", "Ticky", "Editable", "Batch"),
    *("LeftMargin", "RightMargin", "TopMargin", "BottomMargin", "Margin", "BorderMode", "BorderSize"),
    *("FrameFillColor", "FrameBorderMode", "FrameLineColor", "CanvasSize", "WindowSize", "WindowPosition"),
    *("RangeUser", "Limits", "Range", "Minimum", "Maximum", "Ndivisions", "NdivisionsOpt", "MoreLogLabels"),
    *("LabelSize", "LabelFont", "LabelOffset", "LabelColor", "TickLength", "NoExponent", "MaxDigits"),
    *("TitleSize", "TitleOffset", "TitleFont", "TitleColor", "CenterTitle", "AxisColor", "Decimals"),
    *("NColumns", "X1NDC", "X2NDC", "Y1NDC", "Y2NDC", "X1", "X2", "Y1", "Y2", "EntrySeparation"),
    *("Stats", "Option", "Bit", "Highlight", "Fixed", "Selected", "DrawOption", "Xmin", "Xmax"),
}
_WITHOUT_SET = {"CenterTitle"}


class Attributes:
    """A name, a title, and ROOT's setters: they are kept, and used where a picture has something alike."""

    def __init__(self, name: str = "", title: str = "") -> None:
        self.name, self.title = name, title
        self.attributes: dict[str, tuple[Any, ...]] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        attribute = name[3:] if name[:3] in ("Set", "Get") else name if name in _WITHOUT_SET else ""
        if attribute in _ATTRIBUTES:
            if name.startswith("Get"):
                return lambda: (self.attributes.get(attribute) or (0,))[0]
            # SetLogy() and its like switch on.
            return lambda *values: self.attributes.__setitem__(attribute, values or (1,))
        if name.startswith("_"):
            raise AttributeError(name)
        known = [one for one in dir(type(self)) if not one.startswith("_")]
        known += [f"Set{one}" for one in sorted(_ATTRIBUTES)]
        message = (
            f"{type(self).__name__} has no {name!r}{did_you_mean(name, known)}; with `import ROOT` before, "
            "the factory gives ROOT's own objects"
        )
        raise AttributeError(message)

    def attribute(self, name: str, default: Any) -> Any:
        """Return the first value that a setter was given."""
        return (self.attributes.get(name) or (default,))[0]

    def GetName(self) -> str:
        """Return the name."""
        return self.name

    def SetName(self, name: object) -> None:
        """Set the name."""
        self.name = str(name)

    def GetTitle(self) -> str:
        """Return the title."""
        return self.title

    def SetTitle(self, title: object) -> None:
        """Set the title."""
        self.title = str(title)

    def SetNameTitle(self, name: object, title: object) -> None:
        """Set name and title."""
        self.SetName(name)
        self.SetTitle(title)

    def ClassName(self) -> str:
        """Return the name of ROOT's class."""
        return f"T{type(self).__name__}"


class Axis(Attributes):
    """An axis: its title, and a range if one was set."""

    def range(self) -> tuple[float, float] | None:
        """Return the range that was set."""
        for name in ("RangeUser", "Limits", "Range"):
            if name in self.attributes:
                low, high = self.attributes[name][:2]
                return float(low), float(high)
        return None
