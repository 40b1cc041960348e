"""The page on options has every option of the classical methods, with its default and its values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tmva_py.options import text_of
from tmva_py.plugins import default_registry

CLASSICAL = (
    "BDT",
    "DT",
    "Fisher",
    "LD",
    "HMatrix",
    "Likelihood",
    "Cuts",
    "FDA",
    "MLP",
    "CFMlpANN",
    "TMlpANN",
    "KNN",
    "PDERS",
    "PDEFoam",
    "SVM",
    "RuleFit",
    "Variable",
)
COMPOSED = ("Boost", "Category", "CrossValidation")
PYTHON = ("PyRandomForest", "PyGTB", "PyAdaBoost", "PyKeras", "PyTorch")


@pytest.mark.parametrize("name", [*CLASSICAL, *COMPOSED, *PYTHON])
def test_every_option_is_on_the_page(project: Path, name: str) -> None:
    page = (project / "docs" / "options.md").read_text(encoding="utf-8")
    section = page.split(f"\n## {name}\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| `([^`]*)` \| `([^`]*)` \| (.*) \|$", section, re.MULTILINE)
    declared = default_registry().find("method", name).options
    assert [row[:2] for row in rows] == [(one.name, text_of(one.default)) for one in declared]
    for option, (_, _, text) in zip(declared, rows, strict=True):
        for choice in option.choices:
            assert f"`{choice}`" in text
