"""Files made to take time and memory: what they can take is bounded."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from row_files import EVENTS, FOREST
from weight_files import SMALL, changed

from tmva_py.errors import TMVAWarning, WeightFileError
from tmva_py.weights import Rows, Sinks, WeightFile, handlers, remarks, tables

WEIGHTS = SMALL.index("    <DenseLayer")


@contextmanager
def less_than(megabytes: float, seconds: float) -> Iterator[None]:
    """Check what something takes."""
    tracemalloc.start()
    start = time.process_time()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < megabytes * 1e6
    assert time.process_time() - start < seconds


@pytest.mark.parametrize("opening", ['<Spectators a="', "<!-- ", "<Spectators>&", "<S"])
@pytest.mark.parametrize("size", [5, 40])
def test_a_tag_without_end(opening: str, size: int, tmp_path: Path) -> None:
    """Time must not grow with the square of the size."""
    path = tmp_path / "a.weights.xml"
    path.write_text(changed("<Spectators", opening + "x" * (size << 20), 1))
    with (
        less_than(40, seconds=5),
        pytest.raises(WeightFileError, match="line 16 begins a tag or a comment of more than 4194304 bytes"),
    ):
        WeightFile.read(path)


def test_long_tags_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.weights.xml"
    cut = "x" * (3 << 20)
    path.write_text(
        changed('Title="a"', f'Title="{cut}"').replace("<Spectators", f"<!-- {cut} --><Spectators")
    )
    with less_than(60, seconds=5):
        assert WeightFile.read(path).info.variables[0].title == cut


@pytest.mark.parametrize("junk", ["<a/>", "\n<a b='1'/>", "<Option/>"])
def test_elements_that_nobody_knows(junk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "MOST_KEPT", 20_000)
    path = tmp_path / "a.weights.xml"
    path.write_text(changed("<Spectators", junk * 100_000 + "<Spectators"))
    with (
        less_than(10, seconds=20),
        pytest.raises(WeightFileError, match="more than 20000 elements and attributes; a model with so many"),
    ):
        WeightFile.read(path)


def test_few_suggestions_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def count(name: str, known: object) -> str:
        del known
        asked.append(name)
        return ""

    monkeypatch.setattr(remarks, "did_you_mean", count)
    names = "".join(f"<Variabels{number}/>" for number in range(5000))
    with pytest.warns(TMVAWarning, match="element <Variabels9> .line 16.; and more$"):
        WeightFile.read(changed("<Spectators", f"{names}<Spectators"))
    assert len(asked) == 10


@pytest.mark.parametrize("sinks", [FOREST, {"a": Rows()}, None], ids=["elements in none", "rows", "unknown"])
def test_attributes_without_number(sinks: Sinks | None, tmp_path: Path) -> None:
    """Each takes some 100 bytes in Python and 7 in the file."""
    attributes = " ".join(f'a{number}=""' for number in range(5000))
    path = tmp_path / "a.weights.xml"
    with path.open("w") as file:
        file.write(SMALL[:WEIGHTS])
        for _ in range(400):
            file.write(f"<a {attributes}/>")
        file.write(SMALL[SMALL.index("  </Weights>\n</MethodSetup>") :])
    if sinks is FOREST:
        with (
            less_than(200, seconds=30),
            pytest.raises(WeightFileError, match="more than 1000000 elements and"),
        ):
            WeightFile.read(path, sinks={"DL": sinks}.get)
        return
    with less_than(8, seconds=30):
        if sinks is None:
            WeightFile.read(path, sinks=lambda _: None)
        else:
            with pytest.warns(TMVAWarning, match="attribute 'a9' of <a> .line 24.; and more$"):
                found = WeightFile.read(path, sinks={"DL": sinks}.get)
            assert found.weights is not None
            assert len(tables(found.weights, sinks)["a"]) == 400


def test_texts_and_tails_beside_rows_are_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.weights.xml"
    with path.open("w") as file:
        file.write(SMALL[:WEIGHTS])
        for _ in range(20_000):
            file.write(f'<Event Type="1" Weight="1">1{" " * 500}</Event>{"junk " * 100}')
        file.write(SMALL[SMALL.index("  </Weights>\n</MethodSetup>") :])
    with less_than(4, seconds=30):
        found = WeightFile.read(path, sinks={"DL": EVENTS}.get)
    assert found.weights is not None
    assert tables(found.weights, EVENTS)["Event"].matrix(1).sum() == 20_000


def test_thirty_thousand_variables_and_options() -> None:
    """Their order is checked in a time that grows with their number, not with its square."""
    count = 30_000
    start, end = SMALL.index("    <Variable "), SMALL.index("  </Variables>")
    listed = "".join(f'<Variable VarIndex="{i}" Expression="v{i}" Label="v{i}"/>' for i in range(count))
    options = "".join(f'<Option name="o{i}" modified="No">1</Option>' for i in range(count))
    text = f"{SMALL[:start]}{listed}{SMALL[end:]}".replace('NVar="3"', f'NVar="{count}"')
    with less_than(100, seconds=20):
        found = WeightFile.read(text.replace("  </Options>", f"{options}  </Options>"))
    assert len(found.info.variables) == count
    assert len(found.options) == count + 2
