"""What is written twice about the project agrees: versions, Pythons, tools."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())
WORKFLOW = (PROJECT / ".github" / "workflows" / "ci.yml").read_text()


@pytest.mark.parametrize("tool", ["ruff", "mypy"])
def test_pre_commit_has_the_versions_of_the_lint_group(tool):
    (pinned,) = (one for one in PYPROJECT["dependency-groups"]["lint"] if one.startswith(f"{tool}=="))
    config = (PROJECT / ".pre-commit-config.yaml").read_text()
    revision = re.search(rf"{tool}(?:-pre-commit)?\n +rev: v(\S+)", config)
    assert revision is not None
    assert pinned == f"{tool}=={revision[1]}"


def test_the_citation_has_the_version():
    citation = (PROJECT / "CITATION.cff").read_text()
    project = PYPROJECT["project"]
    assert f"\nversion: {project['version']}\n" in citation
    assert f"\nlicense: {project['license']}\n" in citation


def test_every_python_that_is_claimed_is_tested():
    tested = re.findall(r'python: "([\d.]+)"', WORKFLOW)
    claimed = [
        one.rpartition(" ")[2] for one in PYPROJECT["project"]["classifiers"] if re.search(r"3\.\d+$", one)
    ]
    assert set(claimed) <= set(tested)
    assert claimed[0] == PYPROJECT["project"]["requires-python"].removeprefix(">=") == tested[0]


def test_the_oldest_numpy_is_tested():
    (floor,) = (one for one in PYPROJECT["project"]["dependencies"] if one.startswith("numpy"))
    assert f'numpy: "{floor.removeprefix("numpy>=")}.*"' in WORKFLOW


def test_an_editable_install_without_a_network_has_what_hatchling_imports():
    """hatchling's editable builds need a package that a plain one does not."""
    page = (PROJECT / "docs" / "plugins.md").read_text()
    (advice,) = re.findall(r"`(pip install [^`]*)`\ndone beforehand and add `--no-build-isolation`", page)
    assert advice.split()[2:] == ["hatchling", "editables"]


def test_the_extra_for_pictures_is_what_pictures_import():
    """Nothing imports hist or mplhep, and matplotlib is asked for with this extra."""
    assert [re.split("[<>=]", one)[0] for one in PYPROJECT["project"]["optional-dependencies"]["plot"]] == [
        "matplotlib"
    ]
    imported = set()
    for path in (PROJECT / "tmva_py").rglob("*.py"):
        imported |= set(re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(), re.MULTILINE))
    assert "matplotlib" in imported
    assert not imported & {"hist", "mplhep"}


def test_every_extra_that_a_message_names_is_there():
    for path in (PROJECT / "tmva_py").rglob("*.py"):
        for extra in re.findall(r"tmva-py\[(\w+)\]|missing_extra\([^,]+, \"(\w+)\"", path.read_text()):
            assert max(extra) in PYPROJECT["project"]["optional-dependencies"], path
