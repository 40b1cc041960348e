"""Elements as rows of typed columns: filled while a file is read, block by block."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from itertools import chain, compress
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np

from tmva_py.errors import WeightFileError
from tmva_py.weights.remarks import Remarks
from tmva_py.weights.sinks import Column, Rows, Series, Sinks
from tmva_py.weights.table import Array, Table, place_of
from tmva_py.xml_text import NumberCollector, parse_words, shortened

MOST_ROWS = 50_000_000
DEEPEST_TREE = 10_000
_BLOCK = 256


class RowCollector:
    """Takes the elements of one tag and keeps none of them.

    Attributes go into a block of rows as they come from the parser, a list of names and values in turn; a
    full block becomes pieces of the columns, a column at a time.
    """

    def __init__(self, tag: str, sink: Rows, remarks: Remarks) -> None:
        self.tag = tag
        self.sink = sink
        self.columns = {name: array(np.dtype(one.dtype).char) for name, one in sink.columns.items()}
        self.series = {name: array(np.dtype(one.dtype).char) for name, one in sink.series.items()}
        self.lines = array("i")
        self.parents = array("i")
        self.depths = array("h")
        self.outer: RowCollector | None = None
        self.inner: list[tuple[RowCollector, array[int]]] = []
        self.numbers = NumberCollector(sink.text or "f4")
        self.text_counts = array("i")
        self._text_begin = 0
        self.has_text = sink.text is not None
        self._tree = sink.tree
        self._open: list[int] = []
        self._count = 0
        self._block: list[list[str]] = []
        self._block_lines: list[int] = []
        self._known = frozenset((*sink.columns, *sink.unused))
        self._widest = 2 * (len(self._known) + 100)
        self._remarks = remarks

    def __len__(self) -> int:
        """Return the number of rows so far."""
        return self._count

    def begin(self, attributes: list[str], around: RowCollector | None, line: int) -> None:
        """Take the next row; `around` has the row that it is directly inside."""
        row = self._count
        if around is self and self._tree:
            self.parents.append(self._open[-1])
            self.depths.append(len(self._open))
        elif around is self.outer:
            if self._tree:
                self.parents.append(-1)
                self.depths.append(0)
        else:
            self._misplaced(around, line)
        if self._tree:
            self._open.append(row)
        for inner, starts in self.inner:
            starts.append(len(inner))
        self._count = row + 1
        self._block.append(attributes)
        self._block_lines.append(line)
        if len(self._block) >= _BLOCK or len(attributes) > self._widest:
            self.flush()

    def end(self) -> None:
        """Leave the row that was begun last and is still open."""
        if self._tree:
            self._open.pop()

    def end_of_text(self) -> None:
        """Say that the text of the row begun last is complete."""
        self.numbers.end()
        self.text_counts.append(self.numbers.count - self._text_begin)
        self._text_begin = self.numbers.count

    def table(self) -> Table:
        """Return all rows."""
        self.flush()
        columns = {name: _frozen(values) for name, values in self.columns.items()}
        table = Table(
            tag=self.tag,
            columns=columns,
            lines=_frozen(self.lines),
            parents=_frozen(self.parents),
            depths=_frozen(self.depths),
            starts={inner.tag: _frozen(array("q", [*starts, len(inner)])) for inner, starts in self.inner},
            numbers=self.numbers.values(),
            number_starts=_starts(self.text_counts),
            series={name: _frozen(values) for name, values in self.series.items()},
            series_starts={name: _starts(columns[one.count]) for name, one in self.sink.series.items()},
        )
        problem = self.numbers.problem
        if problem is not None:
            row = int(np.searchsorted(table.number_starts, problem.position, "right")) - 1
            first, last = table.number_starts[row : row + 2].tolist()
            message = f"{table.where(row)}: {problem.text(last - first, first)}"
            raise WeightFileError(message)
        return table

    def _misplaced(self, around: RowCollector | None, line: int) -> None:
        tags = [] if self.outer is None else [self.outer.tag]
        wanted = " or ".join(f"<{tag}>" for tag in (*tags, *([self.tag] if self._tree else [])))
        place = "not inside another row" if around is None else f"inside <{around.tag}>"
        message = f"{self._place(line)} is {place}, expected it inside {wanted or 'no other row'}"
        raise WeightFileError(message)

    # --- blocks --------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Turn the rows that wait into pieces of the columns."""
        block, lines = self._block, self._block_lines
        if not block:
            return
        if self._count > MOST_ROWS or len(self._open) > DEEPEST_TREE:
            what = f"rows <{self.tag}>" if self._count > MOST_ROWS else f"<{self.tag}> inside one another"
            most = MOST_ROWS if self._count > MOST_ROWS else DEEPEST_TREE
            message = f"line {lines[-1]}: more than {most} {what}"
            raise WeightFileError(message)
        self._block, self._block_lines = [], []
        self.lines.extend(lines)
        texts = self._same_attributes(block)
        if texts is None:
            texts = self._different_attributes(block, lines)
        for name, column in self.sink.columns.items():
            words = texts.get(name)
            values = self._values(name, column, words, lines)
            self.columns[name].frombytes(values.tobytes())
        for name, series in self.sink.series.items():
            self._take_series(name, series, block, lines)

    def _same_attributes(self, block: list[list[str]]) -> dict[str, list[Any]] | None:
        """Return the texts by attribute, if all rows have the same attributes in the same order."""
        flat = list(chain.from_iterable(block))
        width, names = len(block[0]), block[0][::2]
        if len(flat) != width * len(block) or not self._known.issuperset(names):
            return None
        if any(flat[2 * i :: width].count(name) != len(block) for i, name in enumerate(names)):
            return None
        return {name: flat[2 * i + 1 :: width] for i, name in enumerate(names)}

    def _different_attributes(self, block: list[list[str]], lines: list[int]) -> dict[str, list[Any]]:
        rows = [dict(zip(row[::2], row[1::2], strict=True)) for row in block]
        for row, line in zip(rows, lines, strict=True):
            if not (self._remarks.has_more or self._known.issuperset(row)):
                self._remark_unknown(row, line)
        return {name: [row.get(name) for row in rows] for name in self.sink.columns}

    def _remark_unknown(self, row: Mapping[str, str], line: int) -> None:
        for name in row:
            if name not in self._known and not any(
                name.startswith(prefix) and name.removeprefix(prefix).isdecimal() for prefix in self.series
            ):
                what = f"attribute {shortened(name)} of <{self.tag}>"
                self._remarks.add(what, f" (line {line})", name=name, known=self._known)

    def _values(self, name: str, column: Column, words: list[Any] | None, lines: list[int]) -> Array:
        dtype = np.dtype(column.dtype)
        if words is None:
            words = [None] * len(lines)
        missing = None in words
        if missing:
            if column.default is None:
                message = f"{self._place(lines[words.index(None)])} has no attribute {name!r}"
                raise WeightFileError(message)
            if words.count(None) == len(words):
                return np.full(len(words), column.default, dtype)
        if column.choices:
            return self._chosen(name, column, words, lines)
        if missing:
            given = [word is not None for word in words]
            values = np.full(len(words), column.default, dtype)
            values[given] = self._parsed(
                name, dtype, list(compress(words, given)), list(compress(lines, given))
            )
            return values
        return self._parsed(name, dtype, words, lines)

    def _parsed(self, name: str, dtype: np.dtype[Any], words: list[str], lines: list[int]) -> Array:
        # Columns that are mostly one number are common: comparing texts is faster than reading them.
        same = words.count(words[0]) == len(words)
        values, problem = parse_words(words[:1] if same else words, dtype)
        if problem is not None:
            message = f"{self._place(lines[problem.position])}: {name}={problem.shown}, {problem.what}"
            raise WeightFileError(message)
        return np.repeat(values, len(words)) if same else values

    def _chosen(self, name: str, column: Column, words: list[Any], lines: list[int]) -> Array:
        places: dict[str | None, int] = {text: place for place, text in enumerate(column.choices)}
        if column.default is not None:
            places[None] = int(column.default)
        try:
            return np.fromiter(map(places.__getitem__, words), column.dtype, len(words))
        except KeyError:
            row = next(i for i, word in enumerate(words) if word not in places)
            wanted = ", ".join(map(repr, column.choices))
            message = f"{self._place(lines[row])}: {name}={shortened(words[row])}, expected one of {wanted}"
            raise WeightFileError(message) from None

    def _take_series(self, prefix: str, series: Series, block: list[list[str]], lines: list[int]) -> None:
        counts = self.columns[series.count][-len(block) :]
        for row, count in enumerate(counts):
            if count == 0:
                continue
            given = dict(zip(block[row][::2], block[row][1::2], strict=True))
            if not 0 < count <= len(given) or any(f"{prefix}{i}" not in given for i in range(count)):
                message = (
                    f"{self._place(lines[row])}: {series.count}={count}, but not all of "
                    f"{prefix}0 to {prefix}{count - 1} are there"
                )
                raise WeightFileError(message)
            words = [given[f"{prefix}{i}"] for i in range(count)]
            values = self._parsed(f"{prefix}0…", np.dtype(series.dtype), words, [lines[row]] * count)
            self.series[prefix].frombytes(values.tobytes())

    def _place(self, line: int) -> str:
        return place_of(self.tag, line)


def _frozen(values: array[Any]) -> Array:
    """Return an array that shares the memory of `values` and cannot be written to."""
    result: Array = np.frombuffer(values, values.typecode)
    result.flags.writeable = False
    return result


def _starts(counts: Any) -> Array:
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    starts.flags.writeable = False
    return starts


def row_collectors(sinks: Sinks, remarks: Remarks) -> dict[str, RowCollector]:
    """Return what takes the rows of a ``<Weights>`` element, by tag."""
    found = {tag: RowCollector(tag, one, remarks) for tag, one in sinks.items() if isinstance(one, Rows)}
    for rows in found.values():
        if rows.sink.inside is not None:
            if rows.sink.inside not in found:
                message = f"rows <{rows.tag}> are declared inside <{rows.sink.inside}>, which are no rows"
                raise TypeError(message)
            rows.outer = found[rows.sink.inside]
            rows.outer.inner.append((rows, array("q")))
    return found


def tables(weights: Element, sinks: Sinks) -> dict[str, Table]:
    """Return the rows below a ``<Weights>`` element by tag, as `sinks` declare them.

    They are there if the element was read from a file with these sinks; from other elements they are made.

    Raises
    ------
    WeightFileError
        An attribute or a number is damaged or missing.
    """
    found: dict[str, Table] | None = getattr(weights, "tables", None)
    if found is not None:
        return found
    collectors = row_collectors(sinks, Remarks())
    _collect(weights, collectors)
    return {tag: rows.table() for tag, rows in collectors.items()}


def _collect(weights: Element, collectors: Mapping[str, RowCollector]) -> None:
    """Take the rows of elements, however deep they are."""
    around: list[tuple[Iterator[Element], RowCollector | None]] = [(iter(weights), None)]
    while around:
        children, outer = around[-1]
        child = next(children, None)
        if child is None:
            around.pop()
            if outer is not None:
                outer.end()
        elif (rows := collectors.get(child.tag)) is not None:
            rows.begin(list(chain(*child.attrib.items())), outer, getattr(child, "line", 0))
            if rows.has_text:
                rows.numbers.add(child.text or "")
                rows.end_of_text()
            around.append((iter(child), rows))
        elif outer is None and child.tag != "Weights":  # of a method inside this one
            around.append((iter(child), None))
