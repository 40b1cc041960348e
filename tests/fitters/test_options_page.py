"""The page on options has every option of the fitters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tmva_py.fitters import FITTERS
from tmva_py.methods.cuts.options import MC_EVENTS_OPTIONS
from tmva_py.options import text_of


@pytest.mark.parametrize("name", FITTERS)
def test_every_option_is_on_the_page(project: Path, name: str) -> None:
    page = (project / "docs" / "options.md").read_text(encoding="utf-8").split("\n## Fitters\n", 1)[1]
    section = page.split(f"\n### {name}\n", 1)[1].split("\n#", 1)[0]
    rows = re.findall(r"^\| `([^`]*)` \| `([^`]*)` \| (.*) \|$", section, re.MULTILINE)
    assert [row[:2] for row in rows] == [(one.name, text_of(one.default)) for one in FITTERS[name].options]
    for option, (_, _, text) in zip(FITTERS[name].options, rows, strict=True):
        for choice in option.choices:
            assert f"`{choice}`" in text


def test_options_of_pairs_of_events(project: Path) -> None:
    page = (project / "docs" / "options.md").read_text(encoding="utf-8")
    line = next(one for one in page.splitlines() if one.startswith("With `FitMethod=MCEvents`"))
    assert re.findall(r"`(\w+)` \((\d+)\)", line) == [
        (one.name, str(one.default)) for one in MC_EVENTS_OPTIONS
    ]
