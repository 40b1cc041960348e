"""The example plugins of every kind, installed with pip: their own tests, and check-plugin, pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from environments import Environment

EXAMPLES = {
    "tmva-py-peephole": ["layer 'PEEPHOLE'"],
    "tmva-py-lion": ["optimizer 'LION'", "loss 'FOCAL'"],
    "tmva-py-forest": ["method 'MyForest'"],
    "tmva-py-strict-backend": ["backend 'array-api-strict'"],
}
TORCH = "tmva-py-torch-backend"


def check(environment: Environment, name: str, where: Path) -> list[str]:
    """Run check-plugin, which fails with the first wrong row, and return what was checked."""
    rows = json.loads(environment.run("tmva-py", "check-plugin", name, "--json", where=where))
    assert not [row for row in rows if row["status"] in ("failed", "skipped")]
    assert len([row for row in rows if row["status"] == "ok"]) >= 7
    return list(dict.fromkeys(row["subject"] for row in rows))


@pytest.mark.parametrize("name", EXAMPLES)
def test_its_own_tests_pass(environment, tmp_path, project, name):
    if name == "tmva-py-forest":
        pytest.importorskip("sklearn")
    assert "passed" in environment.pytest(project / "examples" / name / "tests", where=tmp_path)


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_passes_the_complete_check(environment, tmp_path, name):
    if name == "tmva-py-forest":
        pytest.importorskip("sklearn")
    assert check(environment, name, tmp_path) == EXAMPLES[name]


def test_each_is_one_file(project):
    folders = sorted((project / "examples").glob("tmva-py-*"))
    for folder in folders:
        assert len(list(folder.glob("*.py"))) == 1, folder
    assert {folder.name for folder in folders} == {*EXAMPLES, TORCH, "tmva-py-leaky"}


@pytest.mark.oracle
def test_the_backend_of_torch(tmp_path, project):
    pytest.importorskip("torch")
    environment = Environment.create(tmp_path / "venv", [project, project / "examples" / TORCH])
    assert "passed" in environment.pytest(project / "examples" / TORCH / "tests", where=tmp_path)
    assert check(environment, "torch", tmp_path) == ["backend 'torch'"]
