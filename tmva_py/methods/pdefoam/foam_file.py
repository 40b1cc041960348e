"""The ROOT file of foams beside a weight file: ``X.weights_foams.root`` beside ``X.weights.xml``."""

from __future__ import annotations

import hashlib
import struct
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tmva_py.errors import WeightFileError, WeightFileNotFoundError
from tmva_py.files import replaced_when_done
from tmva_py.methods.model import ReadContext
from tmva_py.methods.pdefoam.foam import Foam
from tmva_py.methods.pdefoam.root_classes import BYTE_COUNT, class_descriptions, class_of
from tmva_py.methods.pdefoam.root_reading import read_foam
from tmva_py.methods.pdefoam.root_writing import foam_bytes

ENDING = "_foams.root"
# A cell with its tree takes some 250 bytes; more than half a million cells are no foam.
_LARGEST = 200_000_000
_TITLE = "Tree of PDEFoamCells"
_PROCESS = "ProcessID0"
# Of a key with 64-bit positions, before its three texts.
_KEY_SIZE = 34
_LEVEL = 9


def foam_path(weight_file: Path) -> Path:
    """Return where the foams of a weight file are."""
    name = weight_file.name.removesuffix(".gz")
    return weight_file.with_name(f"{name.removesuffix('.xml')}{ENDING}")


def find_foam_file(context: ReadContext) -> Path:
    """Return the file with the foams of a weight file.

    The foams of a weight file that was renamed, and those of a method in another one's file, are found by the
    title: ``*_<title>.weights_foams.root``.

    Raises
    ------
    WeightFileNotFoundError
        There is none.
    """
    owner = f"{context.type_name} {context.title!r}"
    if context.source.lstrip().startswith("<"):
        message = f"{owner}: the foams are in a file beside the weight file, and this is only its text"
        raise WeightFileNotFoundError(message)
    path = foam_path(Path(context.source))
    if context.is_member:
        path = path.with_name(f"*_{context.title}.weights{ENDING}")
    elif path.is_file():
        return path
    others = [one for one in path.parent.glob(f"*{ENDING}") if one.is_file()]
    same = [one for one in others if one.name.endswith(f"_{context.title}.weights{ENDING}")]
    if len(same) == 1:
        return same[0]
    found = f"; there is {', '.join(sorted(one.name for one in others)[:3])}" if others else ""
    message = f"{owner}: the foams are not in {str(path)!r}, which must be beside the weight file{found}"
    raise WeightFileNotFoundError(message)


def read_foams(path: Path, names: Sequence[str]) -> list[Foam]:
    """Return the foams of a file by their names.

    Raises
    ------
    WeightFileError
        The file is damaged, or has not all of them; the message has the file.
    """
    import uproot

    try:
        with uproot.open(path) as file:
            return [_read(file, name) for name in names]
    except WeightFileError as error:
        message = f"{path}: {error}"
        raise WeightFileError(message) from error
    except Exception as error:
        reason = str(error).strip().partition("\n")[0]
        message = f"{path} cannot be read as a ROOT file: {type(error).__name__}: {reason}"
        raise WeightFileError(message) from error


def _read(file: Any, name: str) -> Foam:
    if name not in file:
        there = ", ".join(sorted(file.keys(cycle=False))) or "nothing"
        message = f"there is no foam {name!r}, but {there}"
        raise WeightFileError(message)
    key = file.key(name)
    if not 0 <= key.fObjlen <= _LARGEST:
        message = f"foam {name!r} has {key.fObjlen} bytes, which is no foam"
        raise WeightFileError(message)
    chunk, cursor = key.get_uncompressed_chunk_cursor()
    data = bytes(chunk.raw_data)[cursor.index :]
    try:
        return read_foam(data, key.fClassName, key.fKeylen)
    except WeightFileError as error:
        message = f"foam {name!r}: {error}"
        raise WeightFileError(message) from error


def write_foams(path: Path, foams: Sequence[Foam], *, compress: bool) -> None:
    """Write foams so that ROOT with TMVA reads them: the whole file or nothing.

    Raises
    ------
    OSError
        The file cannot be written; the message has path and reason.
    """
    import uproot
    from uproot.writing._cascade import RawStreamerInfo

    packing = uproot.ZLIB(_LEVEL if compress else 1)
    with replaced_when_done(path) as temporary, uproot.recreate(temporary, compression=packing) as file:
        folder, sink, first = file._cascading, file.file.sink, 1

        def add(class_name: str, name: str, title: str, data: bytes) -> None:
            packed = uproot.compression.compress(data, packing)
            folder.add_object(sink, class_name, name, title, packed, len(data), big=True)

        parts = []
        for foam in foams:
            class_name = class_of(foam.kind)
            origin = _KEY_SIZE + sum(len(text) + 1 for text in (class_name, foam.name, _TITLE))
            parts.append(foam_bytes(foam, origin, first))
            add(class_name, foam.name, _TITLE, parts[-1])
            first += len(foam)
        # ROOT takes objects of one process and number for the same: another file is another process.
        process = str(uuid.UUID(bytes=hashlib.sha256(b"".join(parts)).digest()[:16]))
        add("TProcessID", _PROCESS, process, _process_bytes(process))
        described = [RawStreamerInfo(*one) for one in class_descriptions()]
        file.file._cascading.streamers.update_streamers(sink, described)
        folder.freesegments.write(sink)
        sink.set_file_length(folder.freesegments.fileheader.end)
        sink.flush()


def _process_bytes(process: str) -> bytes:
    texts = b"".join(struct.pack(">B", len(one)) + one.encode() for one in (_PROCESS, process))
    named = _counted(1, struct.pack(">HII", 1, 0, 0) + texts)
    return _counted(1, named)


def _counted(version: int, content: bytes) -> bytes:
    return struct.pack(">IH", (len(content) + 2) | BYTE_COUNT, version) + content
