"""Fixtures that every part of the suite shares."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

# Hooks: with TMVA_PY_NO_SKIPS=1 a skip is a failure.
from no_skips import pytest_make_collect_report, pytest_runtest_makereport  # noqa: F401

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def project() -> Path:
    """The project's root folder."""
    return PROJECT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference material (real weight files, data, formulas) beside the project."""
    folder = PROJECT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"reference material is not at {folder}")
    return folder


class Figures:
    """The largest value seen of each quantity, for instance of an error that tests bound."""

    def __init__(self) -> None:
        self.largest: dict[str, float] = {}

    def note(self, name: str, value: float) -> float:
        """Remember `value` if it is the largest of this name, and return it."""
        self.largest[name] = max(value, self.largest.get(name, 0.0))
        return value


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    """Where tests note the errors that they see; ``TMVA_PY_FIGURES=file.json`` writes the largest ones."""
    seen = Figures()
    yield seen
    path = os.environ.get("TMVA_PY_FIGURES")
    if path:
        Path(path).write_text(json.dumps(seen.largest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
