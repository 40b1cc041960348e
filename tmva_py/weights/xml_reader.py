"""Weight files as XML, read safely: elements that know their lines.

No other module parses XML. A document type or an entity is refused: no weight file needs one, and they are
what attacks on XML readers are made of.
"""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NoReturn
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

import numpy as np

from tmva_py.errors import WeightFileError, WeightFileNotFoundError
from tmva_py.weights.compression import decompressed
from tmva_py.xml_text import NumberCollector

ROOT_TAG = "MethodSetup"
# Real files have seven levels, a boosted method a few more.
DEEPEST_NESTING = 64
MOST_ELEMENTS = 2_000_000
CHUNK = 1 << 16

LONGEST_TEXT = 1 << 12
"""Characters up to which a matrix is kept as text when numbers are asked for."""

# Methods whose <Weights> holds nothing but matrices, and the type that these have.
_NUMBER_TYPES: dict[str, np.dtype[Any]] = {"DL": np.dtype(np.float32), "DNN": np.dtype(np.float64)}
_DEPTH_OF_MATRICES = 4

_CODES_OF_A_CUT_FILE = {3: "no element found", 5: "unclosed token"}
_CODE_OF_AN_INVALID_CHARACTER = 4
_CODE_OF_A_SECOND_ROOT = 9


class LocatedElement(Element):
    """An XML element that knows its line in the file.

    Attributes
    ----------
    line : int
        Where it begins.
    numbers : NumberCollector or None
        The numbers of a matrix whose text was long; its `text` is None then.
    """

    line: int
    numbers: NumberCollector | None = None


class _HeaderEnd(Exception):  # noqa: N818 - no error: it ends the parsing
    """The header is read."""


class _Target:
    """Builds the tree, and stops at what cannot be a weight file."""

    def __init__(self, name: str, stop_before: str | None, *, keep_text: bool) -> None:
        self.name = name
        self.line: Callable[[], int] = lambda: 0
        self.builder = TreeBuilder(element_factory=LocatedElement)
        self.root: LocatedElement | None = None
        self.depth = 0
        self._stop_before = stop_before
        self._keep_text = keep_text
        self._n_elements = 0
        self._section = ""
        # Set while a matrix is read, until its text is longer than what is kept as text.
        self._matrix: LocatedElement | None = None
        self._text: list[str] = []
        self._length = 0
        self._number_type = np.dtype(np.float64)
        self._collects_numbers = False

    def start(self, tag: str, attributes: dict[str, str]) -> Element:
        if self.depth == 0 and tag != ROOT_TAG:
            found = f"line {self.line()} begins <{tag}>"
            message = f"{self.name}: not a TMVA weight file: {found}, expected <{ROOT_TAG}>"
            raise WeightFileError(message)
        if self.depth == 0 and not self._keep_text:
            kind = attributes.get("Method", "").partition("::")[0]
            self._number_type = _NUMBER_TYPES.get(kind, self._number_type)
            self._collects_numbers = kind in _NUMBER_TYPES
        if self.depth == 1:
            if tag == self._stop_before:
                raise _HeaderEnd
            self._section = tag
        self._end_of_text()
        self.depth += 1
        self._n_elements += 1
        if self._n_elements > MOST_ELEMENTS:
            message = f"{self.name}: line {self.line()}: more than {MOST_ELEMENTS} elements"
            raise WeightFileError(message)
        if self.depth > DEEPEST_NESTING:
            message = (
                f"{self.name}: line {self.line()}: more than {DEEPEST_NESTING} elements inside one another"
            )
            raise WeightFileError(message)
        element = self.builder.start(tag, attributes)
        if not isinstance(element, LocatedElement):
            raise TypeError  # cannot be: the factory makes no other
        element.line = self.line()
        if self.root is None:
            self.root = element
        if self._collects_numbers and self._section == "Weights" and self.depth >= _DEPTH_OF_MATRICES:
            self._matrix = element
        return element

    def end(self, tag: str) -> Element:
        self._end_of_text()
        self.depth -= 1
        return self.builder.end(tag)

    def data(self, text: str) -> None:
        if self._matrix is None:
            self.builder.data(text)
        elif self._matrix.numbers is not None:
            self._matrix.numbers.add(text)
        else:
            self._text.append(text)
            self._length += len(text)
            if self._length > LONGEST_TEXT:
                self._matrix.numbers = NumberCollector(self._number_type)
                self._matrix.numbers.add("".join(self._text))
                self._text.clear()

    def _end_of_text(self) -> None:
        if self._matrix is None:
            return
        if self._matrix.numbers is not None:
            self._matrix.numbers.finish()
        elif self._text:
            self.builder.data("".join(self._text))
        self._matrix = None
        self._text.clear()
        self._length = 0

    def close(self) -> Element:
        return self.builder.close()


def looks_like_xml(source: str | os.PathLike[str]) -> bool:
    """Return whether `source` is the text of a weight file and not a path to one."""
    return isinstance(source, str) and source.lstrip()[:1] == "<"


def source_name(source: str | os.PathLike[str]) -> str:
    """Return how messages call the source: its path, or "weight text" for XML handed over as text."""
    return "weight text" if looks_like_xml(source) else os.fspath(source)


def parse_weight_xml(
    source: str | os.PathLike[str], *, header_only: bool = False, keep_text: bool = True
) -> LocatedElement:
    """Return the ``<MethodSetup>`` element of a weight file, compressed or not.

    Parameters
    ----------
    source : path, or str with XML
        The file, or its text.
    header_only : bool, default False
        Stop at ``<Weights>``, which then is not in the result.
    keep_text : bool, default True
        Otherwise the long texts of a network's matrices become numbers while the file is read, and only
        these stay in memory: read them with `tmva_py.xml_text.read_matrix`.

    Raises
    ------
    WeightFileNotFoundError
        There is no such file.
    WeightFileError
        It cannot be read, is empty, truncated, no XML, no weight file, or holds a document type. The message
        has the file, the line and the reason.
    """
    name = source_name(source)
    stop_before = "Weights" if header_only else None
    target = _Target(name, stop_before, keep_text=keep_text)
    with _opened(source, name) as file:
        try:
            _feed(file, target)
        except _HeaderEnd:
            pass
        except ParseError as error:
            if error.code != _CODE_OF_AN_INVALID_CHARACTER or _is_utf8(file):
                _explain(error, name, target)
            # ROOT writes names of people and folders as the system has them, which once was Latin-1.
            target = _Target(name, stop_before, keep_text=keep_text)
            _feed_again(file, target)
    if target.root is None:
        message = f"{name}: not a TMVA weight file: it holds no element"
        raise WeightFileError(message)
    return target.root


def _is_utf8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _feed_again(file: BinaryIO, target: _Target) -> None:
    file.seek(0)
    try:
        _feed(file, target, encoding="latin-1")
    except _HeaderEnd:
        pass
    except ParseError as error:
        _explain(error, target.name, target)


def _feed(file: BinaryIO, target: _Target, encoding: str | None = None) -> None:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    parser = DefusedXMLParser(
        target=target, encoding=encoding, forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    expat = parser.parser
    target.line = lambda: expat.CurrentLineNumber
    try:
        while chunk := file.read(CHUNK):
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException as error:
        message = (
            f"{target.name}: line {target.line()} holds a document type or an entity; no weight file needs "
            f"one and they can harm the reader, so the file is refused ({type(error).__name__})"
        )
        raise WeightFileError(message) from None
    except (LookupError, ValueError) as error:
        if isinstance(error, WeightFileError):
            raise
        message = f"{target.name}: line {target.line()}: the encoding cannot be read ({error})"
        raise WeightFileError(message) from error


@contextmanager
def _opened(source: str | os.PathLike[str], name: str) -> Iterator[BinaryIO]:
    if isinstance(source, str) and looks_like_xml(source):
        # What a declaration says of the encoding held for the bytes; what is left is text.
        text = re.sub(r"""(<\?xml[^>]*?)\s+encoding\s*=\s*["'][^"']*["']""", r"\1", source.lstrip(), count=1)
        yield BytesIO(text.encode("utf-8", "replace"))
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
            yield decompressed(file, name)
    except OSError as error:
        message = f"{name}: cannot be read ({error.strerror or error})"
        raise WeightFileError(message) from error


def _explain(error: ParseError, name: str, target: _Target) -> NoReturn:
    line, column = error.position
    place = f"line {line}, column {column + 1}"
    if error.code in _CODES_OF_A_CUT_FILE:
        what = (
            "the file is truncated: it ends" if target.root is not None else "not a TMVA weight file: it ends"
        )
        inside = "" if target.root is None or target.depth == 0 else " inside an open element"
        message = f"{name}: {what} at {place}{inside}"
    elif target.root is None:
        begin = _beginning(name)
        message = f"{name}: not a TMVA weight file: {place} is not XML{begin}"
    elif error.code == _CODE_OF_A_SECOND_ROOT:
        message = f"{name}: {place}: something follows </{ROOT_TAG}>"
    else:
        reason = str(error).partition(":")[0]
        message = f"{name}: damaged at {place}: {reason}"
    raise WeightFileError(message) from None


def _beginning(name: str) -> str:
    """Say what the file is instead, where its first bytes tell."""
    path = Path(name)
    start = b""
    if path.is_file():
        with path.open("rb") as file:
            start = file.read(16)
    known = (
        (b"#GEN", "; it is TMVA's text format of before 2009, which is not supported"),
        (b"BZh", "; it is compressed: unpack it with bunzip2, or pack it with gzip or xz"),
        (b"\x28\xb5\x2f\xfd", "; it is compressed: unpack it with unzstd, or pack it with gzip or xz"),
        (b"root", "; it is a ROOT file"),
        (b"PK\x03\x04", "; it is a zip archive, perhaps of Network.save: read that with Network.load"),
    )
    return next((text for magic, text in known if start.startswith(magic)), "")
