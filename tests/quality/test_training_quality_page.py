"""docs/training-quality.md lists the trainings as they are booked."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
from programs import load_program


@pytest.fixture(scope="module")
def cases(project: Path) -> ModuleType:
    return load_program(project / "benchmarks" / "quality_cases.py")


def test_the_page_has_the_options_of_every_training(cases, project: Path) -> None:
    page = (project / "docs" / "training-quality.md").read_text(encoding="utf-8")
    missing = [case.name for case in cases.CASES if f"```\n{case.options}\n```" not in page]
    assert not missing


def test_the_page_has_every_figure_of_roots(cases, project: Path) -> None:
    page = (project / "docs" / "training-quality.md").read_text(encoding="utf-8")
    rows = [
        f"| {case.name} | {name} | {published.value:g} |"
        for case in cases.CASES
        for name, published in case.figures.items()
    ]
    assert [row for row in rows if row not in page] == []
