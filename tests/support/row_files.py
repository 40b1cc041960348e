"""Weight files with many rows: those of the benchmark, and what golden files hold by another parser."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
from programs import load_program

from tmva_py.methods.dt.model import DTModel
from tmva_py.methods.knn.model import KNNModel
from tmva_py.methods.pders.model import PDERSModel
from tmva_py.weights import Nested, Rows, Sinks, Table

PROJECT = Path(__file__).parents[2]


READING = load_program(PROJECT / "benchmarks" / "reading.py")
FOREST: Sinks = READING.FOREST
EVENTS: Sinks = KNNModel.sinks
SINKS: Mapping[str, Sinks] = {
    "BDT": FOREST,
    "DT": DTModel.sinks,
    "KNN": EVENTS,
    "PDERS": PDERSModel.sinks,
    "Category": {"SubMethod": Nested("Method")},
    "Boost": {"Method": Nested("MethodTypeName")},
}


def text_of(path: Path) -> str:
    """Return the text of a weight file, compressed or not."""
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode("latin-1")


def files_with_rows(shared: Path) -> list[Path]:
    """Return the golden files whose methods have rows, or hold such methods."""
    found = []
    for path in sorted((shared / "golden").glob("*/*.xml*")):
        text = text_of(path)
        if any(f'Method="{kind}::' in text[:500] for kind in SINKS):
            found.append(path)
    return found


def expected_tables(weights: Element, sinks: Sinks, lines: Mapping[int, int]) -> dict[str, dict[str, Any]]:
    """Return what the tables must hold, from elements of the standard library, row by row."""
    found: dict[str, dict[str, Any]] = {}
    rows = {tag: sink for tag, sink in sinks.items() if isinstance(sink, Rows)}
    for tag, sink in rows.items():
        found[tag] = {"": [], "line": [], "parent": [], "depth": [], "text": [], "series": {}}
        found[tag] |= {name: [] for name in sink.columns}
        found[tag]["series"] = {name: [] for name in sink.series}
        found[tag]["starts"] = {inner: [] for inner, one in rows.items() if one.inside == tag}

    def visit(element: Element, parents: dict[str, int], depth: int) -> None:
        for child in element:
            if child.tag == "Weights":
                continue
            inside = dict(parents)
            if child.tag in rows:
                sink, table = rows[child.tag], found[child.tag]
                for inner, starts in table["starts"].items():
                    starts.append(len(found[inner]["line"]))
                inside[child.tag] = len(table["line"])
                same = element.tag == child.tag
                table["line"].append(lines[id(child)])
                table["parent"].append(parents[child.tag] if same else -1)
                table["depth"].append(depth if same else 0)
                for name, column in sink.columns.items():
                    text = child.get(name)
                    if text is None:
                        table[name].append(column.default)
                    elif column.choices:
                        table[name].append(column.choices.index(text))
                    else:
                        table[name].append(float(text))
                table["text"].append([float(word) for word in (child.text or "").split()])
                for prefix in sink.series:
                    numbered = [name for name in child.attrib if re.fullmatch(rf"{prefix}\d+", name)]
                    numbered.sort(key=lambda name: int(re.sub(r"\D", "", name[len(prefix) - 1 :])))
                    table["series"][prefix].append([float(child.attrib[name]) for name in numbered])
            visit(child, inside, depth + 1 if element.tag == child.tag else 1)

    visit(weights, {}, 0)
    return found


def assert_table(table: Table, expected: Mapping[str, Any], sink: Rows, counts: Mapping[str, int]) -> None:
    """Compare a table with what `expected_tables` says of it."""
    assert len(table) == len(expected["line"])
    np.testing.assert_array_equal(table.lines, expected["line"])
    if sink.tree:
        np.testing.assert_array_equal(table.parents, expected["parent"])
        np.testing.assert_array_equal(table.depths, expected["depth"])
    for name, column in sink.columns.items():
        assert table[name].dtype == column.dtype
        np.testing.assert_array_equal(table[name], np.array(expected[name], column.dtype))
    if sink.text is not None:
        assert table.numbers.dtype == sink.text
        for row, values in enumerate(expected["text"]):
            begin, end = table.number_starts[row : row + 2]
            np.testing.assert_array_equal(table.numbers[begin:end], np.array(values, sink.text))
    for prefix, values in expected["series"].items():
        starts = table.series_starts[prefix]
        got = [table.series[prefix][a:b].tolist() for a, b in pairwise(starts)]
        assert got == values
    for inner, starts in expected["starts"].items():
        np.testing.assert_array_equal(table.starts[inner], [*starts, counts[inner]])


def parsed_with_lines(text: str) -> tuple[Element, dict[int, int]]:
    """Return a tree of the standard library, and the line of each element by its identity."""
    root = ElementTree.fromstring(text)
    # A start tag in the text for each element, in the same order; comments may hold tags as well.
    clean = re.sub(r"<!--.*?-->", lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.DOTALL)
    tags = re.finditer(r"<([A-Za-z_][\w.:-]*)", clean)
    lines, line, place = {}, 1, 0
    for element, found in zip(root.iter(), tags, strict=True):
        assert element.tag == found[1]
        line, place = line + clean.count("\n", place, found.start()), found.start()
        lines[id(element)] = line
    return root, lines
