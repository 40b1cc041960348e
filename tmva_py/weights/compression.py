"""Weight files compressed with gzip, which ROOT reads and writes as little as any other compression."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from tmva_py.errors import WeightFileError

SUFFIXES = (".gz",)
"""What follows ``.xml`` in the name of a compressed weight file."""

MAGIC = b"\x1f\x8b"

LARGEST = 4 << 30
"""Bytes that a file may decompress to at most."""

LARGEST_RATIO = 100
"""How many times its own size a file may decompress to; numbers as text give 2 to 20."""

ALWAYS_ALLOWED = 64 << 20
"""Bytes that any file may decompress to: small files of zeros compress well."""


def limit(size: int) -> int:
    """Return how many bytes a compressed file of this size may decompress to."""
    return min(LARGEST, max(ALWAYS_ALLOWED, LARGEST_RATIO * size))


@contextmanager
def compressing(file: BinaryIO, path: str | os.PathLike[str]) -> Iterator[Any]:
    """Yield a file that writes to `file`, compressed if `path` ends in ``.gz``.

    The same content gives the same bytes: neither time nor name are stored.
    """
    suffix = os.path.splitext(os.fspath(path))[1].lower()
    if suffix in SUFFIXES:
        with gzip.GzipFile("", "wb", compresslevel=6, fileobj=file, mtime=0) as packed:
            yield packed
    elif suffix in (".xz", ".bz2", ".zst"):
        message = (
            f"{os.fspath(path)}: weight files are written plain or compressed with gzip, as .xml or .xml.gz"
        )
        raise WeightFileError(message)
    else:
        yield file
