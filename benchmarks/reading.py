"""Time and memory of reading large weight files, by rows of a model and by elements.

Run as ``python benchmarks/reading.py [n_trees] [n_events]``; the default is a forest of 5,000 trees, with
75,000 nodes, and 20,000 events of KNN with 10 variables. Times are those of the processor.
"""

from __future__ import annotations

import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from tmva_py.methods.bdt.forest import SINKS as FOREST
from tmva_py.methods.bdt.forest import Forest
from tmva_py.methods.knn.model import KNNModel
from tmva_py.weights import Table, WeightFile, tables

DEPTH = 3
N_REPEATED = 5
# Rows that are read by elements too, for comparison.
MOST_ELEMENTS = 100_000
ROWS = {"forest": "Node", "events": "Event"}

SINKS = {"BDT": FOREST, "KNN": KNNModel.sinks}

HEADER = """<?xml version="1.0"?>
<MethodSetup Method="{method}::large">
  <Variables NVar="1">
    <Variable VarIndex="0" Expression="x" Label="x" Title="x" Unit="" Internal="x" Type="F" Min="0" Max="1"/>
  </Variables>
"""


def forest_lines(n_trees: int) -> Iterator[str]:
    """Yield a forest of full trees, as TMVA writes one."""
    random = np.random.default_rng(1)

    def node(place: str, depth: int) -> Iterator[str]:
        is_leaf = depth == DEPTH
        cut, purity = random.random(2, np.float32)
        blanks = "  " * (depth + 3)
        yield (
            f'{blanks}<Node pos="{place}" depth="{depth}" NCoef="0" IVar="{-1 if is_leaf else 0}" '
            f'Cut="{cut:.16e}" cType="{random.integers(2)}" res="-9.9000000000000000e+01" '
            f'rms="0.0000000000000000e+00" purity="{purity:.16e}" nType="{2 * random.integers(2) - 1}"'
            f"{'/' if is_leaf else ''}>\n"
        )
        if not is_leaf:
            yield from node("l", depth + 1)
            yield from node("r", depth + 1)
            yield f"{blanks}</Node>\n"

    yield HEADER.format(method="BDT") + f'  <Weights NTrees="{n_trees}" AnalysisType="0">\n'
    for number in range(n_trees):
        weight = random.random()
        yield f'    <BinaryTree type="DecisionTree" boostWeight="{weight:.16e}" itree="{number}">\n'
        yield from node("s", 0)
        yield "    </BinaryTree>\n"
    yield "  </Weights>\n</MethodSetup>\n"


def event_lines(n_events: int, n_variables: int = 10) -> Iterator[str]:
    """Yield the events of a KNN file."""
    random = np.random.default_rng(1)
    yield HEADER.format(method="KNN") + f'  <Weights NEvents="{n_events}" NVar="{n_variables}" NTgt="0">\n'
    for _ in range(n_events):
        values = " ".join(f"{value:.16e}" for value in random.standard_normal(n_variables, np.float32))
        yield f'    <Event Type="{random.integers(1, 3)}" Weight="{random.random():.16e}">{values}</Event>\n'
    yield "  </Weights>\n</MethodSetup>\n"


def n_bytes(tables: dict[str, Table]) -> int:
    """Return the bytes of all arrays."""
    return sum(
        array.nbytes
        for table in tables.values()
        for array in (
            *table.columns.values(), table.lines, table.parents, table.depths, *table.starts.values(),
            table.numbers, table.number_starts, *table.series.values(), *table.series_starts.values(),
        )
    )  # fmt: skip


def read_rows(path: Path) -> dict[str, Table]:
    """Read a file as its method would."""
    found = WeightFile.read(path, sinks=SINKS.get)
    return tables(found.weights, SINKS[found.type_name])


def read_forest(path: Path) -> Forest:
    """Read a forest as MethodBDT does."""
    return Forest.read(WeightFile.read(path, sinks=lambda _: FOREST).weights, 1)


def forest_line(path: Path) -> str:
    """Return seconds and memory of reading a forest as MethodBDT does."""
    forest = read_forest(path)
    arrays = sum(array.nbytes for array in vars(forest).values())
    seconds, peak = shortest(lambda: read_forest(path)), peak_of(lambda: read_forest(path))
    return (
        f"{forest.n_nodes:,} nodes as MethodBDT has them: {seconds:.2f} s, {peak / arrays:.2f} × its arrays"
    )


def shortest(function: Callable[[], object]) -> float:
    """Return the shortest of some times in seconds."""
    times = []
    for _ in range(N_REPEATED):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)


def peak_of(function: Callable[[], object]) -> int:
    """Return the most memory that a call has at once, in bytes."""
    tracemalloc.start()
    try:
        function()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def main(n_trees: int = 5000, n_events: int = 20_000) -> None:
    """Print the table."""
    print(f"{'':14}{'':>10}{'rows':>18}{'elements':>18}{'xml.etree':>18}")
    print(f"{'':14}{'arrays/MB':>10}" + f"{'s':>9}{'MB':>9}" * 3)
    with tempfile.TemporaryDirectory() as folder:
        for name, lines in (("forest", forest_lines(n_trees)), ("events", event_lines(n_events))):
            path = Path(folder) / f"{name}.weights.xml"
            path.write_text("".join(lines))
            ways: tuple[Callable[[], object], ...] = (
                lambda path=path: read_rows(path),
                lambda path=path: WeightFile.read(path),
                lambda path=path: ElementTree.parse(path),
            )
            # As many rows as this are refused as elements, and xml.etree would take gigabytes.
            compared = ways if len(read_rows(path)[ROWS[name]]) < MOST_ELEMENTS else ways[:1]
            cells = [f"{shortest(way):9.2f}{peak_of(way) / 1e6:9.1f}" for way in compared]
            if name == "forest":
                line = forest_line(path)
            print(f"{name:14}{n_bytes(read_rows(path)) / 1e6:10.2f}" + "".join(cells))
    print(line)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
