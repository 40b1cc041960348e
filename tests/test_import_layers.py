"""A room imports only rooms above it: the table of docs/architecture.md, compared with the source."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

PACKAGE = "tmva_py"
PAGE = Path(__file__).resolve().parent.parent / "docs" / "architecture.md"
# From top to bottom; a room may import its own and what is before it.
LAYERS = tuple(
    re.findall(r"^\| `(\w+)` \|", PAGE.read_text(encoding="utf-8").partition("## Where")[0], re.MULTILINE)
)
# The package itself, "__init__" here, exports names when they are used and so reaches everything on purpose.
LAZY = {"__init__"}
# Libraries that are imported when they are used.
HEAVY = ("scipy", "iminuit", "uproot", "awkward", "lark", "rich", "click", "pandas", "matplotlib", "torch")


def modules(project: Path) -> dict[str, Path]:
    """Return every module of the package by its dotted name."""
    found = {}
    for path in sorted((project / PACKAGE).rglob("*.py")):
        parts = list(path.relative_to(project).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        found[".".join(parts)] = path
    return found


def part_of(module: str) -> str:
    """Return the layer that a module belongs to."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imported(name: str, path: Path, known: dict[str, Path]) -> set[str]:
    """Return the package's modules that a module imports, in functions and for type checkers too."""
    found: set[str] = set()
    is_package = path.name == "__init__.py"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = name.split(".")
                parents = parents[: len(parents) - node.level + is_package]
                base = ".".join([*parents, *([node.module] if node.module else [])])
            # "from package import module" needs the module as well as the package.
            targets = [f"{base}.{alias.name}" for alias in node.names]
            targets = [target if target in known else base for target in targets]
        else:
            continue
        found |= {target for target in targets if target in known}
    return found - {name}


def find_cycles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the ways that lead back to where they began; none when there is no cycle."""
    done: set[str] = set()
    found: list[list[str]] = []

    def visit(name: str, way: list[str]) -> None:
        if name in way:
            found.append([*way[way.index(name) :], name])
        elif name not in done:
            for target in sorted(graph[name]):
                visit(target, [*way, name])
            done.add(name)

    for name in sorted(graph):
        visit(name, [])
    return found


def test_every_part_has_its_place(project: Path) -> None:
    rooms = {part_of(name) for name in modules(project)}
    assert rooms == set(LAYERS), f"the rooms of {PAGE.name} are others: {rooms ^ set(LAYERS)}"


def test_no_upward_import(project: Path) -> None:
    known, rank, wrong = modules(project), {part: number for number, part in enumerate(LAYERS)}, []
    for name, path in known.items():
        if part_of(name) in LAZY:
            continue
        wrong += [
            f"{name} imports {target}"
            for target in sorted(imported(name, path, known))
            if rank[part_of(target)] > rank[part_of(name)]
        ]
    assert not wrong, "\n".join(wrong)


def test_kernels_import_nothing_of_ours(project: Path) -> None:
    known = modules(project)
    for name, path in known.items():
        if part_of(name) == "kernels":
            others = {t for t in imported(name, path, known) if part_of(t) not in ("kernels", "errors")}
            assert not others, f"{name} imports {others}"


def test_no_cycle(project: Path) -> None:
    known = modules(project)
    graph = {name: imported(name, path, known) for name, path in known.items()}
    cycles = find_cycles(graph)
    assert not cycles, "\n".join(" -> ".join(cycle) for cycle in cycles)


@pytest.mark.parametrize(
    ("source", "imports"),
    [
        ("import tmva_py.b", {"tmva_py.b"}),
        ("def f():\n    from tmva_py import b, c", {"tmva_py.b", "tmva_py.c"}),
        ("if TYPE_CHECKING:\n    from tmva_py.b import B", {"tmva_py.b"}),
        ("from .b import B\nfrom . import c", {"tmva_py.b", "tmva_py.c"}),
        ("import numpy", set()),
    ],
)
def test_every_import_counts(source: str, imports: set[str], tmp_path: Path) -> None:
    known = {name: tmp_path / f"{name[-1]}.py" for name in ("tmva_py.a", "tmva_py.b", "tmva_py.c")}
    known["tmva_py.a"].write_text(source, encoding="utf-8")
    assert imported("tmva_py.a", known["tmva_py.a"], known) == imports


def test_cycles_are_found() -> None:
    graph = {"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": {"e"}, "e": {"d"}, "f": {"a", "d"}}
    assert [set(cycle) for cycle in find_cycles(graph)] == [{"a", "b", "c"}, {"d", "e"}]
    assert find_cycles({"a": {"b"}, "b": {"c"}, "c": set(), "d": {"a", "c"}}) == []


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = f"import sys, {PACKAGE}; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert seen.stdout.split() == []


def test_the_engine_imports_nothing_heavy() -> None:
    """Building and applying a network needs NumPy and what finds the plugins."""
    code = f"""
import sys
from tmva_py.network import NetworkBuilder
NetworkBuilder((4, 3), backend="numpy").lstm(2).dense(1).build().predict([[[0.0] * 3] * 4])
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert seen.stdout.split() == []


def test_the_ways_of_the_page_lead_through_what_there_is() -> None:
    places = re.findall(r"`([\w/]+)\.py` `([\w.]+)`", PAGE.read_text(encoding="utf-8"))
    assert len(places) > 20
    for path, name in places:
        found: object = importlib.import_module(f"{PACKAGE}.{path.replace('/', '.')}")
        for part in name.split("."):
            found = getattr(found, part)
