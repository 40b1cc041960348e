"""A small foam."""

from __future__ import annotations

from typing import Any

import numpy as np

from tmva_py.methods.pdefoam.foam import Foam, Growth


def small_foam(kind: str = "Discriminant", **changes: Any) -> Foam:
    """Return a square that is cut at 0.4 and, above that, again at a quarter of the other side."""
    fields: dict[str, Any] = {
        "name": "DiscrFoam",
        "kind": kind,
        "selector": 0,
        "minimum": np.array([-1.0, 0.0]),
        "maximum": np.array([1.0, 4.0]),
        "axis": np.array([0, -1, 1, -1, -1], np.int32),
        "division": np.array([0.4, 0.5, 0.25, 0.5, 0.5]),
        "parent": np.array([-1, 0, 0, 2, 2], np.int32),
        "daughters": np.array([[1, 2], [-1, -1], [3, 4], [-1, -1], [-1, -1]], np.int32),
        "volume": np.array([1.0, 0.4, 0.6, 0.15, 0.45]),
        "integral": np.arange(5.0),
        "drive": np.arange(5.0) / 2,
        "elements": np.array([[0.0, 0.0], [0.25, 0.1], [0.0, 0.0], [0.5, 0.2], [0.75, 0.3]]),
        "n_elements": np.array([0, 2, 0, 2, 2], np.int32),
        "growth": Growth(5, 2000, 10000, 100, 0),
        "variables": ("a", "b"),
    }
    return Foam(**{**fields, **changes})
