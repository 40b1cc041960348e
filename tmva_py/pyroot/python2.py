"""Scripts in Python 2: translated in memory by fissix, with Python 2's division; the file is not touched."""

from __future__ import annotations

import ast
import difflib
import io
import re
import sys
import tokenize
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tmva_py.errors import BookingError, MissingExtraError, missing_extra
from tmva_py.message_log import MessageLog
from tmva_py.pyroot.python2_words import python2_word
from tmva_py.pyroot.star_imports import NAMES as STAR_NAMES
from tmva_py.pyroot.star_imports import StarImports

_TAB = 8
_DIVIDE = "__divide_as_in_python_2__"
_LEFT_OUT = ("fix_idioms", "fix_ws_comma", "fix_set_literal", "fix_buffer")


@dataclass(frozen=True)
class Source:
    """A script's text as Python 3 reads it.

    Parameters
    ----------
    text : str
        The text that is compiled.
    original : str
        That of the file.
    is_python2 : bool
        Whether it was translated, and divides as in Python 2.
    """

    text: str
    original: str
    is_python2: bool = False

    def changes(self, path: str) -> str:
        """Return how the text differs from the file's; empty if it does not."""
        lines = difflib.unified_diff(
            self.original.splitlines(keepends=True),
            self.text.splitlines(keepends=True),
            path,
            f"{path} (as it is run)",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)

    def compiled(self, path: str) -> Any:
        """Return the code."""
        tree = ast.parse(self.text, path)
        tree = ast.fix_missing_locations(StarImports(tree).visit(tree))
        if self.is_python2 and not re.search(
            r"^from __future__ import .*division", self.original, re.MULTILINE
        ):
            tree = ast.fix_missing_locations(_Divisions().visit(tree))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return compile(tree, path, "exec", dont_inherit=True)


def read_source(path: Path) -> Source:
    """Return a script, translated if Python 3 cannot compile it, or if it has words of Python 2.

    Raises
    ------
    BookingError
        It is neither Python 3 nor Python 2.
    MissingExtraError
        fissix is needed and not installed.
    """
    original = _decoded(path.read_bytes())
    error = _mistake(original, path)
    mended = original if error is None else _with_blanks(original)
    if _mistake(mended, path) is None:
        return _with_words_of_python2(mended, original, path)
    assert error is not None
    text = _translated(mended, path, error.lineno or 1, error.msg)
    left = _mistake(text, path)
    if left is not None:
        message = f"{path}, line {left.lineno}: neither Python 3 nor Python 2 ({left.msg})"
        raise BookingError(message)
    return Source(text, original, is_python2=True)


def _with_words_of_python2(text: str, original: str, path: Path) -> Source:
    """Return a script that compiles: translated if that is possible and it has words of Python 2."""
    word = python2_word(text)
    if word is not None:
        name, line = word
        try:
            translated = _translated(text, path, line, f"{name} is of Python 2")
            return Source(translated, original, is_python2=True)
        except MissingExtraError as missing:
            MessageLog("tmva-py run", stream=sys.stderr).warning(str(missing))
        except BookingError:  # it has both: it knows what it does
            pass
    return Source(text, original)


def divide(left: Any, right: Any) -> Any:
    """Divide as Python 2 does: whole numbers give a whole number."""
    if isinstance(left, int | np.integer) and isinstance(right, int | np.integer):
        return left // right
    return left / right


NAMES = {_DIVIDE: divide, **STAR_NAMES}
"""What scripts find beside Python's own names."""


class _Divisions(ast.NodeTransformer):
    """Puts a call in the place of each ``/``."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div):
            return node
        return ast.copy_location(_call(node.left, node.right), node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div) or not isinstance(node.target, ast.Name):
            return node
        value = _call(ast.Name(node.target.id, ast.Load()), node.value)
        return ast.copy_location(ast.Assign([node.target], value), node)


def _call(left: ast.expr, right: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(_DIVIDE, ast.Load()), [left, right], [])


def _decoded(content: bytes) -> str:
    try:
        encoding = tokenize.detect_encoding(io.BytesIO(content).readline)[0]
        text = content.decode(encoding)
    except (SyntaxError, UnicodeDecodeError):  # Python 2 took any byte in comments
        text = content.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def _mistake(text: str, path: Path) -> SyntaxError | None:
    """Return why Python 3 does not compile a text, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        return error
    return None


def _with_blanks(text: str) -> str:
    """Return a text whose lines begin with blanks in place of tabs, as Python 2 counts them."""

    def widened(line: str) -> str:
        rest = line.lstrip(" \t")
        return line[: len(line) - len(rest)].expandtabs(_TAB) + rest

    return "".join(widened(line) for line in text.splitlines(keepends=True))


def _translated(text: str, path: Path, line: int, why: str) -> str:
    try:
        from fissix import pgen2, refactor
    except ImportError:
        where = f"to run {path}, which is not Python 3 (line {line}: {why}),"
        missing = missing_extra("fissix", "scripts", where)
        raise missing from None
    fixers = [
        name
        for name in refactor.get_fixers_from_package("fissix.fixes")
        if name.rpartition(".")[2] not in _LEFT_OUT
    ]
    tool = refactor.RefactoringTool(fixers)
    try:
        return str(tool.refactor_string(text.rstrip() + "\n", str(path)))
    except (pgen2.parse.ParseError, pgen2.tokenize.TokenError) as found:
        message = f"{path}, line {line}: neither Python 3 ({why}) nor Python 2 ({found})"
        raise BookingError(message) from None
