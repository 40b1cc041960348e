"""Colours, ``gStyle`` and ``TColor``."""

from __future__ import annotations

from typing import Any

COLOURS = {
    **{"kWhite": 0, "kBlack": 1, "kGray": 920, "kRed": 632, "kGreen": 416, "kBlue": 600, "kYellow": 400},
    **{"kMagenta": 616, "kCyan": 432, "kOrange": 800, "kSpring": 820, "kTeal": 840, "kAzure": 860},
    **{"kViolet": 880, "kPink": 900},
    **{"kSolid": 1, "kDashed": 2, "kDotted": 3, "kDashDotted": 4},
    **{"kDot": 1, "kPlus": 2, "kStar": 3, "kCircle": 4, "kMultiply": 5, "kFullDotSmall": 6},
    **{"kFullCircle": 20, "kFullSquare": 21, "kFullTriangleUp": 22, "kFullTriangleDown": 23},
    **{"kOpenCircle": 24, "kOpenSquare": 25, "kOpenTriangleUp": 26, "kOpenDiamond": 27},
    **{"kBird": 57, "kRainBow": 55, "kDeepSea": 51, "kViridis": 112, "kCool": 109},
}


class AnySettings:
    """Takes every ``Set…`` and remembers its values; pictures do not depend on them."""

    def __init__(self, name: str) -> None:
        self._name, self._values = name, dict[str, Any]()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name.startswith("Get"):
            return lambda *_: (self._values.get(name[3:]) or (0,))[0]
        return lambda *values: self._values.__setitem__(name.removeprefix("Set"), values)

    def GetName(self) -> str:
        return self._name


gStyle = AnySettings("Modern")


class TStyle(AnySettings):
    def __init__(self, name: object = "", title: object = "") -> None:
        super().__init__(str(name))


class TGaxis:
    """``TGaxis.SetMaxDigits`` and its like have no effect."""

    SetMaxDigits = staticmethod(lambda *_: None)
    SetExponentOffset = staticmethod(lambda *_: None)


class TColor:
    """Colours by their hexadecimal texts or parts: the nearest of ROOT's numbers."""

    _PARTS = {  # noqa: RUF012 - a table
        **{1: (0, 0, 0), 0: (1, 1, 1), 632: (1, 0, 0), 416: (0, 1, 0), 600: (0, 0, 1), 400: (1, 1, 0)},
        **{616: (1, 0, 1), 432: (0, 1, 1), 800: (1, 0.8, 0), 920: (0.8, 0.8, 0.8), 880: (0.5, 0, 1)},
    }

    def __init__(self, *arguments: Any) -> None:
        self._number = int(arguments[0]) if arguments else 1

    @classmethod
    def GetColor(cls, *given: Any) -> int:
        if len(given) == 1:
            text = str(given[0]).lstrip("#")
            parts = tuple(int(text[i : i + 2], 16) / 255 for i in (0, 2, 4))
        else:
            scale = 255.0 if any(value > 1 for value in given[:3]) else 1.0
            parts = tuple(float(value) / scale for value in given[:3])
        return min(
            cls._PARTS, key=lambda n: sum((a - b) ** 2 for a, b in zip(cls._PARTS[n], parts, strict=True))
        )

    GetColorTransparent = GetColorDark = GetColorBright = staticmethod(lambda number, *_: int(number))
    InvertPalette = SetPalette = staticmethod(lambda *_: None)
