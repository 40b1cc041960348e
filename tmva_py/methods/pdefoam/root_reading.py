"""TMVA's foams from the bytes that ROOT makes of them.

uproot opens and unpacks files; it cannot read arrays of pointers to cells. Of each class there is one
version: those of TMVA 4.1 and later.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from tmva_py.errors import WeightFileError
from tmva_py.methods.pdefoam.foam import KINDS, Foam, Growth
from tmva_py.methods.pdefoam.root_classes import (
    ARRAY_VERSION,
    BYTE_COUNT,
    CELL,
    CELL_VERSION,
    CLASS_MASK,
    CLASS_PREFIX,
    FOAM_VERSION,
    LONG_TEXT,
    NEW_CLASS,
    REFERENCE_OFFSET,
    TEXT,
    VECTOR,
    VECTOR_VERSION,
    base_of,
    class_of,
)

# TObject's bit: it is referred to.
_REFERENCED = 0x10
_MOST_DIMENSIONS = 10_000


class _Reading:
    """Where reading has come to."""

    def __init__(self, data: bytes, origin: int) -> None:
        self.data, self.at, self._origin = data, 0, origin
        self._classes: dict[int, str] = {}

    def take(self, code: str) -> tuple[Any, ...]:
        """Read numbers."""
        size = struct.calcsize(f">{code}")
        if self.at + size > len(self.data):
            message = f"it ends at byte {len(self.data)}, where more is expected"
            raise WeightFileError(message)
        found = struct.unpack_from(f">{code}", self.data, self.at)
        self.at += size
        return found

    def one(self, code: str) -> Any:
        """Read a number."""
        return self.take(code)[0]

    def text(self) -> str:
        """Read a TString."""
        length = self.one("B")
        if length == LONG_TEXT:
            length = self.one("I")
        return self._piece(length).decode(errors="surrogateescape")

    def _piece(self, length: int) -> bytes:
        if self.at + length > len(self.data):
            message = f"it ends at byte {len(self.data)}, where more is expected"
            raise WeightFileError(message)
        self.at += length
        return self.data[self.at - length : self.at]

    def header(self, name: str, version: int | None) -> int:
        """Read size and version of a part, None for any; return where it ends."""
        count = self.one("I")
        end: int = self.at + (count & ~BYTE_COUNT)
        found = self.one("H")
        if not count & BYTE_COUNT or not self.at <= end <= len(self.data):
            message = f"at byte {self.at}: {name} has no size that fits"
            raise WeightFileError(message)
        if version is not None and found != version:
            message = f"{name} has the version {found}, expected {version}"
            raise WeightFileError(message)
        return end

    def end(self, name: str, expected: int) -> None:
        """Refuse a part that has more or less than it should."""
        if self.at != expected:
            message = f"{name} ends at byte {expected}, and its last member at {self.at}"
            raise WeightFileError(message)

    def base_object(self) -> int:
        """Read a TObject; return its number among those that are referred to."""
        version, number, bits = self.take("HII")
        if version != 1:
            message = f"at byte {self.at}: TObject has the version {version}, expected 1"
            raise WeightFileError(message)
        if bits & _REFERENCED:
            self.take("H")
        return int(number) & 0xFFFFFF

    def reference(self) -> int:
        """Read a TRef: the number of an object, 0 for none."""
        version, number, _, _ = self.take("HIIH")
        if version != 1:
            message = f"at byte {self.at}: TRef has the version {version}, expected 1"
            raise WeightFileError(message)
        return int(number) & 0xFFFFFF

    def pointer(self) -> tuple[str, int]:
        """Read what is before an object that is pointed to: its class, "" for none, and where it ends."""
        place = self.at
        count = self.one("I")
        if count == 0:
            return "", self.at
        end = self.at + (count & ~BYTE_COUNT)
        if count == NEW_CLASS or not count & BYTE_COUNT or end > len(self.data):
            message = f"at byte {place}: expected an object with its size"
            raise WeightFileError(message)
        place = self.at
        tag = self.one("I")
        if tag == NEW_CLASS:
            stop = self.data.find(b"\x00", self.at, self.at + 256)
            if stop < 0:
                message = f"at byte {self.at}: expected the name of a class"
                raise WeightFileError(message)
            name = self._piece(stop - self.at).decode(errors="replace")
            self.at += 1
            self._classes[place + self._origin + REFERENCE_OFFSET] = name
            return name, end
        name = self._classes.get(tag & ~CLASS_MASK, "")
        if not tag & CLASS_MASK or not name:
            message = f"at byte {place}: expected a class that was named before"
            raise WeightFileError(message)
        return name, end

    def doubles(self, count: int) -> Any:
        """Read an array that is pointed to, None if there is none."""
        if not self.one("B"):
            return None
        return np.array(self.take(f"{count}d"), np.float64)


def read_foam(data: bytes, class_name: str, origin: int) -> Foam:
    """Return the foam that an object's bytes hold.

    Parameters
    ----------
    data : bytes
        Unpacked.
    class_name : str
        Its class in the file.
    origin : int
        How many bytes of the key are before it: the object counts them.

    Raises
    ------
    WeightFileError
        What is no foam, or one of another version.
    """
    kind = class_name.removeprefix(CLASS_PREFIX)
    if kind not in KINDS or not class_name.startswith(CLASS_PREFIX):
        of_old = ", of TMVA before 4.1; train it again" if class_name == CLASS_PREFIX else ""
        message = f"it is a {class_name}{of_old}; expected one of {', '.join(map(class_of, KINDS))}"
        raise WeightFileError(message)
    reading = _Reading(data, origin)
    outer = reading.header(class_name, 1)
    around = base_of(kind)
    inner = reading.header(around, 1) if around else outer
    members = _read_members(reading)
    selector = 0 if class_of("Event") in (class_name, around) else reading.one("I")
    if around:
        reading.end(around, inner)
    if kind == "MultiTarget":
        selector = reading.one("i")
    elif kind == "DecisionTree":
        reading.at = outer  # what separates is of no use any more
    reading.end(class_name, outer)
    foam = Foam(kind=kind, selector=int(selector), **members)
    foam.check()
    return foam


def _read_members(reading: _Reading) -> dict[str, Any]:
    end = reading.header(CLASS_PREFIX, FOAM_VERSION)
    reading.base_object()
    name = reading.text()
    dimensions, expected, n_bins, n_samples, per_bin, _, last = reading.take("7i")
    if not 1 <= dimensions <= _MOST_DIMENSIONS or not 0 <= last < expected:
        message = f"it has {dimensions} dimensions and {last + 1} of {expected} cells"
        raise WeightFileError(message)
    loop_end = reading.header("the array of cells", None)
    if expected > (loop_end - reading.at) // 4:
        message = f"{expected} cells do not fit into {loop_end - reading.at} bytes"
        raise WeightFileError(message)
    cells = _read_cells(reading, expected, dimensions, last + 1)
    reading.end("the array of cells", loop_end)
    for skipped in ("pointer", "doubles", "pointer", "doubles"):
        # Edge histograms, random vector, generator and the point that was sampled last.
        if skipped == "doubles":
            reading.doubles(dimensions)
        else:
            reading.at = reading.pointer()[1]
    reading.one("i")
    low, high = reading.doubles(dimensions), reading.doubles(dimensions)
    if low is None or high is None:
        message = "it has no box"
        raise WeightFileError(message)
    _, n_min, max_depth, _, _, _, _ = reading.take("IIIf?i?")
    variables = tuple(_read_texts(reading))
    reading.end(CLASS_PREFIX, end)
    growth = Growth(n_bins, n_samples, per_bin, n_min, max_depth)
    return {
        "name": name,
        "minimum": low,
        "maximum": high,
        "growth": growth,
        "variables": variables,
        **cells,
    }


def _read_cells(reading: _Reading, expected: int, dimensions: int, kept: int) -> dict[str, Any]:
    relatives = np.zeros((expected, 3), np.int64)
    numbers = np.zeros(expected, np.int64)
    status, axis, n_elements = (np.zeros(expected, np.int32) for _ in range(3))
    reals, elements = np.zeros((expected, 4)), np.zeros((expected, 2))
    for cell in range(expected):
        class_name, outer = reading.pointer()
        if class_name != CELL:
            message = f"cell {cell} is a {class_name or 'null pointer'}, expected {CELL}"
            raise WeightFileError(message)
        end = reading.header(CELL, CELL_VERSION)
        numbers[cell] = reading.base_object()
        cell_dimensions, _, status[cell] = reading.take("hii")
        relatives[cell] = [reading.reference() for _ in range(3)]
        reals[cell, 0], axis[cell], *reals[cell, 1:] = reading.take("di3d")
        if cell_dimensions != dimensions:
            message = f"cell {cell} has {cell_dimensions} dimensions, the foam {dimensions}"
            raise WeightFileError(message)
        found = _read_vector(reading)
        n_elements[cell] = len(found)
        elements[cell, : len(found)] = found
        reading.end(f"cell {cell}", end)
        reading.end(f"cell {cell}", outer)
    known = {int(number): cell for cell, number in enumerate(numbers[:kept]) if number}
    try:
        cells = np.array([[known[int(one)] if one else -1 for one in row] for row in relatives[:kept]])
    except KeyError as error:
        message = f"a cell refers to the object {error.args[0]}, which is no cell of this foam"
        raise WeightFileError(message) from None
    daughters = cells[:, 1:].astype(np.int32)
    wrong = (status[:kept] == 1) != (daughters[:, 0] < 0)
    if wrong.any():
        message = f"cell {int(np.argmax(wrong))} is active and has daughters, or is neither"
        raise WeightFileError(message)
    return {
        "parent": cells[:, 0].astype(np.int32),
        "daughters": daughters,
        "axis": axis[:kept],
        "division": reals[:kept, 0],
        "volume": reals[:kept, 1],
        "integral": reals[:kept, 2],
        "drive": reals[:kept, 3],
        "elements": elements[:kept],
        "n_elements": n_elements[:kept],
    }


def _read_vector(reading: _Reading) -> tuple[float, ...]:
    class_name, outer = reading.pointer()
    if not class_name:
        return ()
    if class_name != VECTOR:
        message = f"at byte {reading.at}: expected a {VECTOR}, found a {class_name}"
        raise WeightFileError(message)
    end = reading.header(VECTOR, VECTOR_VERSION)
    reading.base_object()
    count, _ = reading.take("ii")
    if not 0 <= count <= 2:
        message = f"at byte {reading.at}: a cell has {count} values, expected 2 at most"
        raise WeightFileError(message)
    found = reading.take(f"{count}d") if reading.one("B") else ()
    reading.end(VECTOR, end)
    reading.end(VECTOR, outer)
    return found


def _read_texts(reading: _Reading) -> Iterator[str]:
    class_name, outer = reading.pointer()
    if not class_name:
        return
    end = reading.header(class_name, ARRAY_VERSION)
    reading.base_object()
    reading.text()
    count, _ = reading.take("ii")
    for _ in range(count):
        name, stop = reading.pointer()
        if name == TEXT:
            reading.header(TEXT, 1)
            reading.base_object()
            yield reading.text()
        reading.at = stop
    reading.end(class_name, end)
    reading.end(class_name, outer)
