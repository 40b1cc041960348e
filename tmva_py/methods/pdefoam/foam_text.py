"""Foams inside a weight file: for its text alone, and for many methods in one. ROOT passes over them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement

import numpy as np
import numpy.typing as npt

from tmva_py.errors import WeightFileError
from tmva_py.methods.pdefoam.foam import KINDS, Foam, Growth
from tmva_py.xml_text import read_integer, shortened, where

TAG = "Foam"
_COUNTS = ("NBins", "NSamples", "EventsPerBin", "NMin", "MaxDepth")
_WHOLE = {"Parents": "parent", "Daughters": "daughters", "Axes": "axis", "NElements": "n_elements"}
_REAL = {
    "Minimum": "minimum",
    "Maximum": "maximum",
    "Divisions": "division",
    "Volumes": "volume",
    "Integrals": "integral",
    "Drives": "drive",
    "Elements": "elements",
}
_LARGEST = np.iinfo(np.int32).max


def write_foam(foam: Foam, weights: Element) -> None:
    """Append a foam to ``<Weights>``."""
    growth = foam.growth
    counts = (growth.n_bins, growth.n_samples, growth.events_per_bin, growth.n_min, growth.max_depth)
    about = {"Name": foam.name, "Kind": foam.kind, "Selector": str(foam.selector), "NCells": str(len(foam))}
    about.update({name: str(one) for name, one in zip(_COUNTS, counts, strict=True)})
    element = SubElement(weights, TAG, about)
    for tag, name in (*_WHOLE.items(), *_REAL.items()):
        # repr has the digits that a double needs, and no more.
        SubElement(element, tag).text = " ".join(map(repr, getattr(foam, name).ravel().tolist()))
    for name in foam.variables:
        SubElement(element, "Dimension", Name=name)


def read_foams(weights: Element, names: Sequence[str]) -> list[Foam]:
    """Return the foams in ``<Weights>``, by their names; none if there is none at all.

    Raises
    ------
    WeightFileError
        One is missing, there twice or damaged.
    """
    elements = weights.findall(TAG)
    if not elements:
        return []
    found = {element.get("Name", ""): element for element in elements}
    if sorted(found) != sorted(names) or len(found) != len(elements):
        message = f"{where(weights)}: foams {', '.join(found)}; expected {', '.join(names)}"
        raise WeightFileError(message)
    return [_read(found[name]) for name in names]


def _read(element: Element) -> Foam:
    kind = element.get("Kind", "")
    if kind not in KINDS:
        message = f"{where(element)}: Kind={shortened(kind)}, expected one of {', '.join(KINDS)}"
        raise WeightFileError(message)
    n_cells = read_integer(element, "NCells", minimum=1)
    counts = [min(read_integer(element, name), _LARGEST) for name in _COUNTS]
    whole = {name: _numbers(element, tag, int) for tag, name in _WHOLE.items()}
    real = {name: _numbers(element, tag, float) for tag, name in _REAL.items()}
    n_dimensions = len(real["minimum"])
    for tag, name in (*_WHOLE.items(), *_REAL.items()):
        values = whole.get(name, real.get(name))
        width = 2 if name in ("daughters", "elements") else 1
        expected = n_dimensions if name in ("minimum", "maximum") else n_cells * width
        if values is None or len(values) != expected or not expected:
            message = f"{where(element)}: expected {expected or 'some'} numbers in <{tag}>"
            raise WeightFileError(message)
        if name in whole and (np.abs(values) > _LARGEST).any():
            message = f"{where(element)}: a number in <{tag}> is too large"
            raise WeightFileError(message)
    foam = Foam(
        name=element.get("Name", ""),
        kind=kind,
        selector=min(read_integer(element, "Selector"), _LARGEST),
        growth=Growth(*counts),
        variables=tuple(one.get("Name", "") for one in element.findall("Dimension")),
        parent=whole["parent"].astype(np.int32),
        daughters=whole["daughters"].astype(np.int32).reshape(-1, 2),
        axis=whole["axis"].astype(np.int32),
        n_elements=np.clip(whole["n_elements"], 0, 2).astype(np.int32),
        elements=real.pop("elements").reshape(-1, 2),
        **real,
    )
    foam.check()
    return foam


def _numbers(element: Element, tag: str, dtype: type[int] | type[float]) -> npt.NDArray[Any]:
    text = element.findtext(tag)
    if text is None:
        message = f"{where(element)} has no <{tag}>"
        raise WeightFileError(message)
    try:
        return np.array(text.split(), dtype)
    except (ValueError, OverflowError):
        message = f"{where(element)}: <{tag}> has {shortened(text)}, expected numbers"
        raise WeightFileError(message) from None
