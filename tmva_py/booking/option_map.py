"""``OptionMap``: a booking as `CrossValidation.GetMethods` gives it."""

from __future__ import annotations

from collections.abc import Mapping

from tmva_py.errors import UnknownNameError


class OptionMap:
    """``GetValue("MethodTitle")``, in PyROOT also ``GetValue["TString"]("MethodTitle")``."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __repr__(self) -> str:
        return f"<OptionMap {self._values!r}>"

    @property
    def GetValue(self) -> _Lookup:
        """What gives a value by its name."""
        return _Lookup(self._values)


class _Lookup:
    """A function that takes a C++ type in brackets first, or none."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __getitem__(self, type_name: object) -> _Lookup:
        return self

    def __call__(self, name: object) -> str:
        """Return a value."""
        if str(name) not in self._values:
            message = f"GetValue: there is no {str(name)!r}, only {', '.join(self._values)}"
            raise UnknownNameError(message)
        return self._values[str(name)]
