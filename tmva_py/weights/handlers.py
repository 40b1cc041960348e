"""What becomes of a weight file's elements while it is parsed: elements, rows, numbers, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder

from tmva_py.errors import WeightFileError
from tmva_py.weights.remarks import Remarks
from tmva_py.weights.rows import RowCollector, row_collectors
from tmva_py.weights.sinks import ANY_TAG, Nested, Numbers, SinkLookup, Sinks
from tmva_py.weights.source import CHUNK
from tmva_py.weights.table import Table
from tmva_py.xml_text import NumberCollector

ROOT_TAG = "MethodSetup"
WEIGHTS_TAGS = ("Weights", "BinaryTree")
"""What holds the weights of a method: a single decision tree stands for itself."""

MOST_KEPT = 1_000_000
"""Elements and attributes that are kept as such; each takes some 200 bytes."""

DEEPEST_ELEMENTS = 64
"""Real files have seven levels, a boosted method a few more; rows may be deeper."""

DEEPEST_SKIPPED = 10_000

LONGEST_TEXT = 1 << 12
"""Characters up to which a text of numbers is kept as text."""


_SHAPES = (("Rows", "Columns"), ("rows", "cols"))
_LONGEST_SIZE = 19


class LocatedElement(Element):
    """An XML element that knows its line in the file.

    Attributes
    ----------
    line : int
        Where it begins.
    numbers : NumberCollector
        The numbers of a long text; its `text` is None then.
    tables : dict of str to Table
        The rows of a ``<Weights>`` element that was read with a model's sinks.
    remarks : list of str
        What was not understood in rows; at the root.
    """

    __slots__ = ("line", "numbers", "remarks", "tables")

    line: int
    numbers: NumberCollector
    tables: dict[str, Table]
    remarks: list[str]


class HeaderEnd(Exception):  # noqa: N818 - no error: it ends the parsing
    """The header is read."""


class _Scope:
    """What becomes of the elements inside one ``<Weights>``."""

    def __init__(self, element: LocatedElement | None, sinks: Sinks | None, remarks: Remarks) -> None:
        self.element = element
        self.is_skipped = sinks is None
        sinks = sinks or {}
        self.rows = row_collectors(sinks, remarks)
        self.numbers = {tag: one.dtype for tag, one in sinks.items() if isinstance(one, Numbers)}
        self.nested = {tag: one.attribute for tag, one in sinks.items() if isinstance(one, Nested)}


class Handlers:
    """What the parser calls: keeps elements, passes rows and numbers on, and skips what nobody reads."""

    def __init__(self, expat: Any, *, header_only: bool, sinks: SinkLookup | None) -> None:
        self.root: LocatedElement | None = None
        self.remarks = Remarks()
        self._expat = expat
        self._header_only = header_only
        self._lookup = sinks
        self._builder = TreeBuilder(element_factory=LocatedElement)
        self._kept = 0
        self._elements: list[LocatedElement] = []
        # One for each <Weights> around this place, after one for what is outside all of them.
        self._scopes = [_Scope(None, {}, self.remarks)]
        self._rows = self._scopes[0].rows
        # The rows around this place, after None.
        self._around: list[RowCollector | None] = [None]
        self._text_of: RowCollector | None = None
        self._skipped = 0
        # Set while a text of numbers is read: as text at first, as numbers once it is long.
        self._matrix: LocatedElement | None = None
        self._dtype = ""
        self._short_text: list[str] = []
        self._length = 0
        self._long_text: NumberCollector | None = None
        expat.DefaultHandlerExpand = None
        expat.buffer_size = CHUNK
        expat.StartElementHandler = self._start
        expat.EndElementHandler = self._end
        expat.CharacterDataHandler = self._builder.data

    @property
    def is_inside(self) -> bool:
        """Whether an element is open."""
        return bool(self._elements)

    @property
    def line(self) -> int:
        """Where the parser is."""
        line: int = self._expat.CurrentLineNumber
        return line

    def flush(self) -> None:
        """Keep no more texts of rows than needed, after long ones."""
        for scope in self._scopes:
            for rows in scope.rows.values():
                rows.flush()

    # --- the parser's calls ---------------------------------------------------------------------------

    def _start(self, tag: str, attributes: list[str]) -> None:
        """Take a start tag; attributes are names and values in turn."""
        if self._text_of is not None:
            self._end_text()
        rows = self._rows.get(tag)
        if rows is None or self._skipped:
            self._start_other(tag, attributes)
            return
        around = self._around
        rows.begin(attributes, around[-1], self._expat.CurrentLineNumber)
        around.append(rows)
        if rows.has_text:
            self._text_of = rows
            self._expat.CharacterDataHandler = rows.numbers.add
        elif len(around) == 2:
            self._expat.CharacterDataHandler = None

    def _end(self, tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        if self._text_of is not None:
            self._end_text()
        rows = self._around[-1]
        if rows is None:
            self._end_element(tag)
        else:
            self._around.pop()
            rows.end()

    def _take_numbers(self, text: str) -> None:
        if self._long_text is not None:
            self._long_text.add(text)
            return
        self._short_text.append(text)
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            self._long_text = NumberCollector(self._dtype, self._claimed())
            self._long_text.add("".join(self._short_text))

    def _claimed(self) -> int | None:
        """Return how many numbers the matrix that is read claims to have, if it says so."""
        attributes = {} if self._matrix is None else self._matrix.attrib
        for names in _SHAPES:
            texts = [attributes.get(name, "") for name in names]
            if all(text.isascii() and text.isdigit() and len(text) < _LONGEST_SIZE for text in texts):
                return int(texts[0]) * int(texts[1])
        return None

    # --- elements and texts ---------------------------------------------------------------------------

    def _start_other(self, tag: str, attributes: list[str]) -> None:
        around = self._around[-1]
        if self._skipped:
            self._skipped += 1
            if self._skipped > DEEPEST_SKIPPED:
                message = f"line {self.line}: more than {DEEPEST_SKIPPED} elements inside one another"
                raise WeightFileError(message)
        elif around is not None:
            self.remarks.add(f"element <{tag}> in <{around.tag}>", f" (line {self.line})")
            self._skipped = 1
        elif self._scopes[-1].is_skipped:
            self._skipped = 1
        else:
            self._start_element(tag, attributes)

    def _start_element(self, tag: str, attributes: list[str]) -> None:
        depth, line = len(self._elements), self.line
        if "}" in tag:
            tag = f"{{{tag}"
        if depth == 0 and tag != ROOT_TAG:
            message = f"not a TMVA weight file: line {line} begins <{tag}>, expected <{ROOT_TAG}>"
            raise WeightFileError(message)
        if depth == 1 and tag in WEIGHTS_TAGS and self._header_only:
            raise HeaderEnd
        self._kept += 1 + len(attributes) // 2
        if self._kept > MOST_KEPT:
            message = (
                f"line {line}: more than {MOST_KEPT} elements and attributes; a model with so many declares "
                "sinks for them"
            )
            raise WeightFileError(message)
        if depth == DEEPEST_ELEMENTS:
            message = f"line {line}: more than {DEEPEST_ELEMENTS} elements inside one another"
            raise WeightFileError(message)
        self._end_numbers()
        element = self._builder.start(tag, dict(zip(attributes[::2], attributes[1::2], strict=True)))
        if not isinstance(element, LocatedElement):
            raise TypeError  # cannot be: the factory makes no other
        element.line = line
        if self.root is None:
            self.root = element
        self._elements.append(element)
        method = self._method_of(tag)
        dtype = self._scopes[-1].numbers.get(tag, self._scopes[-1].numbers.get(ANY_TAG))
        handler: Callable[[str], object] | None = self._builder.data
        if method is not None and self._lookup is not None:
            self._scopes.append(_Scope(element, self._lookup(method), self.remarks))
            self._rows = self._scopes[-1].rows
            if self._scopes[-1].is_skipped:
                handler = None
        elif dtype is not None:
            self._matrix, self._dtype = element, dtype
            handler = self._take_numbers
        self._expat.CharacterDataHandler = handler

    def _method_of(self, tag: str) -> str | None:
        """Return the type of the method whose weights the innermost element holds, if it does."""
        if tag not in WEIGHTS_TAGS or len(self._elements) < 2:
            return None
        parent = self._elements[-2]
        attribute = "Method" if parent is self.root else self._scopes[-1].nested.get(parent.tag)
        return None if attribute is None else parent.get(attribute, "").partition("::")[0]

    def _end_element(self, tag: str) -> None:
        self._end_numbers()
        scope = self._scopes[-1]
        if scope.element is self._elements.pop():
            scope.element.tables = {tag: rows.table() for tag, rows in scope.rows.items()}
            self._scopes.pop()
            self._rows = self._scopes[-1].rows
        self._builder.end(tag if "}" not in tag else f"{{{tag}")
        self._expat.CharacterDataHandler = self._builder.data

    def _end_text(self) -> None:
        if self._text_of is not None:
            self._text_of.end_of_text()
            self._text_of = None
            self._expat.CharacterDataHandler = None

    def _end_numbers(self) -> None:
        if self._matrix is None:
            return
        if self._long_text is not None:
            self._long_text.end()
            self._matrix.numbers = self._long_text
        elif self._short_text:
            self._builder.data("".join(self._short_text))
        self._matrix = self._long_text = None
        self._short_text.clear()
        self._length = 0
