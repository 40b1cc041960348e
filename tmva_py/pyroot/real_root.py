"""TMVA of this package in place of the one that an installed ROOT has, or lacks."""

from __future__ import annotations

import importlib
import sys
from typing import Any


def install_into_root(*, batch: bool = True) -> Any:
    """Put this package into the module ROOT as ``ROOT.TMVA``, and return the module.

    Parameters
    ----------
    batch : bool, default True
        Whether windows stay closed.
    """
    import tmva_py

    root: Any = importlib.import_module("ROOT")
    if batch:
        root.gROOT.SetBatch(True)
    sys.modules["ROOT.TMVA"] = tmva_py
    root.TMVA = tmva_py
    return root
