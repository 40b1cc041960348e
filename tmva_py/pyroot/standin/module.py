"""The stand-in's module ``ROOT``: a table of names, each imported when it is used."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from tmva_py.pyroot.standin.missing import needs_root
from tmva_py.pyroot.standin.names import homes, root_class
from tmva_py.pyroot.standin.style import COLOURS

# Settings and constants; a script may set the former.
_VALUES: dict[str, Any] = {"kTRUE": True, "kFALSE": False, "nullptr": None, "gFile": None}


class RootModule(ModuleType):
    """The module ``ROOT``."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":  # from ROOT import *
            return sorted({"TMVA", *homes(), *_VALUES, *COLOURS})
        if name.startswith("__"):
            raise AttributeError(name)
        if name in homes():
            value: Any = root_class(name)
        elif name == "TMVA":
            value = importlib.import_module("tmva_py")
        elif name in _VALUES:
            value = _VALUES[name]
        elif name in COLOURS:
            value = COLOURS[name]
        else:
            return self._changing(name)
        setattr(self, name, value)
        return value

    def _changing(self, name: str) -> Any:
        """Return what may be another thing later: the level of messages, objects by their names."""
        from tmva_py.pyroot.standin.session import session

        if name == "gErrorIgnoreLevel":
            return session().ignored_below
        found = session().find(name)
        if found is None:
            call = f"ROOT.{name}"
            raise needs_root(call, homes())
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "gErrorIgnoreLevel":
            from tmva_py.pyroot.standin.session import session

            session().ignored_below = int(value)
        else:
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), "TMVA", *homes(), *_VALUES, *COLOURS})


def make_root() -> ModuleType:
    """Return a new module ``ROOT``."""
    module = RootModule("ROOT", "What booking and application scripts touch of ROOT, without ROOT.")
    module.__path__ = []
    return module
