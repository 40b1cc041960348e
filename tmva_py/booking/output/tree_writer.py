"""Trees with many branches, arrays and leaf lists, written into a file that uproot has open.

uproot describes a tree in a time that grows with the square of its branches, and knows no branch with several
leaves such as ``Signal/F:bg0/F:bg1/F``, which holds the outputs of a multiclass or regression method. So
baskets and description are written here; places in the file, keys and folders are uproot's.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from tmva_py.histograms import Columns

ENTRIES_PER_BASKET = 100_000
_BYTE_COUNT = 0x40000000
_NEW_CLASS = 0xFFFFFFFF
_KEY = struct.Struct(">ihiIhhqq")  # of a key with 64-bit positions, without its three texts
_KEY_VERSION = 1004
_BASKET = struct.Struct(">Hiiii")
_BASKET_SIZE = 32000
_OFFSETS_LENGTH = 1000
# TObject's bits: made on the heap, not deleted; of a tree, a branch and the list of branches.
_OBJECT_BITS = 0x03000000
_MUST_CLEAN_UP = 0x8
_NO_BUFFER_MAP = 0x400000
_OWNS_ELEMENTS = 0x4000
# Positions inside an object are counted from the start of its key, plus 2.
_REFERENCE_OFFSET = 2
_LARGEST_COUNT = 1_000_000_000_000

# NumPy's type: the letter of the branch's title, and the format of the leaf's limits.
_LETTERS = {
    **{"f4": ("F", "f"), "f8": ("D", "d"), "b1": ("O", "?")},
    **{"i1": ("B", "b"), "i2": ("S", "h"), "i4": ("I", "i"), "i8": ("L", "q")},
    **{"u1": ("b", "b"), "u2": ("s", "h"), "u4": ("i", "i"), "u8": ("l", "q")},
}

_NO_ATTRIBUTES = (
    b"@\x00\x00\x08\x00\x02\x02Z\x00\x01\x00\x01"  # TAttLine: colour 602, style 1, width 1
    b"@\x00\x00\x06\x00\x02\x00\x00\x03\xe9"  # TAttFill: colour 0, style 1001
    b"@\x00\x00\n\x00\x02\x00\x01\x00\x01?\x80\x00\x00"  # TAttMarker: colour 1, style 1, size 1
)
_FILL_ATTRIBUTES = b"@\x00\x00\x06\x00\x02\x00\x00\x03\xe9"
_IO_FEATURES = b"@\x00\x00\x07\x00\x00\x1a\xa1/\x10\x00"


@dataclass
class _Leaf:
    """A leaf as its branch describes it."""

    name: str
    letter: str
    limits: str
    size: int
    length: int = 1
    offset: int = 0
    title: str = ""


@dataclass
class _Branch:
    """A branch and where its baskets are."""

    name: str
    title: str
    leaves: list[_Leaf]
    offsets_length: int = 0
    basket_bytes: list[int] = field(default_factory=list)
    basket_places: list[int] = field(default_factory=list)
    n_bytes: int = 0


def write_tree(folder: Any, name: str, columns: Columns) -> None:
    """Write a tree.

    Parameters
    ----------
    folder : uproot.writing.WritableDirectory
        Where it goes.
    name : str
        Its name.
    columns : Columns
        Its branches.
    """
    writer = _TreeWriter(folder, name)
    sink, directory = folder.file.sink, folder._cascading
    branches = [writer.branch(one, columns) for one in columns.columns]
    n_entries = len(next(iter(columns.columns.values())))
    title = columns.title or name
    description = _tree(name, title, branches, n_entries)
    directory.add_object(sink, "TTree", name, title, description, len(description), big=True)
    _add_class_descriptions(folder.file)
    directory.freesegments.write(sink)
    sink.set_file_length(directory.freesegments.fileheader.end)
    sink.flush()


class _TreeWriter:
    """Writes the baskets of one tree."""

    def __init__(self, folder: Any, tree: str) -> None:
        self._directory = folder._cascading
        self._sink = folder.file.sink
        self._compression = folder.file.compression
        self._tree = tree
        now = datetime.now()
        self._date = (
            (now.year - 1995) << 26
            | now.month << 22
            | now.day << 17
            | now.hour << 12
            | now.minute << 6
            | now.second
        )

    def branch(self, name: str, columns: Columns) -> _Branch:
        """Write the baskets of a branch."""
        values = columns.columns[name]
        texts = columns.texts.get(name)
        if texts is not None:
            longest = max((len(_text(one)) for one in texts), default=0)
            leaf = _Leaf(name, "C", "i", 1, longest, title=name)
            branch = _Branch(name, f"{name}/C", [leaf], offsets_length=_OFFSETS_LENGTH)
            for start in range(0, len(values), ENTRIES_PER_BASKET):
                self._add_texts(branch, values[start : start + ENTRIES_PER_BASKET], texts)
            return branch
        kind = values.dtype.newbyteorder(">")
        title, leaves = _title_and_leaves(name, values.dtype, values.shape[1:])
        branch = _Branch(name, columns.titles.get(name, title), leaves)
        for start in range(0, len(values), ENTRIES_PER_BASKET):
            part = values[start : start + ENTRIES_PER_BASKET].astype(kind)
            self._add(branch, part.tobytes(), len(part), kind.itemsize * int(np.prod(part.shape[1:])))
        return branch

    def _add_texts(self, branch: _Branch, numbers: npt.NDArray[Any], texts: Sequence[str]) -> None:
        encoded = [_text(one) for one in texts]
        content = b"".join(encoded[number] for number in numbers.tolist())
        lengths = np.array([len(one) for one in encoded], dtype=np.int64)[numbers]
        offsets = np.concatenate([[0], np.cumsum(lengths)]) + self._key_length(branch)
        last = int(offsets[-1])
        offsets[-1] = 0
        content += struct.pack(">I", len(offsets)) + offsets.astype(">i4").tobytes()
        self._add(branch, content, len(numbers), _OFFSETS_LENGTH, last)

    def _key_length(self, branch: _Branch) -> int:
        texts = sum(len(_string(text)) for text in ("TBasket", branch.name, self._tree))
        return _KEY.size + texts + _BASKET.size + 1

    def _add(
        self, branch: _Branch, content: bytes, n_entries: int, entry_size: int, last: int | None = None
    ) -> None:
        """Write a basket: a key with a few numbers more, and the values; `last` is where they end."""
        import uproot

        length = self._key_length(branch)
        compressed = uproot.compression.compress(content, self._compression)
        size = length + len(compressed)
        place = self._directory.freesegments.allocate(size, dry_run=False)
        folder = self._directory.key.location
        key = _KEY.pack(size, _KEY_VERSION, len(content), self._date, length, 0, place, folder)
        end = length + len(content) if last is None else last
        numbers = _BASKET.pack(3, _BASKET_SIZE, entry_size, n_entries, end)
        names = b"".join(_string(text) for text in ("TBasket", branch.name, self._tree))
        self._sink.write(place, key + names + numbers + b"\x00" + compressed)
        branch.basket_bytes.append(size)
        branch.basket_places.append(place)
        branch.n_bytes += length + len(content)


def _title_and_leaves(name: str, kind: np.dtype[Any], shape: tuple[int, ...]) -> tuple[str, list[_Leaf]]:
    """Return the title of a branch and its leaves: one of its name, or the fields of its type."""
    fields = [(name, kind, shape)]
    if kind.names:
        fields = [(one, kind[one].base, kind[one].shape) for one in kind.names]
    titles, leaves, offset = [], list[_Leaf](), 0
    for leaf, base, sizes in fields:
        letter, limits = _LETTERS[base.str[1:]]
        title = leaf + "".join(f"[{size}]" for size in sizes)
        length = int(np.prod(sizes, dtype=int))
        titles.append(f"{title}/{letter}")
        leaves.append(_Leaf(leaf, letter, limits, base.itemsize, length, offset, title))
        offset += base.itemsize * length
    return ":".join(titles), leaves


def _tree(name: str, title: str, branches: Sequence[_Branch], n_entries: int) -> bytes:
    """Return a TTree, version 20, as its key holds it."""
    key_size = _KEY.size + sum(len(_string(text)) for text in ("TTree", name, title))
    n_bytes = sum(branch.n_bytes for branch in branches)
    stored = sum(sum(branch.basket_bytes) for branch in branches)
    front = _named(name, title, bits=_OBJECT_BITS | _MUST_CLEAN_UP) + _NO_ATTRIBUTES
    # Entries, bytes (all, stored, saved, flushed), weight, timer, scan, update, length of offsets, cluster
    # ranges, largest numbers of entries, virtual size, when to save and flush, estimate.
    front += struct.pack(">qqqqqdiiiIi", n_entries, n_bytes, stored, 0, 0, 1.0, 0, 25, 0, _OFFSETS_LENGTH, 0)
    front += struct.pack(">qqqqqq", _LARGEST_COUNT, _LARGEST_COUNT, 0, -300000000, -30000000, 1000000)
    front += b"\x00\x00" + _IO_FEATURES  # no cluster ranges
    parts: list[bytes] = []
    references: list[int] = []
    # Behind the tree's own 6 bytes and what precedes the first element of the list of branches.
    place = key_size + 6 + len(front) + len(_object_array(0, b""))
    for branch in branches:
        written, leaf_offsets = _branch(branch, n_entries)
        references += [place + offset + _REFERENCE_OFFSET for offset in leaf_offsets]
        parts.append(written)
        place += len(written)
    body = front + _object_array(len(branches), b"".join(parts), bits=_OBJECT_BITS | _OWNS_ELEMENTS)
    body += _object_array(len(references), np.array(references, ">u4").tobytes())
    body += b"\x00" * 28  # no aliases, index, friends, user info
    return _counted(20, body)


def _branch(branch: _Branch, n_entries: int) -> tuple[bytes, list[int]]:
    """Return a TBranch, version 13, as an element of a list, and where its leaves begin."""
    n_baskets = len(branch.basket_bytes)
    capacity = max(10, n_baskets + 1)
    front = _named(branch.name, branch.title, bits=_OBJECT_BITS | _NO_BUFFER_MAP) + _FILL_ATTRIBUTES
    # The compression is 0; ROOT looks at each basket then.
    front += struct.pack(">iiiiq", 0, _BASKET_SIZE, branch.offsets_length, n_baskets, n_entries)
    front += _IO_FEATURES
    stored = sum(branch.basket_bytes)
    front += struct.pack(">iIiqqqq", 0, capacity, 0, n_entries, 0, branch.n_bytes, stored)
    front += _object_array(0, b"")  # no branches below
    leaves = [_leaf(one) for one in branch.leaves]
    entries = [min(i * ENTRIES_PER_BASKET, n_entries) for i in range(n_baskets + 1)]
    back = _object_array(0, b"")  # no baskets inside
    for numbers, kind in (
        (branch.basket_bytes, ">i4"),
        (entries, ">i8"),
        (branch.basket_places, ">i8"),
    ):
        filled = np.zeros(capacity, kind)
        filled[: len(numbers)] = numbers
        back += b"\x01" + filled.tobytes()
    back += b"\x00"  # fFileName
    body = front + _object_array(len(leaves), b"".join(leaves)) + back
    head = 8 + len(b"TBranch\x00") + 6
    first = head + len(front) + len(_object_array(0, b""))
    offsets = [first + sum(map(len, leaves[:i])) for i in range(len(leaves))]
    return _any_object("TBranch", _counted(13, body)), offsets


def _leaf(one: _Leaf) -> bytes:
    """Return a TLeafF, TLeafI, … as an element of a list."""
    general = _named(one.name, one.title, bits=_OBJECT_BITS)
    is_unsigned = one.letter.islower()
    general += struct.pack(">iii??I", one.length, one.size, one.offset, False, is_unsigned, 0)
    limits = struct.pack(f">{one.limits}{one.limits}", 0, 0)
    return _any_object(f"TLeaf{one.letter.upper()}", _counted(1, _counted(2, general) + limits))


def _add_class_descriptions(file: Any) -> None:
    """Let the file describe the classes of a tree, for readers that do not know them."""
    import uproot
    from uproot.writing._cascade import RawStreamerInfo

    models = (
        *(getattr(uproot.models.TLeaf, f"Model_TLeaf{letter}_v1") for letter in "BSILFDCO"),
        uproot.models.TBranch.Model_TBranch_v13,
        uproot.models.TTree.Model_TTree_v20,
    )
    described = {raw[-2:]: raw for model in models for raw in model.class_rawstreamers}
    streamers = [RawStreamerInfo(*raw) for raw in described.values()]
    file._cascading.streamers.update_streamers(file.sink, streamers)


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


# Texts in baskets are written as names are.
_text = _string
