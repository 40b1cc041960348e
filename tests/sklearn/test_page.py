"""The blocks of docs/sklearn.md run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from documents import blocks_of

pytest.importorskip("sklearn", "1.6")

BLOCKS = blocks_of(Path(__file__).resolve().parents[2] / "docs" / "sklearn.md", "python")


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_block(number, tmp_path):
    code = [sys.executable, "-W", "error::tmva_py.errors.TMVAWarning", "-c", BLOCKS[number].text]
    done = subprocess.run(code, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
