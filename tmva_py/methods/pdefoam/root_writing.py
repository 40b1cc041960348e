"""TMVA's foams as the bytes that ROOT makes of them."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from tmva_py.methods.pdefoam.foam import Foam
from tmva_py.methods.pdefoam.root_classes import (
    ARRAY_VERSION,
    BYTE_COUNT,
    CELL,
    CELL_VERSION,
    CLASS_MASK,
    FOAM_VERSION,
    LONG_TEXT,
    NEW_CLASS,
    REFERENCE_OFFSET,
    TEXT,
    VECTOR,
    VECTOR_VERSION,
    base_of,
)

# That of TStreamerInfo, which writes arrays; readers pass over it.
_LOOP_VERSION = 9
# TObject's bits: it is referred to; it must be told to its lists; its elements are its own.
_REFERENCED, _MUST_CLEAN_UP, _OWNS = 0x10, 0x8, 0x4000


class _Writing:
    """The bytes so far, and where classes were named."""

    def __init__(self, origin: int) -> None:
        self.data, self._origin = bytearray(), origin
        self._classes: dict[str, int] = {}

    def put(self, code: str, *numbers: Any) -> None:
        """Write numbers."""
        self.data += struct.pack(f">{code}", *numbers)

    def text(self, text: str) -> None:
        """Write a TString."""
        encoded = text.encode(errors="surrogateescape")
        if len(encoded) < LONG_TEXT:
            self.put("B", len(encoded))
        else:
            self.put("BI", LONG_TEXT, len(encoded))
        self.data += encoded

    def header(self, version: int) -> int:
        """Leave room for a size, and write the version; return the place for `close`."""
        place = len(self.data)
        self.put("IH", 0, version)
        return place

    def pointer(self, class_name: str) -> int:
        """Write what is before an object that is pointed to; return the place for `close`."""
        place = len(self.data)
        self.put("I", 0)
        known = self._classes.get(class_name)
        if known is not None:
            self.put("I", known | CLASS_MASK)
        else:
            self._classes[class_name] = len(self.data) + self._origin + REFERENCE_OFFSET
            self.put("I", NEW_CLASS)
            self.data += class_name.encode() + b"\x00"
        return place

    def close(self, *places: int) -> None:
        """Fill in sizes."""
        for place in places:
            struct.pack_into(">I", self.data, place, (len(self.data) - place - 4) | BYTE_COUNT)

    def doubles(self, values: Any) -> None:
        """Write an array that is pointed to."""
        self.put(f"B{len(values)}d", 1, *values.tolist())


def foam_bytes(foam: Foam, origin: int, first_number: int) -> bytes:
    """Return a foam as ROOT serialises it, without what only growing needs.

    Parameters
    ----------
    foam : Foam
        The foam.
    origin : int
        How many bytes of the key are before it.
    first_number : int
        The number of its first cell among the objects of the file that are referred to.
    """
    writing = _Writing(origin)
    outer = writing.header(1)
    around = [writing.header(1)] if base_of(foam.kind) else []
    _write_members(writing, foam, first_number)
    if foam.kind in ("Discriminant", "DecisionTree", "Target"):
        writing.put("I", foam.selector)
    writing.close(*around)
    if foam.kind == "MultiTarget":
        writing.put("i", foam.selector)
    elif foam.kind == "DecisionTree":
        writing.put("I", 0)
    writing.close(outer)
    return bytes(writing.data)


def _write_members(writing: _Writing, foam: Foam, first_number: int) -> None:
    place, growth = writing.header(FOAM_VERSION), foam.growth
    writing.put("HII", 1, 0, 0)
    writing.text(foam.name)
    counts = (growth.n_bins, growth.n_samples, growth.events_per_bin, len(foam.active), len(foam) - 1)
    writing.put("7i", foam.n_dimensions, len(foam), *counts)
    loop = writing.header(_LOOP_VERSION)
    for cell in range(len(foam)):
        _write_cell(writing, foam, cell, first_number)
    writing.close(loop)
    writing.put("IBIB", 0, 0, 0, 0)
    writing.put("i", 0)
    writing.doubles(foam.minimum)
    writing.doubles(foam.maximum)
    writing.put("IIIf?i?", 0, growth.n_min, growth.max_depth, np.float32(1.0 / 15.0), False, 0, True)
    array = writing.pointer("TObjArray")
    content = writing.header(ARRAY_VERSION)
    writing.put("HII", 1, 0, _OWNS)
    writing.text("")
    writing.put("ii", len(foam.variables), 0)
    for name in foam.variables:
        pointer = writing.pointer(TEXT)
        inside = writing.header(1)
        writing.put("HII", 1, 0, 0)
        writing.text(name)
        writing.close(inside, pointer)
    writing.close(content, array, place)


def _write_cell(writing: _Writing, foam: Foam, cell: int, first_number: int) -> None:
    pointer = writing.pointer(CELL)
    place = writing.header(CELL_VERSION)
    if len(foam) > 1:
        writing.put("HIIH", 1, first_number + cell, _REFERENCED | _MUST_CLEAN_UP, 0)
    else:  # nobody refers to it
        writing.put("HII", 1, 0, _MUST_CLEAN_UP)
    is_active = foam.daughters[cell, 0] < 0
    writing.put("hii", foam.n_dimensions, cell, int(is_active))
    for one in (int(foam.parent[cell]), *foam.daughters[cell].tolist()):
        writing.put("HIIH", 1, first_number + one if one >= 0 else 0, 0, 0)
    volume, integral, drive = (getattr(foam, name)[cell] for name in ("volume", "integral", "drive"))
    writing.put("di3d", foam.division[cell], foam.axis[cell], volume, integral, drive)
    count = int(foam.n_elements[cell])
    if count:
        vector = writing.pointer(VECTOR)
        content = writing.header(VECTOR_VERSION)
        writing.put("HIIiiB", 1, 0, 0, count, 0, 1)
        writing.put(f"{count}d", *foam.elements[cell, :count].tolist())
        writing.close(content, vector)
    else:
        writing.put("I", 0)
    writing.close(place, pointer)
