"""Where the XML of a weight file comes from: a file, compressed or not, or its text."""

from __future__ import annotations

import codecs
import gzip
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from tmva_py.errors import TMVAError, UnknownNameError, WeightFileError, WeightFileNotFoundError
from tmva_py.weights import compression

CHUNK = 1 << 16


def looks_like_xml(source: str | os.PathLike[str]) -> bool:
    """Return whether `source` is the text of a weight file and not a path to one."""
    return isinstance(source, str) and source.lstrip()[:1] == "<"


def source_name(source: str | os.PathLike[str]) -> str:
    """Return how messages call the source: its path, or "weight text" for XML given as text."""
    return "weight text" if looks_like_xml(source) else os.fspath(source)


@contextmanager
def naming_the_file(name: str) -> Iterator[None]:
    """Put the file's name in front of the messages of what goes wrong while it is read.

    Raises
    ------
    WeightFileError
        In place of what was raised; `UnknownNameError` and `WeightFileNotFoundError` stay what they are.
    """
    try:
        yield
    except TMVAError as error:
        if str(error).startswith(f"{name}:"):
            raise
        message = f"{name}: {error}"
        kept = (UnknownNameError, WeightFileNotFoundError)
        raise next((one for one in kept if isinstance(error, one)), WeightFileError)(message) from error


class Source:
    """An open weight file, read in pieces."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self._size = os.fstat(file.fileno()).st_size if not isinstance(file, BytesIO) else 0
        self._packed = file.read(len(compression.MAGIC)) == compression.MAGIC
        file.seek(0)
        self._file = cast(BinaryIO, gzip.GzipFile(fileobj=file)) if self._packed else file
        self._count = 0

    def read(self, size: int = CHUNK) -> bytes:
        """Return the next piece, nothing at the end.

        Raises
        ------
        WeightFileError
            A compressed file is damaged, ends early, or is larger than a weight file can be.
        """
        if not self._packed:
            return self._file.read(size)
        try:
            piece = self._file.read(size)
        except EOFError:
            message = f"{self.name}: the file is truncated: its gzip data end too early"
            raise WeightFileError(message) from None
        except (gzip.BadGzipFile, zlib.error) as error:
            message = f"{self.name}: damaged gzip data ({error})"
            raise WeightFileError(message) from error
        self._count += len(piece)
        most = compression.limit(self._size)
        if self._count > most:
            message = (
                f"{self.name}: {self._size} bytes of gzip decompress to more than {most} bytes, as no weight "
                "file does; if it is one all the same, unpack it first"
            )
            raise WeightFileError(message)
        return piece

    def rewind(self) -> None:
        """Go back to the beginning."""
        self._file.seek(0)
        self._count = 0

    def is_utf8(self) -> bool:
        """Return whether all of it is UTF-8; it is at its beginning again afterwards."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        self.rewind()
        try:
            while chunk := self.read():
                decoder.decode(chunk)
        except UnicodeDecodeError:
            return False
        finally:
            self.rewind()
        return True


@contextmanager
def opened(source: str | os.PathLike[str]) -> Iterator[Source]:
    """Open a weight file, or its text.

    Raises
    ------
    WeightFileNotFoundError
        There is no such file.
    WeightFileError
        It is empty, a folder, or cannot be read.
    """
    name = source_name(source)
    if isinstance(source, str) and looks_like_xml(source):
        # What a declaration says of the encoding was true of the bytes; what is left is text.
        text = re.sub(r"""(<\?xml[^>]*?)\s+encoding\s*=\s*["'][^"']*["']""", r"\1", source.lstrip(), count=1)
        yield Source(BytesIO(text.encode("utf-8", "replace")), name)
        return
    path = Path(source)
    if not path.exists():
        neighbours = sorted(item.name for item in path.parent.glob("*.xml*")) if path.parent.is_dir() else []
        shown = f"; weight files there: {', '.join(neighbours[:10])}" if neighbours else ""
        folder = "" if path.parent.is_dir() else f": there is no folder {str(path.parent)!r}"
        message = f"unable to open input weight file {name!r}{folder}{shown}"
        raise WeightFileNotFoundError(message)
    if not path.is_file():
        message = f"{name}: not a file" + (", but a folder" if path.is_dir() else "")
        raise WeightFileError(message)
    if path.stat().st_size == 0:
        message = f"{name}: the file is empty"
        raise WeightFileError(message)
    try:
        with path.open("rb") as file:
            yield Source(file, name)
    except OSError as error:
        message = f"{name}: cannot be read ({error.strerror or error})"
        raise WeightFileError(message) from error


def kind_of(name: str) -> str:
    """Say what a file that is not XML is instead, where its first bytes tell."""
    path = Path(name)
    start = b""
    if path.is_file():
        with path.open("rb") as file:
            start = file.read(16)
    known = (
        (b"#GEN", "; it is TMVA's text format of before 2009, which is not supported"),
        (b"BZh", "; it is compressed: unpack it with bunzip2, or pack it with gzip"),
        (b"\xfd7zXZ\x00", "; it is compressed: unpack it with unxz, or pack it with gzip"),
        (b"\x28\xb5\x2f\xfd", "; it is compressed: unpack it with unzstd, or pack it with gzip"),
        (b"root", "; it is a ROOT file"),
        (b"PK\x03\x04", "; it is a zip archive, perhaps of Network.save: read that with Network.load"),
    )
    return next((text for magic, text in known if start.startswith(magic)), "")
