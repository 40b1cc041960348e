"""The rule that nothing is skipped silently in continuous integration."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

@pytest.mark.gpu
def test_gpu():
    pytest.skip("there is no CUDA device")

def test_root():
    pytest.skip("root may read everything")

def test_compiler():
    pytest.skip("g++ is not installed")

@pytest.mark.skipif(True, reason="nvidia-cuda-nvrtc-cu12 is not installed")
def test_nvrtc():
    pass

@pytest.mark.xfail(reason="known")
def test_known():
    assert False

def test_fine():
    pass
"""
ORACLE = """
import pytest
pytest.importorskip("no_such_module", reason="it is not installed (make test-oracles installs it)")
"""
SETTINGS = "[pytest]\nmarkers =\n    gpu: needs a device\n    oracle: needs another\n"


def run(folder: Path, value: str, *arguments: str) -> tuple[int, str]:
    """Run pytest with the hooks of this suite on tests of its own."""
    (folder / "pytest.ini").write_text(SETTINGS)
    support = Path(__file__).with_name("support")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no_skips", "-p", "no:cacheprovider", "-rfE", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(support), "TMVA_PY_NO_SKIPS": value},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_missing_compiler_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    code, text = run(tmp_path, "1")
    assert code == 1
    # A mark skips before the test begins, so that its failure is an error.
    assert "1 failed, 1 passed, 2 skipped, 1 xfailed, 1 error" in text
    assert "skipped, and TMVA_PY_NO_SKIPS is set: g++ is not installed" in text
    assert "TMVA_PY_NO_SKIPS is set: nvidia-cuda-nvrtc-cu12 is not installed" in text
    assert "list the reason in tests/support/no_skips.py" in text


@pytest.mark.parametrize("value", ["", "0"])
def test_elsewhere_it_is_a_skip(tmp_path: Path, value: str) -> None:
    (tmp_path / "test_some.py").write_text(TESTS)
    code, text = run(tmp_path, value)
    assert code == 0
    assert "1 passed, 4 skipped, 1 xfailed" in text


def test_a_whole_module(tmp_path: Path) -> None:
    (tmp_path / "oracles").mkdir()
    (tmp_path / "oracles" / "test_other.py").write_text(ORACLE)
    (tmp_path / "test_some.py").write_text("def test_fine():\n    pass\n")
    code, text = run(tmp_path, "1")
    assert code != 0
    assert "it is not installed (make test-oracles installs it)" in text
    code, text = run(tmp_path, "1", "-m", "not oracle")
    assert code == 0
    assert "1 passed in" in text


def test_continuous_integration_and_the_suite_have_it(project: Path) -> None:
    assert "export TMVA_PY_NO_SKIPS=1\n" in (project / ".ci" / "run").read_text()
    conftest = (project / "tests" / "conftest.py").read_text()
    assert 'pytest_plugins = ["no_skips", ' in conftest
