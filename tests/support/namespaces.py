"""What a source file asks of an array namespace."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

# How the array namespace is called.
NAMESPACES = ("xp", "_xp", "cupy")


def behind(node: ast.AST) -> str | None:
    """Return the name behind the namespace; an empty one for the namespace itself, None for all else."""
    if isinstance(node, ast.Name):
        return "" if node.id in NAMESPACES else None
    if isinstance(node, ast.Call):
        inner = behind(node.func)
        return f"{inner}()" if inner else None
    if isinstance(node, ast.Attribute):
        if node.attr in NAMESPACES:
            return ""
        inner = behind(node.value)
        return None if inner is None else f"{inner}.{node.attr}".lstrip(".")
    return None


def chains(path: Path) -> Iterator[tuple[str, int]]:
    """Yield what a file asks of ``xp`` or ``cupy``, as ``cuda.runtime.getDeviceCount``, with the line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and (found := behind(node)):
            yield found, node.lineno
