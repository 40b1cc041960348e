"""Size and shape of the package: lines per room, longest function, largest class, import cycles.

``python benchmarks/rooms.py [CHECKOUT ...]`` prints a table for each checkout, by default for this one.
Cycles are counted strictly: imports inside functions and under ``TYPE_CHECKING`` are arrows too; the lazy
exports of the package's own ``__init__`` are not.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "tmva_py"


def docstring_lines(tree: ast.Module) -> int:
    """Return how many lines docstrings take."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    total = 0
    for node in ast.walk(tree):
        if isinstance(node, owners) and ast.get_docstring(node, clean=False) is not None:
            text = node.body[0]
            total += (text.end_lineno or 0) - text.lineno + 1
    return total


def arrows(name: str, path: Path, tree: ast.Module, known: set[str]) -> Iterator[str]:
    """Yield the package's modules that a module imports, anywhere in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = name.split(".")
                parents = parents[: len(parents) - node.level + (path.name == "__init__.py")]
                base = ".".join([*parents, *([base] if base else [])])
            for alias in node.names:
                target = f"{base}.{alias.name}"
                if target in known or base in known:
                    yield target if target in known else base


def circles(graph: dict[str, set[str]]) -> list[set[str]]:
    """Return the groups of modules that reach one another (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[set[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for target in sorted(graph[name]):
            if target not in index:
                visit(target)
                low[name] = min(low[name], low[target])
            elif target in stack:
                low[name] = min(low[name], index[target])
        if low[name] == index[name]:
            group = set(stack[stack.index(name) :])
            del stack[stack.index(name) :]
            if len(group) > 1:
                found.append(group)

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return found


def report(checkout: Path) -> None:
    """Print the tables of one checkout."""
    files, lines, code, docs = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    functions: list[tuple[int, str]] = []
    classes: list[tuple[int, str]] = []
    layers: list[int] = []
    paths: dict[str, Path] = {}
    for path in sorted((checkout / PACKAGE).rglob("*.py")):
        parts = list(path.relative_to(checkout).with_suffix("").parts)
        paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    for name, path in paths.items():
        text, tree = path.read_text(encoding="utf-8").splitlines(), trees[name]
        room = name.split(".")[1] if path.parent != checkout / PACKAGE else "(top)"
        documentation = docstring_lines(tree)
        blank = sum(not line.strip() or line.lstrip().startswith("#") for line in text)
        files[room] += 1
        lines[room] += len(text)
        docs[room] += documentation
        code[room] += len(text) - documentation - blank
        if room == "layers" and path.name != "__init__.py":
            layers.append(len(text))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                functions.append(((node.end_lineno or 0) - node.lineno + 1, f"{name}.{node.name}"))
            elif isinstance(node, ast.ClassDef):
                methods = sum(isinstance(item, ast.FunctionDef) for item in node.body)
                classes.append((methods, f"{name}.{node.name}"))
    print("\n| room | files | lines | code | docstrings |\n|---|---:|---:|---:|---:|")
    for room, count in sorted(lines.items(), key=lambda item: -item[1]):
        print(f"| {room} | {files[room]} | {count:,} | {code[room]:,} | {docs[room]:,} |")
    total = (sum(counts.values()) for counts in (files, lines, code, docs))
    print("| **all** | " + " | ".join(f"{value:,}" for value in total) + " |")
    graph = {name: set(arrows(name, paths[name], tree, set(paths))) - {name} for name, tree in trees.items()}
    graph[PACKAGE] = set()
    groups = circles(graph)
    print(f"\nLongest file: {max((len(p.read_text().splitlines()), n) for n, p in paths.items())}")
    print(f"Longest functions: {sorted(functions, reverse=True)[:3]}")
    print(f"Most methods: {sorted(classes, reverse=True)[:3]}")
    print(f"Median layer file: {statistics.median(layers):g} lines")
    print(
        f"Import cycles, strict count: {len(groups)}", *(f"{len(group)}: {sorted(group)}" for group in groups)
    )


if __name__ == "__main__":
    for argument in sys.argv[1:] or [str(Path(__file__).resolve().parents[1])]:
        print(f"\n## {argument}")
        report(Path(argument).resolve())
