"""A room imports only rooms above it: the table of docs/architecture.md, compared with the source."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
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
HEAVY = ("scipy", "uproot", "awkward", "lark", "rich", "click", "pandas", "matplotlib", "torch")


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


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def statements(tree: ast.AST, *, lazy: bool) -> Iterator[ast.stmt]:
    """Return the import statements; without `lazy` those that run while the module is imported."""
    for node in ast.iter_child_nodes(tree):
        if is_type_checking(node):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif lazy or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from statements(node, lazy=lazy)


def imported(name: str, path: Path, known: dict[str, Path], *, lazy: bool) -> set[str]:
    """Return the package's modules that a module imports."""
    found: set[str] = set()
    is_package = path.name == "__init__.py"
    for node in statements(ast.parse(path.read_text(encoding="utf-8")), lazy=lazy):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        else:
            assert isinstance(node, ast.ImportFrom)
            base = node.module or ""
            if node.level:
                parents = name.split(".")
                parents = parents[: len(parents) - node.level + is_package]
                base = ".".join([*parents, *([node.module] if node.module else [])])
            # "from package import module" needs the module as well as the package.
            targets = [f"{base}.{alias.name}" for alias in node.names]
            targets = [target if target in known else base for target in targets]
        found |= {target for target in targets if target in known}
    return found - {name}


def test_every_part_has_its_place(project: Path) -> None:
    rooms = {part_of(name) for name in modules(project)}
    assert rooms == set(LAYERS), f"the rooms of {PAGE.name} are others: {rooms ^ set(LAYERS)}"


def test_no_upward_import(project: Path) -> None:
    """Imports inside functions count too."""
    known, rank, wrong = modules(project), {part: number for number, part in enumerate(LAYERS)}, []
    for name, path in known.items():
        if part_of(name) in LAZY:
            continue
        wrong += [
            f"{name} imports {target}"
            for target in sorted(imported(name, path, known, lazy=True))
            if rank[part_of(target)] > rank[part_of(name)]
        ]
    assert not wrong, "\n".join(wrong)


def test_kernels_import_nothing_of_ours(project: Path) -> None:
    known = modules(project)
    for name, path in known.items():
        if part_of(name) == "kernels":
            others = {
                t for t in imported(name, path, known, lazy=True) if part_of(t) not in ("kernels", "errors")
            }
            assert not others, f"{name} imports {others}"


def test_no_cycle(project: Path) -> None:
    """Among the imports that run while modules are imported."""
    known = modules(project)
    graph = {name: sorted(imported(name, path, known, lazy=False)) for name, path in known.items()}
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        if name in way:
            pytest.fail("import cycle: " + " -> ".join([*way[way.index(name) :], name]))
        if name in done:
            return
        for target in graph[name]:
            visit(target, (*way, name))
        done.add(name)

    for name in graph:
        visit(name, ())


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
