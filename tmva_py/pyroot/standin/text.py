"""``TString``, ``TObjString``, ``std::string`` and ``TCut``."""

from __future__ import annotations

from collections import UserString
from typing import Any

from tmva_py.pyroot.standin.messages import formatted
from tmva_py.pyroot.standin.objects import TObject


class TString(UserString):
    """A text that can be changed in place, as in C++."""

    __cpp_name__ = "TString"

    def __init__(self, text: object = "", *more: Any) -> None:
        super().__init__(str(text))

    def __fspath__(self) -> str:
        return self.data

    def __iadd__(self, other: object) -> TString:
        self.data += str(other)
        return self

    def __add__(self, other: object) -> TString:
        return type(self)(self.data + str(other))

    def __radd__(self, other: object) -> TString:
        return type(self)(str(other) + self.data)

    def Data(self) -> str:
        return self.data

    def c_str(self) -> str:
        return self.data

    GetString = GetName = Data

    def Append(self, text: object, count: int = 1) -> TString:
        self.data += str(text) * count
        return self

    def Prepend(self, text: object) -> TString:
        self.data = str(text) + self.data
        return self

    def ReplaceAll(self, old: object, new: object) -> TString:
        self.data = self.data.replace(str(old), str(new))
        return self

    def ToLower(self) -> None:
        self.data = self.data.lower()

    def ToUpper(self) -> None:
        self.data = self.data.upper()

    def Contains(self, text: object) -> bool:
        return str(text) in self.data

    def BeginsWith(self, text: object) -> bool:
        return self.data.startswith(str(text))

    def EndsWith(self, text: object) -> bool:
        return self.data.endswith(str(text))

    def Length(self) -> int:
        return len(self.data)

    size = length = Length

    def IsNull(self) -> bool:
        return not self.data

    empty = IsNull

    def Atoi(self) -> int:
        return int(self.data)

    def Atof(self) -> float:
        return float(self.data)

    def Form(self, text: object, *values: Any) -> None:
        self.data = formatted(str(text), values)

    @staticmethod
    def Format(text: object, *values: Any) -> TString:
        return TString(formatted(str(text), values))


class TObjString(TString, TObject):
    """A text that is an object of files and lists."""

    __cpp_name__ = "TObjString"

    def GetString(self) -> Any:
        return TString(str(self))

    def __file_object__(self) -> str:
        """Return what is written into a file."""
        return str(self)


class string(TString):
    """``std::string``."""

    __cpp_name__ = "std::string"


class TCut:
    """A selection, which can be joined with others by ``+``, ``*``, ``&&``, ``||`` and ``!``."""

    def __init__(self, *texts: Any) -> None:
        self._name = str(texts[0]) if len(texts) > 1 else "CUT"
        self._text = _of(texts[-1]) if texts else ""

    def GetTitle(self) -> str:
        return self._text

    def GetName(self) -> str:
        return self._name

    def SetTitle(self, text: object) -> None:
        self._text = _of(text)

    def SetName(self, name: object) -> None:
        self._name = str(name)

    def Print(self, option: object = "") -> None:
        from tmva_py.pyroot.standin.messages import show

        show(f"OBJ: TCut\t{self._name}\t{self._text}")

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"TCut({self._text!r})"

    def __eq__(self, other: object) -> bool:
        return self._text == _of(other)

    def __hash__(self) -> int:
        return hash(self._text)

    def __bool__(self) -> bool:
        return True

    def __add__(self, other: object) -> TCut:
        return _joined(self, "&&", other)

    def __radd__(self, other: object) -> TCut:
        return _joined(other, "&&", self)

    __and__, __rand__ = __add__, __radd__

    def __or__(self, other: object) -> TCut:
        return _joined(self, "||", other)

    def __ror__(self, other: object) -> TCut:
        return _joined(other, "||", self)

    def __mul__(self, other: object) -> TCut:
        return _joined(self, "*", other)

    def __rmul__(self, other: object) -> TCut:
        return _joined(other, "*", self)

    def __iadd__(self, other: object) -> TCut:
        self._text = (self + other)._text
        return self

    def __imul__(self, other: object) -> TCut:
        self._text = (self * other)._text
        return self

    def __invert__(self) -> TCut:
        return TCut(f"!({self._text})") if self._text else TCut("")


def _of(cut: object) -> str:
    return str(cut.GetTitle()) if hasattr(cut, "GetTitle") else str(cut)


def _joined(left: object, sign: str, right: object) -> TCut:
    """Join as ROOT does: an empty cut is no cut."""
    first, second = _of(left), _of(right)
    if not first or not second:
        return TCut(first or second)
    return TCut(f"({first}){sign}({second})")
