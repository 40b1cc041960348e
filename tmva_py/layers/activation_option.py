"""The activation function as an option of a layer: by name in layouts, by number in weight files."""

from __future__ import annotations

from tmva_py.errors import WeightFileError
from tmva_py.functions.activations import Activation
from tmva_py.plugins import Registry, default_registry


def make_activation(name: str, registry: Registry | None) -> Activation:
    """Return the activation function called `name`.

    Raises
    ------
    UnknownNameError
        There is none.
    """
    found: Activation = (registry or default_registry()).find("activation", name)()
    return found


def activation_name(text: str, xml_tag: str) -> str:
    """Return the name of the activation with the number in an attribute ``ActivationFunction``.

    Raises
    ------
    WeightFileError
        No activation has this number.
    """
    known: dict[str, type[Activation]] = default_registry().by_code("activation")
    if text.strip() not in known:
        numbers = ", ".join(f"{code} ({known[code].names[0]})" for code in sorted(known))
        message = f"<{xml_tag}> attribute 'ActivationFunction': expected one of {numbers}, got {text!r}"
        raise WeightFileError(message)
    return known[text.strip()].names[0]
