"""Booking scripts in TMVA's own spelling: ``Factory``, ``DataLoader``, ``Reader``, ``Types`` and the rest.

Names are imported when they are first used. What scripts hold is a file here; what it is made of is in a
folder: ``loader`` of a ``DataLoader``, ``job`` of what a ``Factory`` does, ``output`` of its output file,
``graphs`` of ROC curves, ``pictures`` of TMVA's macros, ``fitting`` of TMVA's fitters.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tmva_py.booking.booked_method import BookedMethod
    from tmva_py.booking.config import Config, gConfig
    from tmva_py.booking.data_loader import DataLoader
    from tmva_py.booking.factory import Factory
    from tmva_py.booking.graphs import ROCCurve
    from tmva_py.booking.root_stubs import PyMethodBase, Tools, gTools
    from tmva_py.booking.types import Types, VIType

_MODULE_OF_NAME = {
    "BookedMethod": "booked_method",
    "Config": "config",
    "DataLoader": "data_loader",
    "Factory": "factory",
    "PyMethodBase": "root_stubs",
    "ROCCurve": "graphs",
    "Tools": "root_stubs",
    "Types": "types",
    "VIType": "types",
    "gConfig": "config",
    "gTools": "root_stubs",
}

__all__ = [
    "BookedMethod",
    "Config",
    "DataLoader",
    "Factory",
    "PyMethodBase",
    "ROCCurve",
    "Tools",
    "Types",
    "VIType",
    "gConfig",
    "gTools",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF_NAME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"{__name__}.{_MODULE_OF_NAME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
