"""Pieces of scripts without TMVA: with the stand-in they print what ROOT 6.40 does, the text beside each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tmva_py.pyroot import install, uninstall
from tmva_py.pyroot.installing import is_installed
from tmva_py.pyroot.running import run_script

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.stem for path in CASES.glob("*.py"))


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_without_root(name, capsys):
    assert run_script(CASES / f"{name}.py", root=False) == 0
    assert capsys.readouterr().out == (CASES / f"{name}.txt").read_text()


@pytest.mark.root
@pytest.mark.skipif(not is_installed(), reason="PyROOT is not installed; make test-root installs it")
@pytest.mark.parametrize("name", NAMES)
def test_with_root(name, tmp_path):
    line = [sys.executable, str(CASES / f"{name}.py")]
    done = subprocess.run(line, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=120)
    assert done.stdout == (CASES / f"{name}.txt").read_text(), done.stderr


def test_install_and_uninstall():
    install(root=False)
    import ROOT

    assert ROOT.TMVA.__name__ == "tmva_py"
    uninstall()
    assert "ROOT" not in sys.modules
    assert "ROOT.TMVA" not in sys.modules
