"""What a ROOT file says of TMVA's classes of foams: their members, so that any reader finds its way."""

from __future__ import annotations

import struct
from dataclasses import dataclass

CLASS_PREFIX, CELL, VECTOR, TEXT = "TMVA::PDEFoam", "TMVA::PDEFoamCell", "TVectorT<double>", "TObjString"
FOAM_VERSION, CELL_VERSION, VECTOR_VERSION, ARRAY_VERSION = 7, 2, 4, 3
"""Names and versions of classes; a foam's class is the prefix and its kind."""

BYTE_COUNT, NEW_CLASS, CLASS_MASK = 0x40000000, 0xFFFFFFFF, 0x80000000
"""Marks of sizes, of a class that is named, and of one that was named before."""

REFERENCE_OFFSET = 2
"""Positions inside an object are counted from the start of its key, plus this."""

LONG_TEXT = 255
"""Texts from this length on have it in four bytes more."""

_OBJECT = struct.pack(">HII", 1, 0, 0x01000000)
_INFO_OBJECT = struct.pack(">HII", 1, 0, 0x00010000)
_TOBJECT_CHECKSUM = 0x901BC02D
_FLAG, _SHORT, _INT, _FLOAT, _DOUBLE, _UNSIGNED, _SIZE = 18, 2, 3, 5, 8, 13, 6
_BASE, _TOBJECT, _TEXT, _OBJECT_MEMBER, _OBJECT_POINTER, _ANY_POINTER = 0, 66, 65, 61, 64, 69
_DOUBLES, _LOOP = 48, 501


@dataclass(frozen=True)
class _Member:
    """A member: its type in C++ and in ROOT's numbers, its size, and the member that counts its elements."""

    name: str
    type_name: str
    number: int
    size: int
    counter: str = ""
    is_enum: bool = False

    @property
    def element(self) -> tuple[str, int]:
        """The class of its description, and that class's version."""
        return {
            _TEXT: ("TStreamerString", 2),
            _OBJECT_MEMBER: ("TStreamerObject", 2),
            _OBJECT_POINTER: ("TStreamerObjectPointer", 2),
            _ANY_POINTER: ("TStreamerObjectAnyPointer", 1),
            _DOUBLES: ("TStreamerBasicPointer", 2),
            _LOOP: ("TStreamerLoop", 2),
        }.get(self.number, ("TStreamerBasicType", 2))

    @property
    def title(self) -> str:
        """What ROOT reads of the comment."""
        return f"[{self.counter}]" if self.counter else ""


@dataclass(frozen=True)
class _Class:
    """A class with its base and members."""

    name: str
    version: int
    base: str
    members: tuple[_Member, ...] = ()


def _numbers(names: str, type_name: str, number: int, size: int) -> tuple[_Member, ...]:
    return tuple(_Member(name, type_name, number, size) for name in names.split())


def _doubles(name: str) -> _Member:
    return _Member(name, "double*", _DOUBLES, 8, "fDim")


def _enum(name: str, type_name: str) -> _Member:
    return _Member(name, type_name, _INT, 4, is_enum=True)


CLASSES = (
    _Class(
        CELL, CELL_VERSION, "TObject",
        (
            _Member("fDim", "short", _SHORT, 2),
            *_numbers("fSerial fStatus", "int", _INT, 4),
            *_numbers("fParent fDaught0 fDaught1", "TRef", _OBJECT_MEMBER, 24),
            _Member("fXdiv", "double", _DOUBLE, 8),
            _Member("fBest", "int", _INT, 4),
            *_numbers("fVolume fIntegral fDrive", "double", _DOUBLE, 8),
            _Member("fElement", "TObject*", _OBJECT_POINTER, 8),
        ),
    ),
    _Class(
        CLASS_PREFIX, FOAM_VERSION, "TObject",
        (
            _Member("fName", "TString", _TEXT, 24),
            *_numbers("fDim fNCells", "int", _SIZE, 4),
            *_numbers("fNBin fNSampl fEvPerBin fNoAct fLastCe", "int", _INT, 4),
            _Member("fCells", "TMVA::PDEFoamCell**", _LOOP, 8, "fNCells"),
            _Member("fHistEdg", "TObjArray*", _OBJECT_POINTER, 8),
            _doubles("fRvec"),
            _Member("fPseRan", "TRandom3*", _OBJECT_POINTER, 8),
            _doubles("fAlpha"),
            _enum("fFoamType", "TMVA::EFoamType"),
            _doubles("fXmin"),
            _doubles("fXmax"),
            *_numbers("fNElements fNmin fMaxDepth", "unsigned int", _UNSIGNED, 4),
            _Member("fVolFrac", "float", _FLOAT, 4),
            _Member("fFillFoamWithOrigWeights", "bool", _FLAG, 1),
            _enum("fDTSeparation", "TMVA::EDTSeparation"),
            _Member("fPeekMax", "bool", _FLAG, 1),
            _Member("fVariableNames", "TObjArray*", _OBJECT_POINTER, 8),
        ),
    ),
    _Class("TMVA::PDEFoamEvent", 1, CLASS_PREFIX),
    _Class("TMVA::PDEFoamDiscriminant", 1, CLASS_PREFIX, _numbers("fClass", "unsigned int", _UNSIGNED, 4)),
    _Class("TMVA::PDEFoamTarget", 1, CLASS_PREFIX, _numbers("fTarget", "unsigned int", _UNSIGNED, 4)),
    _Class(
        "TMVA::PDEFoamMultiTarget", 1, "TMVA::PDEFoamEvent",
        (_enum("fTargetSelection", "TMVA::ETargetSelection"),),
    ),
    _Class(
        "TMVA::PDEFoamDecisionTree", 1, "TMVA::PDEFoamDiscriminant",
        (_Member("fSepType", "TMVA::SeparationBase*", _ANY_POINTER, 8),),
    ),
    _Class(
        VECTOR, VECTOR_VERSION, "TObject",
        (
            _Member("fNrows", "int", _SIZE, 4),
            _Member("fRowLwb", "int", _INT, 4),
            _Member("fElements", "double*", _DOUBLES, 8, "fNrows"),
        ),
    ),
)  # fmt: skip
"""Bases come first."""


def class_of(kind: str) -> str:
    """Return the class of a kind of foam."""
    return f"{CLASS_PREFIX}{kind}"


def base_of(kind: str) -> str:
    """Return the class between PDEFoam and that of a kind."""
    bases = {"MultiTarget": "Event", "DecisionTree": "Discriminant"}
    return class_of(bases[kind]) if kind in bases else ""


def check_sums() -> dict[str, int]:
    """Return ROOT's check sum of each class, of its name, base and members."""
    found = {"TObject": _TOBJECT_CHECKSUM}
    for one in CLASSES:
        total = _add(_add(0, one.name), one.base)
        total = (total * 3 + found[one.base]) & 0xFFFFFFFF
        for member in one.members:
            if member.is_enum:
                total = (total * 3 + 1) & 0xFFFFFFFF
            total = _add(_add(_add(total, member.name), member.type_name), member.counter)
        found[one.name] = total
    return found


def _add(total: int, text: str) -> int:
    for letter in text:
        total = (total * 3 + ord(letter)) & 0xFFFFFFFF
    return total


def class_descriptions() -> list[tuple[None, bytes, str, int]]:
    """Return what uproot takes as the classes of a file: place, bytes, name and version of each."""
    sums = check_sums()
    versions = {"TObject": 1, **{one.name: one.version for one in CLASSES}}
    return [(None, _description(one, sums, versions), one.name, one.version) for one in CLASSES]


def _description(one: _Class, sums: dict[str, int], versions: dict[str, int]) -> bytes:
    elements = [_base(one.base, sums[one.base], versions[one.base])]
    elements += [_member(member, one) for member in one.members]
    # TObjArray, version 3: no name, and where it begins.
    array = _OBJECT + b"\x00" + struct.pack(">ii", len(elements), 0) + b"".join(elements)
    body = _counted(1, _INFO_OBJECT + _text(one.name) + b"\x00")
    body += struct.pack(">Ii", sums[one.name], one.version)
    body += _pointed("TObjArray", _counted(3, array))
    return _pointed("TStreamerInfo", _counted(9, body)) + b"\x00"


def _base(name: str, check_sum: int, version: int) -> bytes:
    number = _TOBJECT if name == "TObject" else _BASE
    element = _element(name, "", number, 0, "BASE", check_sum)
    return _pointed("TStreamerBase", _counted(3, element + struct.pack(">i", version)))


def _member(member: _Member, owner: _Class) -> bytes:
    body = _element(member.name, member.title, member.number, member.size, member.type_name)
    if member.counter:
        body += struct.pack(">i", owner.version) + _text(member.counter) + _text(owner.name)
    class_name, version = member.element
    return _pointed(class_name, _counted(version, body))


def _element(name: str, title: str, number: int, size: int, type_name: str, check_sum: int = 0) -> bytes:
    named = _counted(1, _OBJECT + _text(name) + _text(title))
    numbers = struct.pack(">4i5I", number, size, 0, 0, 0, check_sum, 0, 0, 0)
    return _counted(4, named + numbers + _text(type_name))


def _pointed(class_name: str, content: bytes) -> bytes:
    name = class_name.encode() + b"\x00"
    return struct.pack(">II", (len(content) + len(name) + 4) | BYTE_COUNT, NEW_CLASS) + name + content


def _counted(version: int, content: bytes) -> bytes:
    return struct.pack(">IH", (len(content) + 2) | BYTE_COUNT, version) + content


def _text(text: str) -> bytes:
    encoded = text.encode()
    return struct.pack(">B", len(encoded)) + encoded
