"""TMVA's foams as ROOT serialises them: bytes of an object, and back.

uproot opens files, unpacks and packs; it cannot read arrays of pointers to cells. Of each class there is one
version: those of TMVA 4.1 and later.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from tmva_py.errors import WeightFileError
from tmva_py.methods.pdefoam.foam import KINDS, Foam, Growth

CLASS_PREFIX = "TMVA::PDEFoam"
FOAM_VERSION, CELL_VERSION, VECTOR_VERSION, ARRAY_VERSION = 7, 2, 4, 3
# That of TStreamerInfo, which wrote the array; none changed it.
_LOOP_VERSION = 9
_CELL, _VECTOR, _TEXT = "TMVA::PDEFoamCell", "TVectorT<double>", "TObjString"

_BYTE_COUNT = 0x40000000
_NEW_CLASS = 0xFFFFFFFF
_CLASS_MASK = 0x80000000
# Positions inside an object are counted from the start of its key, plus 2.
_REFERENCE_OFFSET = 2
# TObject's bits: it is referred to; it must be told to its lists; its elements are its own.
_REFERENCED, _MUST_CLEAN_UP, _OWNS = 0x10, 0x8, 0x4000
_LONG_TEXT = 255
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
        if length == _LONG_TEXT:
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
        end: int = self.at + (count & ~_BYTE_COUNT)
        found = self.one("H")
        if not count & _BYTE_COUNT or not self.at <= end <= len(self.data):
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
        end = self.at + (count & ~_BYTE_COUNT)
        if count == _NEW_CLASS or not count & _BYTE_COUNT or end > len(self.data):
            message = f"at byte {place}: expected an object with its size"
            raise WeightFileError(message)
        place = self.at
        tag = self.one("I")
        if tag == _NEW_CLASS:
            stop = self.data.find(b"\x00", self.at, self.at + 256)
            if stop < 0:
                message = f"at byte {self.at}: expected the name of a class"
                raise WeightFileError(message)
            name = self._piece(stop - self.at).decode(errors="replace")
            self.at += 1
            self._classes[place + self._origin + _REFERENCE_OFFSET] = name
            return name, end
        name = self._classes.get(tag & ~_CLASS_MASK, "")
        if not tag & _CLASS_MASK or not name:
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
        message = f"it is a {class_name}{of_old}; expected one of {', '.join(map(_class_of, KINDS))}"
        raise WeightFileError(message)
    reading = _Reading(data, origin)
    outer = reading.header(class_name, 1)
    around = _base_of(kind)
    inner = reading.header(around, 1) if around else outer
    members = _read_members(reading)
    selector = 0 if _class_of("Event") in (class_name, around) else reading.one("I")
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


def _class_of(kind: str) -> str:
    return f"{CLASS_PREFIX}{kind}"


def _base_of(kind: str) -> str:
    """Return the class between PDEFoam and that of a kind."""
    bases = {"MultiTarget": "Event", "DecisionTree": "Discriminant"}
    return _class_of(bases[kind]) if kind in bases else ""


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
        if class_name != _CELL:
            message = f"cell {cell} is a {class_name or 'null pointer'}, expected {_CELL}"
            raise WeightFileError(message)
        end = reading.header(_CELL, CELL_VERSION)
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
    if class_name != _VECTOR:
        message = f"at byte {reading.at}: expected a {_VECTOR}, found a {class_name}"
        raise WeightFileError(message)
    end = reading.header(_VECTOR, VECTOR_VERSION)
    reading.base_object()
    count, _ = reading.take("ii")
    if not 0 <= count <= 2:
        message = f"at byte {reading.at}: a cell has {count} values, expected 2 at most"
        raise WeightFileError(message)
    found = reading.take(f"{count}d") if reading.one("B") else ()
    reading.end(_VECTOR, end)
    reading.end(_VECTOR, outer)
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
        if name == _TEXT:
            reading.header(_TEXT, 1)
            reading.base_object()
            yield reading.text()
        reading.at = stop
    reading.end(class_name, end)
    reading.end(class_name, outer)


# --- writing ---------------------------------------------------------------------------------------------


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
        if len(encoded) < _LONG_TEXT:
            self.put("B", len(encoded))
        else:
            self.put("BI", _LONG_TEXT, len(encoded))
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
            self.put("I", known | _CLASS_MASK)
        else:
            self._classes[class_name] = len(self.data) + self._origin + _REFERENCE_OFFSET
            self.put("I", _NEW_CLASS)
            self.data += class_name.encode() + b"\x00"
        return place

    def close(self, *places: int) -> None:
        """Fill in sizes."""
        for place in places:
            struct.pack_into(">I", self.data, place, (len(self.data) - place - 4) | _BYTE_COUNT)

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
    around = [writing.header(1)] if _base_of(foam.kind) else []
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
        pointer = writing.pointer(_TEXT)
        inside = writing.header(1)
        writing.put("HII", 1, 0, 0)
        writing.text(name)
        writing.close(inside, pointer)
    writing.close(content, array, place)


def _write_cell(writing: _Writing, foam: Foam, cell: int, first_number: int) -> None:
    pointer = writing.pointer(_CELL)
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
        vector = writing.pointer(_VECTOR)
        content = writing.header(VECTOR_VERSION)
        writing.put("HIIiiB", 1, 0, 0, count, 0, 1)
        writing.put(f"{count}d", *foam.elements[cell, :count].tolist())
        writing.close(content, vector)
    else:
        writing.put("I", 0)
    writing.close(place, pointer)
