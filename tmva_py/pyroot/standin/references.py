"""Numbers that C++ takes by reference: an ``array``, a NumPy array, or a number of ctypes."""

from __future__ import annotations

from typing import Any


def put(target: Any, value: float) -> None:
    """Write a number to where a script wants it; a null pointer takes none."""
    if hasattr(target, "value"):
        target.value = value
    elif target is not None:
        target[0] = value
