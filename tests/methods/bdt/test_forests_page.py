"""The scripts on the page on forests run, one after the other."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pytest
from documents import blocks_of


@pytest.mark.filterwarnings("ignore::tmva_py.errors.TMVAWarning")
def test_the_scripts_run(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mpl.use("agg")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    blocks = blocks_of(project / "docs" / "forests.md", "python")
    assert len(blocks) == 2
    for block in blocks:
        exec(block.text, names)
    assert len(names["shorter"].forest) == 10  # type: ignore[attr-defined]
    assert names["steps"].shape == (100, 2)  # type: ignore[attr-defined]
