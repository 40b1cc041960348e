"""Scripts and macros in a process of their own, as `tmva-py run` starts them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tmva_py.pyroot import uninstall

# Scripts that tests run, not modules: all folders here. The nearest conftest.py alone is asked.
collect_ignore = [
    "trees_and_files.py",
    *(one.name for one in Path(__file__).parent.iterdir() if one.is_dir()),
]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(autouse=True)
def _no_stand_in_afterwards() -> Iterator[None]:
    """Let later tests of the process ask whether ROOT is installed."""
    yield
    uninstall()


@pytest.fixture
def run_with_root(tmp_path: Path) -> Run:
    """Write a script or macro into a folder of its own and run it there with ROOT; return what came of it."""

    def run(text: str, name: str = "script.py", arguments: tuple[str, ...] = (), call: str = "") -> object:
        (tmp_path / name).write_text(text)
        line = [sys.executable, "-W", "ignore", "-c", "from tmva_py.cli import main; main()", "run"]
        return subprocess.run(
            [*line, name + call, *arguments],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            timeout=300,
        )

    return run
