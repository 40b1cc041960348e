"""``TGraph``, ``TGraphErrors``, ``TMultiGraph`` and ``THStack``."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tmva_py.booking.graphs import Graph
from tmva_py.booking.graphs.attributes import Axis
from tmva_py.histograms import Graph as FileGraph
from tmva_py.pyroot.standin.messages import show
from tmva_py.pyroot.standin.objects import TList, TNamed
from tmva_py.pyroot.standin.pads import draw_on_pad
from tmva_py.pyroot.standin.painting import colour_of, line_style, shown_text
from tmva_py.pyroot.standin.session import session


class TGraph(TNamed, Graph):
    """Points, joined or not."""

    def __init__(self, *arguments: Any) -> None:
        given = list(arguments)
        if len(given) == 1 and isinstance(given[0], int):
            x = y = np.zeros(given[0])
        elif len(given) >= 3:
            count = int(given[0])
            x, y = (np.array(one[:count], np.float64) for one in given[1:3])
        elif len(given) == 2:
            x, y = (np.array(one, np.float64) for one in given)
        elif len(given) == 1:  # a histogram
            x, y = np.array(given[0].axes[0].bins.centres), np.array(given[0].inside)
        else:
            x = y = np.empty(0)
        Graph.__init__(self, x, y, "Graph" if given else "")
        self._errors: dict[str, Any] = {}  # by axis and side: xlow, xhigh, ylow, yhigh

    def ClassName(self) -> str:
        return type(self).__name__

    def Print(self, path: object = "", option: object = "") -> None:
        """Print the points."""
        for number, (x, y) in enumerate(zip(self.x, self.y, strict=True)):
            show(f"x[{number}]={x:g}, y[{number}]={y:g}")

    def named(self, name: str, title: str) -> TGraph:
        """Return the graph under a name and with a title."""
        self.name = name
        self.SetTitle(title)
        return self

    joins = True  # what is there, where it is drawn without axes of its own

    def paint(self, axes: Any, option: str, handles: dict[int, Any]) -> None:
        """Draw points, lines, errors."""
        style = {"label": shown_text(self.title), **line_style(self)}
        if "p" in option:
            style |= {"marker": "o", "markersize": 4}
        if "p" in option and not set(option) & set("lc"):
            style["linestyle"] = "none"
        if "ylow" in self._errors and "x" not in option:
            errors = {"xerr": self._both_sides("x"), "yerr": self._both_sides("y")}
            handles[id(self)] = axes.errorbar(self.x, self.y, **errors, **style)
        else:
            handles[id(self)] = axes.plot(self.x, self.y, **style)[0]

    def _both_sides(self, axis: str) -> Any:
        """Return the errors below and above the points; nothing without errors."""
        low, high = (self._errors.get(f"{axis}{side}") for side in ("low", "high"))
        return None if low is None or high is None else np.array([low, high])

    def _error(self, index: int, side: str) -> float:
        return float(self._errors[side][index]) if side in self._errors else -1.0

    def _mean_error(self, index: int, axis: str) -> float:
        low, high = (self._error(index, f"{axis}{side}") for side in ("low", "high"))
        return low if low == high else float(np.sqrt((low**2 + high**2) / 2))

    def GetErrorX(self, index: int) -> float:
        return self._mean_error(index, "x")

    def GetErrorY(self, index: int) -> float:
        return self._mean_error(index, "y")

    def GetErrorXlow(self, index: int) -> float:
        return self._error(index, "xlow")

    def GetErrorXhigh(self, index: int) -> float:
        return self._error(index, "xhigh")

    def GetErrorYlow(self, index: int) -> float:
        return self._error(index, "ylow")

    def GetErrorYhigh(self, index: int) -> float:
        return self._error(index, "yhigh")

    def _take_errors(self, sides: tuple[str, ...], given: tuple[Any, ...]) -> None:
        """Keep arrays of errors; one that is not given is 0, as in ROOT."""
        for side, values in itertools.zip_longest(sides, given[: len(sides)]):
            is_array = values is not None and not isinstance(values, int)
            kept = values[: len(self.x)] if is_array else np.zeros(len(self.x))
            self._errors[side] = np.array(kept, np.float64)

    def _set_errors(self, index: int, sides: dict[str, float]) -> None:
        """Set a point's errors, with points up to it where there are fewer."""
        for side, value in sides.items():
            old = self._errors.get(side, np.zeros(0))
            grown = np.zeros(max(len(self.x), index + 1))
            grown[: len(old)] = old
            grown[index] = value
            self._errors[side] = grown

    def Set(self, count: int) -> None:
        """Keep so many points, or add some at 0."""
        missing = np.zeros(max(0, count - len(self.x)))
        self.x, self.y = (np.append(one[:count], missing) for one in (self.x, self.y))

    def GetPoint(self, index: int, x: Any, y: Any) -> int:
        x.value, y.value = float(self.x[index]), float(self.y[index])
        return index

    def GetMean(self, axis: int = 1) -> float:
        return float(np.mean(self.x if axis == 1 else self.y))

    def GetRMS(self, axis: int = 1) -> float:
        return float(np.std(self.x if axis == 1 else self.y))

    def GetCovariance(self) -> float:
        return float(np.mean((self.x - self.x.mean()) * (self.y - self.y.mean())))

    def GetCorrelationFactor(self) -> float:
        spread = self.GetRMS(1) * self.GetRMS(2)
        return self.GetCovariance() / spread if spread else 0.0

    def Eval(self, x: float, *more: Any) -> float:
        """Return the value between two points, or beyond the ends on the line through the last two."""
        order = np.argsort(self.x, kind="stable")
        points, values = self.x[order], self.y[order]
        if len(points) > 1 and not points[0] <= x <= points[-1]:
            a, b = (0, 1) if x < points[0] else (-2, -1)
            if points[a] != points[b]:
                return float(values[b] + (x - points[b]) * (values[b] - values[a]) / (points[b] - points[a]))
        return float(np.interp(x, points, values)) if len(points) else 0.0

    def AddPoint(self, x: float, y: float) -> None:
        self.x, self.y = np.append(self.x, float(x)), np.append(self.y, float(y))

    def RemovePoint(self, index: int) -> int:
        """Remove a point; -1 if there is none of the number."""
        if not 0 <= index < len(self.x):
            return -1
        self.x, self.y = np.delete(self.x, index), np.delete(self.y, index)
        self._errors = {axis: np.delete(values, index) for axis, values in self._errors.items()}
        return index

    def Sort(self, *arguments: Any) -> None:
        order = np.argsort(self.x, kind="stable")
        self.x, self.y = self.x[order], self.y[order]
        self._errors = {axis: values[order] for axis, values in self._errors.items()}

    def Draw(self, option: object = "") -> None:
        draw_on_pad(self, option or "AL")

    def Write(self, name: object = "", option: int = 0, size: int = 0) -> int:
        written: int = session().directory.WriteTObject(self, str(name or ""))
        return written

    def __file_object__(self) -> FileGraph:
        """Return what is written into a file."""
        return FileGraph(self.x, self.y, self.title)

    def __bool__(self) -> bool:
        return True


class TGraphErrors(TGraph):
    """Points with errors: ``(n, x, y, ex, ey)``."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments[:3])
        self._take_errors(("xlow", "ylow"), arguments[3:5])
        self._errors |= {f"{axis}high": self._errors[f"{axis}low"] for axis in "xy"}

    def GetEX(self) -> list[float]:
        return [self.GetErrorX(number) for number in range(len(self.x))]

    def GetEY(self) -> list[float]:
        return [self.GetErrorY(number) for number in range(len(self.x))]

    def SetPointError(self, index: int, ex: float, ey: float) -> None:
        self._set_errors(index, {"xlow": ex, "xhigh": ex, "ylow": ey, "yhigh": ey})


class TGraphAsymmErrors(TGraph):
    """Points with errors below and above: ``(n, x, y, exl, exh, eyl, eyh)``."""

    _SIDES = ("xlow", "xhigh", "ylow", "yhigh")

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments[:3])
        self._take_errors(self._SIDES, arguments[3:7])

    def SetPointError(self, index: int, exl: float, exh: float, eyl: float, eyh: float) -> None:
        self._set_errors(index, dict(zip(self._SIDES, (exl, exh, eyl, eyh), strict=True)))


class _Together(TNamed):
    """Several things in one frame."""

    def __init__(self, name: object = "", title: object = "") -> None:
        super().__init__(str(name), "")
        self._parts: list[tuple[Any, str]] = []
        self._x_axis, self._y_axis = Axis("xaxis", ""), Axis("yaxis", "")
        self.SetTitle(title)

    def SetTitle(self, title: object) -> None:
        """Set the title; those of the axes may follow it, separated by semicolons."""
        own, *axes = str(title).split(";")
        self.title = own
        for axis, text in zip((self._x_axis, self._y_axis), axes, strict=False):
            axis.title = text

    def GetXaxis(self) -> Axis:
        return self._x_axis

    def GetYaxis(self) -> Axis:
        return self._y_axis

    def Add(self, one: Any, option: object = "") -> None:
        self._parts.append((one, str(option)))

    def Draw(self, option: object = "") -> None:
        draw_on_pad(self, option)


class TMultiGraph(_Together):
    """Several graphs."""

    def paint(self, axes: Any, option: str, handles: dict[int, Any]) -> None:
        """Draw all graphs."""
        for part, own in self._parts:
            part.paint(axes, own.lower() or option, handles)

    def GetListOfGraphs(self) -> TList:
        return TList(one for one, _ in self._parts)


class THStack(_Together):
    """Several histograms, one on top of the other."""

    def paint(self, axes: Any, option: str, handles: dict[int, Any]) -> None:
        """Draw the histograms, or with ``nostack`` each by itself."""
        total: Any = 0
        for part, _ in self._parts:
            if "nostack" in option:
                part.paint(axes, "hist", handles)
                continue
            bottom, total = total, total + part.inside
            style = {"color": colour_of(part, "FillColor", "LineColor"), "label": shown_text(part.title)}
            edges = part.axes[0].bins.edges
            handles[id(part)] = axes.stairs(total, edges, baseline=bottom, fill=True, **style)

    def GetHists(self) -> TList:
        return TList(one for one, _ in self._parts)

    def GetMaximum(self) -> float:
        return float(np.max(sum(one.inside for one, _ in self._parts)))
