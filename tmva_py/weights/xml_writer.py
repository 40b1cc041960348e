"""XML in TMVA's own layout."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Comment, Element

from tmva_py.errors import WeightFileError
from tmva_py.files import write_atomically
from tmva_py.weights.compression import compressing

_ESCAPES = {
    ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&apos;",
    # A reader would otherwise turn them into blanks.
    ord("\n"): "&#10;", ord("\t"): "&#9;", ord("\r"): "&#13;",
}  # fmt: skip
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape(text: str) -> str:
    """Return text as TMVA writes it into attributes and elements.

    Raises
    ------
    WeightFileError
        It has a character that XML cannot hold.

    Examples
    --------
    >>> escape("a<b && c=='x'")
    'a&lt;b &amp;&amp; c==&apos;x&apos;'
    """
    found = _NOT_IN_XML.search(text)
    if found:
        message = f"{text!r}: character {found[0]!r} at position {found.start()} cannot be in a weight file"
        raise WeightFileError(message)
    return text.translate(_ESCAPES)


def write_xml(root: Element, path: str | os.PathLike[str]) -> None:
    """Write a tree to a file, compressed if `path` ends in ``.gz``: whole or not at all."""

    def write(file: BinaryIO) -> None:
        with compressing(file, path) as packed:
            for line in to_lines(root):
                packed.write(f"{line}\n".encode())

    write_atomically(path, write)


def to_text(root: Element) -> str:
    """Return a tree as TMVA writes it: a declaration, one element per line, two blanks per level.

    A text that begins with a line break (`tmva_py.xml_text.raw_line`) is on lines of its own inside its
    element, any other between the tags.
    """
    return "".join(f"{line}\n" for line in to_lines(root))


def to_lines(root: Element) -> Iterator[str]:
    """Yield the lines of `to_text`, without line breaks."""
    yield '<?xml version="1.0"?>'
    # What is open: the children that are left, their indentation, and the tag at the end. Not by recursion:
    # search trees may be thousands of elements deep.
    around: list[tuple[Iterator[Element], str, str]] = [(iter([root]), "", "")]
    while around:
        children, indent, end = around[-1]
        element = next(children, None)
        if element is None:
            around.pop()
            if end:
                yield end
            continue
        tag: object = element.tag
        if tag is Comment:
            yield f"{indent}<!--{element.text}-->"
            continue
        attributes = "".join(f' {name}="{escape(value)}"' for name, value in element.attrib.items())
        opening, closing = f"{indent}<{element.tag}{attributes}", f"</{element.tag}>"
        text = element.text or ""
        blank = not text.strip()
        if blank and not len(element):
            yield f"{opening}/>"
        elif not blank and not len(element) and not text.startswith("\n"):
            yield f"{opening}>{escape(text)}{closing}"
        else:
            yield f"{opening}>"
            inner = f"{indent}  "
            # A text that was read from a file is indented already.
            for line in text.split("\n"):
                if line.strip():
                    yield f"{inner}{escape(line.removeprefix(inner))}"
            around.append((iter(element), inner, f"{indent}{closing}"))
