"""``from ROOT import *``, which PyROOT no longer allows: the names that a script uses are imported."""

from __future__ import annotations

import ast
import builtins
import importlib
from typing import Any

_CALL = "__import_all_of_root__"
# What gives ROOT names that it did not have when the script began.
_DECLARING = ("Declare", "ProcessLine", "LoadMacro", "Macro", "CompileMacro")


def import_names(space: dict[str, Any], *names: str) -> None:
    """Put what ROOT has under some names into a module's names."""
    root = importlib.import_module("ROOT")
    for name in names:
        try:
            space[name] = getattr(root, name)
        except AttributeError:  # a name of the script itself, or a mistake that is seen where it is used
            continue


NAMES = {_CALL: import_names}
"""What scripts find beside Python's own names."""


class StarImports(ast.NodeTransformer):
    """Puts a call in the place of ``from ROOT import *``."""

    def __init__(self, tree: ast.Module) -> None:
        used, made = set[str](), set(dir(builtins))
        for node in ast.walk(tree):
            if isinstance(node, ast.Name):
                (used if isinstance(node.ctx, ast.Load) else made).add(node.id)
            elif isinstance(node, ast.alias):
                made.add(node.asname or node.name.partition(".")[0])
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                made.add(node.name)
            elif isinstance(node, ast.arg):
                made.add(node.arg)
        self._names = sorted(used - made)
        self._is_used = any(
            isinstance(node, ast.ImportFrom) and _is_all_of_root(node) for node in ast.walk(tree)
        )

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        """Return what is run in the place of an import."""
        return self._import(node) if _is_all_of_root(node) else node

    def visit_Expr(self, node: ast.Expr | ast.Assign) -> ast.AST | list[ast.AST]:
        """Return a statement, and after one that declares something to ROOT's interpreter what finds it."""
        self.generic_visit(node)
        called = node.value.func if isinstance(node.value, ast.Call) else None
        if self._is_used and isinstance(called, ast.Attribute) and called.attr in _DECLARING:
            return [node, self._import(node)]
        return node

    visit_Assign = visit_Expr  # noqa: N815 - Python's name

    def _import(self, node: ast.stmt) -> ast.AST:
        space = ast.Call(ast.Name("globals", ast.Load()), [], [])
        names: list[ast.expr] = [ast.Constant(name) for name in self._names]
        call = ast.Call(ast.Name(_CALL, ast.Load()), [space, *names], [])
        return ast.copy_location(ast.Expr(call), node)


def _is_all_of_root(node: ast.ImportFrom) -> bool:
    return node.module == "ROOT" and not node.level and node.names[0].name == "*"
