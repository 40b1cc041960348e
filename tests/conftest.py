"""Fixtures that every part of the suite shares."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from once import lock

from tmva_py.pyroot import uninstall

# Of tests/support: a skip may be a failure; how many processes, and in which order; shares of bounds.
pytest_plugins = ["no_skips", "workers", "margins"]

# No tests there; some of it imports what only the oracles need.
collect_ignore = ["support"]

PROJECT = Path(__file__).resolve().parent.parent

# Importing it lets `import ROOT` find a stand-in: not where tests ask whether ROOT is installed.
uninstall()


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


@pytest.fixture(autouse=True)
def _not_silent() -> Iterator[None]:
    """A silent factory makes the loaders after it silent; not those of another test."""
    yield
    if (config := sys.modules.get("tmva_py.booking.config")) is not None:
        config.gConfig().SetSilent(False)


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    """Where tests note the errors that they see; ``TMVA_PY_FIGURES=file.json`` is given the largest ones."""
    seen = Figures()
    yield seen
    if path := os.environ.get("TMVA_PY_FIGURES"):
        file = Path(path)
        with lock(file.with_suffix(".lock")):  # several processes run the tests
            if file.exists():
                for name, value in json.loads(file.read_text(encoding="utf-8")).items():
                    seen.note(name, value)
            file.write_text(json.dumps(seen.largest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
