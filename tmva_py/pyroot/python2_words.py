"""What tells of a script that Python 3 compiles that it was written for Python 2."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_FUNCTIONS = frozenset(("xrange", "raw_input", "unicode", "basestring", "unichr", "execfile"))
# Names that others give to their own things, too.
_COMMON = frozenset(("long", "cmp", "reduce", "file"))
_CALLS = frozenset(("iteritems", "itervalues", "iterkeys", "has_key"))
_MODULES = frozenset(
    ("ConfigParser", "StringIO", "cStringIO", "cPickle", "Queue", "urllib2", "commands", "__builtin__")
)


def python2_word(text: str) -> tuple[str, int] | None:
    """Return the first word that only Python 2 has, and its line; None if there is none.

    A name that the script itself gives to something is its own, and what is tried may fail. A script that
    also has what Python 2 cannot read is in Python 3.
    """
    tree = ast.parse(text)
    if any(map(_is_of_python3, ast.walk(tree))):
        return None
    own = set(_bound(tree))
    if "*" in own:
        own |= _COMMON
    found = [one for one in _words(tree, guarded=False) if one[0] not in own]
    return min(found, key=lambda one: one[1], default=None)


def _bound(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from ((one.asname or one.name) for one in names if one.name not in _MODULES)


def _is_of_python3(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr() | ast.AnnAssign() | ast.Nonlocal() | ast.YieldFrom() | ast.NamedExpr():
            return True
        case ast.AsyncFunctionDef() | ast.MatMult() | ast.Starred(ctx=ast.Store()):
            return True
        case ast.arguments(kwonlyargs=[_, *_]) | ast.arg(annotation=ast.expr()):
            return True
        case ast.FunctionDef(returns=ast.expr()):
            return True
        case ast.Call(func=ast.Name(id="print"), keywords=[_, *_]):
            return True
    return False


def _words(node: ast.AST, *, guarded: bool) -> Iterator[tuple[str, int]]:
    match node:
        case ast.Try():
            guarded = True
        case ast.Name(id=name, ctx=ast.Load()) if name in _FUNCTIONS | _COMMON and not guarded:
            yield name, node.lineno
        case ast.Call(func=ast.Attribute(attr=name, value=owner)) if name in _CALLS and not guarded:
            if not (isinstance(owner, ast.Name) and owner.id == "six"):
                yield name, node.lineno
        case ast.Import(names=names) if not guarded:
            yield from ((one.name, node.lineno) for one in names if one.name in _MODULES)
        case ast.ImportFrom(module=name, level=0) if name in _MODULES and not guarded:
            yield str(name), node.lineno
        case ast.BinOp(op=ast.RShift(), left=ast.Name(id="print")):
            yield "print >>", node.lineno
    for part in ast.iter_child_nodes(node):
        yield from _words(part, guarded=guarded)
