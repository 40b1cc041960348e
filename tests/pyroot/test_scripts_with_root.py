"""The scripts with ROOT's own trees, histograms and canvases: they print what they print without."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from script_data import write_files

from tmva_py.pyroot.installing import is_installed

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(not is_installed(), reason="PyROOT is not installed; make test-root installs it"),
]

SCRIPTS = Path(__file__).parent / "scripts"
ARGUMENTS = {
    "chain_as_r.py": ["part%d.root"],
    "py2_dataloader.py": ["data.root"],
    "apply_py2.py": ["data.root"],
    "scan_loop.py": ["data.root"],
}
_LOG_LINE = re.compile(r".{25}: |\s*$|Info in <|Real time|--- \.\.\.")


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    """A folder with data and weight files for runs with ROOT, and one for runs without."""
    found = {}
    for option in ("--root", "--no-root"):
        found[option] = tmp_path_factory.mktemp(option.strip("-"))
        write_files(found[option])
        printed(option, "classify_imports.py", found[option])
    return found


def printed(option: str, name: str, folder: Path) -> list[str]:
    """Run a script, and return the lines that are its own."""
    line = [sys.executable, "-W", "ignore", "-c", "from tmva_py.cli import main; main()", "run"]
    done = subprocess.run(
        [*line, option, str(SCRIPTS / name), *ARGUMENTS.get(name, [])],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        timeout=300,
        env={**os.environ, "ROOT_HIST": "0"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [text for text in done.stdout.splitlines() if not _LOG_LINE.match(text)]


@pytest.mark.parametrize("name", sorted(path.name for path in SCRIPTS.glob("*.py")))
def test_the_same_with_and_without_root(name, folders):
    with_root, without = (printed(option, name, folder) for option, folder in folders.items())
    assert with_root
    assert with_root == without
