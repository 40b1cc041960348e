"""The Python blocks of docs/transformations.md run."""

from __future__ import annotations

from pathlib import Path

from documents import blocks_of

from tmva_py.data.transformations import (
    DecorrelateTransformation,
    GaussTransformation,
    IdentityTransformation,
    NormalizeTransformation,
    PrincipalComponentsTransformation,
    UniformTransformation,
)

TRANSFORMATIONS = (
    IdentityTransformation,
    NormalizeTransformation,
    DecorrelateTransformation,
    PrincipalComponentsTransformation,
    UniformTransformation,
    GaussTransformation,
)


def test_the_blocks_run(project: Path) -> None:
    blocks = blocks_of(project / "docs" / "transformations.md", "python")
    assert blocks
    for block in blocks:
        exec(compile(block.text, block.heading, "exec"), {})


def test_names_and_defaults_are_those_of_the_table(project: Path) -> None:
    text = (project / "docs" / "transformations.md").read_text(encoding="utf-8")
    for one in TRANSFORMATIONS:
        (row,) = (
            line for line in text.splitlines() if line.startswith(f"| `{one.names[0]}` | ") and "_V" in line
        )
        assert f"| `{one.default_selection}` |" in row
        for name in one.names:
            assert f"`{name}`" in row or name == one.xml_name
