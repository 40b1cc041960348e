"""Methods booked as in public runs of ROOT reach what these reached, and the page shows it."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from programs import load_program

PROJECT = Path(__file__).resolve().parents[2]
NAMES = (
    *("Higgs notebook", "Higgs, all events", "three variables", "six variables", "four variables"),
    *("four variables, 8000 events", "tutorial", "tutorial, 6000 events", "multiclass", "regression"),
    "sum of two variables",
)


@pytest.fixture(scope="module")
def published() -> ModuleType:
    """The benchmark's script, as a module."""
    return load_program(PROJECT / "benchmarks" / "published_methods.py")


def test_every_sample_is_compared(published: ModuleType) -> None:
    assert tuple(published.JOBS) == NAMES


def test_the_page_has_every_figure(published: ModuleType) -> None:
    page = (PROJECT / "docs" / "training-quality.md").read_text(encoding="utf-8")
    rows = [
        f"| {name} | {title} | {figure} | {value:.{one.digits}f} |"
        for name, job in published.JOBS.items()
        for title, one in job.methods.items()
        for figure, value in one.figures.items()
    ]
    assert [row for row in rows if row not in page] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_figures_are_roots(published: ModuleType, shared: Path, figures, name: str) -> None:
    compared = list(published.run(name, shared / "data"))
    for one in compared:
        distance = abs(one.ours.value - one.of_root)
        figures.note(f"published methods: share of the error, {one.title}", distance / one.error)
        assert distance <= one.error, (one.title, one.name)
