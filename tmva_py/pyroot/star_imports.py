"""``from ROOT import *``, which PyROOT no longer allows: the names that a script uses are imported."""

from __future__ import annotations

import ast
import builtins
import importlib
from typing import Any

_CALL = "__import_all_of_root__"


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

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        """Return what is run in the place of an import."""
        if node.module != "ROOT" or node.level or node.names[0].name != "*":
            return node
        space = ast.Call(ast.Name("globals", ast.Load()), [], [])
        names: list[ast.expr] = [ast.Constant(name) for name in self._names]
        call = ast.Call(ast.Name(_CALL, ast.Load()), [space, *names], [])
        return ast.copy_location(ast.Expr(call), node)
