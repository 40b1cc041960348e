"""docs/layers.md names every layer, option, activation and element, and its code runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from documents import blocks_of

from tmva_py.plugins import Registry


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry(load_entry_points=False)


@pytest.fixture(scope="module")
def page(project: Path) -> str:
    return (project / "docs" / "layers.md").read_text(encoding="utf-8")


def test_layers(page: str, registry: Registry) -> None:
    rows = [line.replace("\\|", "¦") for line in page.splitlines() if line.startswith("|")]
    for name in registry.names("layer"):
        layer: Any = registry.find("layer", name)
        (row,) = [row for row in rows if f"`{layer.__name__}`" in row]
        entry = row.split("`")[1].split("¦")
        assert entry[0] == name
        (element,) = [row for row in rows if f"`{layer.xml.tag}`" in row]
        for option in layer.options:
            assert option.xml in element, option.xml
        if name not in ("RESHAPE", "DENSE"):  # their fields stand in any order
            assert len(entry) - 1 == len(layer.options), name


def test_activations(page: str, registry: Registry) -> None:
    for activation in registry.classes("activation"):
        found: Any = activation
        names = ", ".join(f"`{name}`" for name in found.names)
        assert f"| {names} | {found.code} |" in page


def test_the_code_runs(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = blocks_of(project / "docs" / "layers.md", "python")
    assert blocks
    for block in blocks:
        exec(compile(block.text, "docs/layers.md", "exec"), {})
    assert "DENSE|100|RELU (100,) 225100" in capsys.readouterr().out
