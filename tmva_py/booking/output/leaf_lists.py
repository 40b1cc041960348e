"""Branches with several leaves, which uproot does not write by itself.

A TTree of TMVA holds the outputs of a multiclass or regression method as one branch with a leaf list,
``Signal/F:bg0/F:bg1/F``. The bytes of such a branch's baskets are those of a branch of small arrays, which
uproot writes; only the tree's description differs. So the tree is filled with arrays, and its description
is then written anew with the leaves that it should have.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_BYTE_COUNT = 0x40000000
_NEW_CLASS = 0xFFFFFFFF
_LETTERS = {"f": "F", "i": "I", "U": "C"}
_FLOAT_SIZE = 4
_KEY_SIZE = 34  # of a key with 64-bit positions, without its three texts
# TObject's bits: made on the heap, not deleted; of a tree, a branch and the list of branches.
_OBJECT_BITS = 0x03000000
_MUST_CLEAN_UP = 0x8
_NO_BUFFER_MAP = 0x400000
_OWNS_ELEMENTS = 0x4000
# Positions inside an object are counted from the start of its key, plus 2.
_REFERENCE_OFFSET = 2

_NO_ATTRIBUTES = (
    b"@\x00\x00\x08\x00\x02\x02Z\x00\x01\x00\x01"  # TAttLine: colour 602, style 1, width 1
    b"@\x00\x00\x06\x00\x02\x00\x00\x03\xe9"  # TAttFill: colour 0, style 1001
    b"@\x00\x00\n\x00\x02\x00\x01\x00\x01?\x80\x00\x00"  # TAttMarker: colour 1, style 1, size 1
)
_FILL_ATTRIBUTES = b"@\x00\x00\x06\x00\x02\x00\x00\x03\xe9"
_IO_FEATURES = b"@\x00\x00\x07\x00\x00\x1a\xa1/\x10\x00"


def set_leaf_lists(tree: Any, leaf_lists: Mapping[str, Sequence[str]]) -> None:
    """Describe branches of small float arrays as branches with a leaf list.

    Parameters
    ----------
    tree : uproot.writing.WritableTree
        Filled; it must not be extended afterwards. Its branches are numbers, texts, and arrays of float32 of
        fixed length.
    leaf_lists : mapping of str to sequence of str
        Leaf names by branch, one for each element of the branch's arrays.
    """
    writer = tree._cascading
    old = writer._key
    description = _tree(writer, leaf_lists)
    sink = tree._file.sink
    # The same place in the folder; the old description's bytes become free.
    writer._key = writer._directory.add_object(
        sink,
        "TTree",
        writer._name,
        writer._title,
        description,
        len(description),
        replaces=old,
        big=True,
    )
    tree._file._move_tree(old.seek_location, writer._key.seek_location)
    start = old.seek_location
    writer._freesegments.release(start, start + old.num_bytes + old.compressed_bytes)
    sink.set_file_length(writer._freesegments.fileheader.end)
    sink.flush()


def _tree(writer: Any, leaf_lists: Mapping[str, Sequence[str]]) -> bytes:
    """Return a TTree, version 20, as its key holds it."""
    key_size = _KEY_SIZE + sum(len(_string(text)) for text in ("TTree", writer._name, writer._title))
    settings = writer._metadata
    front = _named(writer._name, writer._title, bits=_OBJECT_BITS | _MUST_CLEAN_UP) + _NO_ATTRIBUTES
    front += struct.pack(
        ">qqqqqdiiiIiqqqqqq",
        writer._num_entries,
        settings["fTotBytes"],
        settings["fZipBytes"],
        settings["fSavedBytes"],
        settings["fFlushedBytes"],
        settings["fWeight"],
        settings["fTimerInterval"],
        settings["fScanField"],
        settings["fUpdate"],
        settings["fDefaultEntryOffsetLen"],
        settings["fNClusterRange"],
        settings["fMaxEntries"],
        settings["fMaxEntryLoop"],
        settings["fMaxVirtualSize"],
        settings["fAutoSave"],
        settings["fAutoFlush"],
        settings["fEstimate"],
    )
    front += b"\x00\x00" + _IO_FEATURES  # no cluster ranges
    branches = b""
    references: list[int] = []
    # Behind the tree's own 6 bytes and what stands before the first element of the list of branches.
    start = key_size + 6 + len(front) + len(_object_array(0, b""))
    for branch in writer._branch_data:
        names = leaf_lists.get(branch["fName"])
        written, leaf_offsets = _branch(writer, branch, names)
        references += [start + len(branches) + offset + _REFERENCE_OFFSET for offset in leaf_offsets]
        branches += written
    body = front + _object_array(len(writer._branch_data), branches, bits=_OBJECT_BITS | _OWNS_ELEMENTS)
    body += _object_array(len(references), np.array(references, ">u4").tobytes())
    body += b"\x00" * 28  # no aliases, index, friends, user info
    return _counted(20, body)


def _branch(writer: Any, branch: Mapping[str, Any], names: Sequence[str] | None) -> tuple[bytes, list[int]]:
    """Return a TBranch, version 13, as an element of a list, and where its leaves begin."""
    letter = _LETTERS[branch["dtype"].kind]
    title = branch["fTitle"] if names is None else ":".join(f"{name}/F" for name in names)
    front = _named(branch["fName"], title, bits=_OBJECT_BITS | _NO_BUFFER_MAP) + _FILL_ATTRIBUTES
    front += struct.pack(
        ">iiiiq",
        0,  # fCompress; ROOT looks at each basket then
        branch["fBasketSize"],
        branch["fEntryOffsetLen"],
        writer._num_baskets,
        writer._num_entries,
    )
    front += _IO_FEATURES
    front += struct.pack(
        ">iIiqqqq",
        branch["fOffset"],
        writer._basket_capacity,
        branch["fSplitLevel"],
        writer._num_entries,
        branch["fFirstEntry"],
        branch["fTotBytes"],
        branch["fZipBytes"],
    )
    front += _object_array(0, b"")  # no branches below
    if names is None:
        length = branch.get("fLen", 0) if letter == "C" else int(np.prod(branch["shape"], dtype=int))
        leaves = [_leaf(branch["fName"], letter, branch["dtype"].itemsize, length, 0)]
    else:
        leaves = [_leaf(name, "F", _FLOAT_SIZE, 1, _FLOAT_SIZE * i) for i, name in enumerate(names)]
    back = _object_array(0, b"")  # no baskets inside
    for name in ("fBasketBytes", "fBasketEntry", "fBasketSeek"):
        back += b"\x01" + branch[name].tobytes()
    back += b"\x00"  # fFileName
    body = front + _object_array(len(leaves), b"".join(leaves)) + back
    head = 8 + len(b"TBranch\x00") + 6
    first = head + len(front) + len(_object_array(0, b""))
    offsets = [first + sum(map(len, leaves[:i])) for i in range(len(leaves))]
    return _any_object("TBranch", _counted(13, body)), offsets


def _leaf(name: str, letter: str, size: int, length: int, offset: int) -> bytes:
    """Return a TLeafF, TLeafI or TLeafC as an element of a list."""
    general = _named(name, name, bits=_OBJECT_BITS)
    general += struct.pack(">iii??I", length, size, offset, False, False, 0)
    limits = struct.pack(">ff" if letter == "F" else ">ii", 0, 0)
    return _any_object(f"TLeaf{letter}", _counted(1, _counted(2, general) + limits))


def _named(name: str, title: str, *, bits: int) -> bytes:
    return _counted(1, struct.pack(">HII", 1, 0, bits) + _string(name) + _string(title))


def _object_array(count: int, elements: bytes, *, bits: int = _OBJECT_BITS) -> bytes:
    """Return a TObjArray, version 3, of elements that are serialised already."""
    return _counted(3, struct.pack(">HIIBii", 1, 0, bits, 0, count, 0) + elements)


def _any_object(class_name: str, content: bytes) -> bytes:
    name = class_name.encode() + b"\x00"
    return struct.pack(">II", (len(content) + len(name) + 4) | _BYTE_COUNT, _NEW_CLASS) + name + content


def _counted(version: int, content: bytes) -> bytes:
    return struct.pack(">IH", (len(content) + 2) | _BYTE_COUNT, version) + content


def _string(text: str) -> bytes:
    encoded = text.encode(errors="surrogateescape")
    if len(encoded) < 255:
        return struct.pack(">B", len(encoded)) + encoded
    return struct.pack(">BI", 255, len(encoded)) + encoded
