"""Checks of the arguments of layers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from tmva_py.errors import OptionError
from tmva_py.functions.activations import Activation
from tmva_py.plugins import Registry, default_registry


def whole_numbers(owner: str, values: Mapping[str, tuple[Any, int]]) -> list[int]:
    """Return values, each given with the least one allowed, as whole numbers; `owner` is for messages."""
    checked = []
    for name, (value, least) in values.items():
        if not is_number(value) or value % 1 != 0 or value < least:
            message = f"{owner}: {name} must be a whole number of at least {least}, got {value!r}"
            raise OptionError(message)
        checked.append(int(value))
    return checked


def is_number(value: Any) -> bool:
    """Return whether a value is a finite real number, and no truth value."""
    known = not isinstance(value, bool) and isinstance(value, int | float | np.integer | np.floating)
    return known and math.isfinite(value)


def drop_probability(value: Any) -> float:
    """Return a probability to drop, in [0, 1)."""
    if not is_number(value) or not 0 <= value < 1:
        message = f"dropout: expected the probability to drop, at least 0 and below 1, got {value!r}"
        raise OptionError(message)
    return float(value)


def make_activation(name: str, registry: Registry | None) -> Activation:
    """Return the activation function called `name`."""
    if not isinstance(name, str):
        message = f"activation: expected a name, got {name!r}"
        raise OptionError(message)
    found: Activation = (registry or default_registry()).find("activation", name)()
    return found
