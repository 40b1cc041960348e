"""The stand-in's module ``ROOT``: a table of names, each imported when it is used."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

from tmva_py.pyroot.standin.missing import needs_root

# Where each name of ROOT is defined.
_NAMES: dict[str, tuple[str, ...]] = {}


class RootModule(ModuleType):
    """The module ``ROOT``."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "TMVA":
            value: Any = importlib.import_module("tmva_py")
        else:
            home = _homes().get(name)
            if home is None:
                call = f"ROOT.{name}"
                raise needs_root(call, _homes())
            value = getattr(importlib.import_module(f"tmva_py.pyroot.standin.{home}"), name)
        setattr(self, name, value)
        return value

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), "TMVA", *_homes()})


def _homes() -> dict[str, str]:
    return {name: home for home, names in _NAMES.items() for name in names}


def make_root() -> ModuleType:
    """Return a new module ``ROOT``."""
    module = RootModule("ROOT", "What booking and application scripts touch of ROOT, without ROOT.")
    module.__path__ = []
    return module
