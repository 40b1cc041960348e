"""Compressed weight files: ``.gz`` and ``.xz``, read piece by piece and within limits.

A small file can decompress to any size. Nothing here takes more memory than one piece; a stream that grows
beyond every plausible weight file is refused while it is read.
"""

from __future__ import annotations

import gzip
import io
import lzma
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Protocol, cast

from tmva_py.errors import WeightFileError

SUFFIXES = (".gz", ".xz")
"""What stands behind ``.xml`` in the name of a compressed weight file."""

LARGEST = 4 << 30
"""Bytes that a file may decompress to at most."""

LARGEST_RATIO = 100
"""How many times its own size a file may decompress to; numbers as text give 2 to 20."""

ALWAYS_ALLOWED = 64 << 20
"""Bytes that any file may decompress to: small files of zeros compress well."""

# xz -9 needs 65 MiB; a header can ask for 4 GiB.
_XZ_MEMORY = 128 << 20
_PIECE = 1 << 16


class _Decoder(Protocol):
    """One compressed stream."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def feed(self, data: bytes, size: int) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...


class _Gzip:
    """A member of a ``.gz`` file."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._stream.unconsumed_tail

    def feed(self, data: bytes, size: int) -> bytes:
        return self._stream.decompress(self._stream.unconsumed_tail + data, size)


class _Xz:
    """A stream of a ``.xz`` file."""

    def __init__(self) -> None:
        self._stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    @property
    def needs_input(self) -> bool:
        return self._stream.needs_input

    def feed(self, data: bytes, size: int) -> bytes:
        return self._stream.decompress(data, size)


_FORMATS: tuple[tuple[bytes, str, Callable[[], _Decoder]], ...] = (
    (b"\x1f\x8b", "gzip", _Gzip),
    (b"\xfd7zXZ\x00", "xz", _Xz),
)


class DecompressedFile(io.RawIOBase):
    """The content of a compressed file, read from front to back.

    Parameters
    ----------
    file : binary file
        Compressed; at its beginning.
    name : str
        For messages.
    kind : str
        ``"gzip"`` or ``"xz"``.
    """

    def __init__(self, file: BinaryIO, name: str, kind: str) -> None:
        self._file = file
        self._name = name
        self._kind = kind
        self._make = next(make for _, known, make in _FORMATS if known == kind)
        size = os.fstat(file.fileno()).st_size
        self._limit = min(LARGEST, max(ALWAYS_ALLOWED, LARGEST_RATIO * size))
        self._size = size
        self._restart()

    def _restart(self) -> None:
        self._decoder: _Decoder | None = self._make()
        self._waiting = b""
        self._count = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go back to the beginning; there is no other place to go to."""
        if (offset, whence) != (0, os.SEEK_SET):
            raise io.UnsupportedOperation
        self._file.seek(0)
        self._restart()
        return 0

    def read(self, size: int = -1) -> bytes:
        """Return the next piece, at most `size` bytes of it; nothing at the end.

        Raises
        ------
        WeightFileError
            The stream is damaged, ends early, or is larger than a weight file can be.
        """
        wanted = _PIECE if size < 0 else size
        while self._decoder is not None:
            piece = self._next(self._decoder, wanted)
            self._count += len(piece)
            if self._count > self._limit:
                message = (
                    f"{self._name}: {self._size} bytes of {self._kind} decompress to more than "
                    f"{self._limit} bytes, as no weight file does; if it is one all the same, unpack it first"
                )
                raise WeightFileError(message)
            if piece:
                return piece
        return b""

    def _next(self, decoder: _Decoder, size: int) -> bytes:
        if decoder.eof:
            self._waiting = decoder.unused_data.lstrip(b"\0")
            while not self._waiting and (more := self._file.read(_PIECE)):
                self._waiting = more.lstrip(b"\0")
            # What follows a stream is another one; zeros in between are padding.
            self._decoder = self._make() if self._waiting else None
            return b""
        data = b""
        if decoder.needs_input:
            data, self._waiting = self._waiting or self._file.read(_PIECE), b""
            if not data:
                message = f"{self._name}: the file is truncated: its {self._kind} data end too early"
                raise WeightFileError(message)
        try:
            return decoder.feed(data, size)
        except (zlib.error, lzma.LZMAError) as error:
            message = f"{self._name}: damaged {self._kind} data ({error})"
            raise WeightFileError(message) from error


def decompressed(file: BinaryIO, name: str) -> BinaryIO:
    """Return `file`, or its decompressed content if its first bytes say that it is compressed.

    Parameters
    ----------
    file : binary file
        At its beginning.
    name : str
        For messages.
    """
    start = file.read(6)
    file.seek(0)
    for magic, kind, _ in _FORMATS:
        if start.startswith(magic):
            return cast(BinaryIO, DecompressedFile(file, name, kind))
    return file


@contextmanager
def compressing(file: BinaryIO, path: str | os.PathLike[str]) -> Iterator[Any]:
    """Yield a file that writes to `file`, compressed as the suffix of `path` says.

    The same content gives the same bytes: neither time nor name are stored.
    """
    suffix = os.path.splitext(os.fspath(path))[1].lower()
    if suffix == ".gz":
        with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed:
            yield packed
    elif suffix == ".xz":
        with lzma.LZMAFile(file, "wb") as packed:
            yield packed
    else:
        yield file
