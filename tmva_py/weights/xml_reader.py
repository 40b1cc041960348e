"""The XML of weight files, read safely.

No other module parses XML. A document type or an entity is refused: no weight file needs one, and they are
what attacks on XML readers are made of. What a file can make the reader keep is limited as well.
"""

from __future__ import annotations

import os
from typing import Any, NoReturn
from xml.etree.ElementTree import ParseError

from tmva_py.errors import WeightFileError
from tmva_py.weights.handlers import ROOT_TAG, Handlers, HeaderEnd, LocatedElement
from tmva_py.weights.sinks import SinkLookup
from tmva_py.weights.source import CHUNK, Source, kind_of, naming_the_file, opened

LONGEST_TAG = 4 << 20
"""Bytes of a tag with its attributes, or of a comment."""

_CODES_OF_A_CUT_FILE = {3: "no element found", 5: "unclosed token"}
_CODE_OF_AN_INVALID_CHARACTER = 4
_CODE_OF_A_SECOND_ROOT = 9


def parse_weight_xml(
    source: str | os.PathLike[str], *, header_only: bool = False, sinks: SinkLookup | None = None
) -> LocatedElement:
    """Return the ``<MethodSetup>`` element of a weight file, compressed or not.

    Parameters
    ----------
    source : path, or str with XML
        The file, or its text.
    header_only : bool, default False
        Stop at ``<Weights>``, which then is not in the result.
    sinks : callable, optional
        From a method's type to its model's sinks, for what is in ``<Weights>``: rows become the element's
        `tables`, long texts of numbers its `numbers`. Without it, all of the file becomes elements and texts.

    Raises
    ------
    WeightFileNotFoundError
        There is no such file.
    WeightFileError
        It cannot be read, is empty, truncated, no XML, no weight file, or holds a document type. The message
        has the file, the line and the reason.
    """
    with opened(source) as file, naming_the_file(file.name):
        handlers = _read(file, header_only=header_only, sinks=sinks)
        if handlers.root is None:
            message = "not a TMVA weight file: it holds no element"
            raise WeightFileError(message)
    handlers.root.remarks = handlers.remarks.texts()
    return handlers.root


def _read(
    file: Source, *, header_only: bool, sinks: SinkLookup | None, encoding: str | None = None
) -> Handlers:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    parser = DefusedXMLParser(
        target=object(), encoding=encoding, forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    handlers = Handlers(parser.parser, header_only=header_only, sinks=sinks)
    try:
        _feed(parser, file, handlers)
    except HeaderEnd:
        pass
    except ParseError as error:
        # ROOT writes names of people and folders as the system has them, which once was Latin-1.
        if encoding is None and error.code == _CODE_OF_AN_INVALID_CHARACTER and not file.is_utf8():
            return _read(file, header_only=header_only, sinks=sinks, encoding="latin-1")
        _explain(error, handlers, file.name)
    except DefusedXmlException as error:
        message = (
            f"line {handlers.line} holds a document type or an entity; no weight file needs one and they can "
            f"harm the reader, so the file is refused ({type(error).__name__})"
        )
        raise WeightFileError(message) from None
    except (LookupError, ValueError) as error:
        if isinstance(error, WeightFileError) or handlers.root is not None:
            raise
        message = f"line {handlers.line}: the encoding cannot be read ({error})"
        raise WeightFileError(message) from error
    return handlers


def _feed(parser: Any, file: Source, handlers: Handlers) -> None:
    fed, size = 0, CHUNK
    while piece := file.read(size):
        parser.feed(piece)
        fed += len(piece)
        # The parser reads an unfinished tag again with each piece, so that pieces must grow with it.
        unfinished = fed - max(parser.parser.CurrentByteIndex, 0)
        if unfinished > LONGEST_TAG:
            line = parser.parser.CurrentLineNumber
            message = f"line {line} begins a tag or a comment of more than {LONGEST_TAG} bytes"
            raise WeightFileError(message)
        if size > CHUNK:
            handlers.flush()
        size = max(CHUNK, min(unfinished, LONGEST_TAG + 1 - unfinished))
    parser.close()


def _explain(error: ParseError, handlers: Handlers, name: str) -> NoReturn:
    line, column = error.position
    place = f"line {line}, column {column + 1}"
    found = handlers.root is not None
    if error.code in _CODES_OF_A_CUT_FILE:
        what = "the file is truncated: it ends" if found else "not a TMVA weight file: it ends"
        message = f"{what} at {place}{' inside an open element' if handlers.is_inside else ''}"
    elif not found:
        message = f"not a TMVA weight file: {place} is not XML{kind_of(name)}"
    elif error.code == _CODE_OF_A_SECOND_ROOT:
        message = f"{place}: something follows </{ROOT_TAG}>"
    else:
        reason = str(error).partition(":")[0]
        message = f"damaged at {place}: {reason}"
    raise WeightFileError(message) from None
