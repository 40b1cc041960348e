"""Option values that TMVA gives to Python's ``eval``: here literals only."""

from __future__ import annotations

import ast
from typing import Any

from tmva_py.errors import OptionError

_TREE = "DecisionTreeClassifier"


def literal(owner: str, name: str, text: str, words: tuple[str, ...] = ()) -> Any:
    """Return the value of a Python literal, or one of `words` that needs no quotes.

    Raises
    ------
    OptionError
        The text is neither.
    """
    if text in words:
        return text
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        of_words = f" or one of {', '.join(words)}" if words else ""
        message = (
            f"{owner}: {name}={text} is not understood; expected None, a number or a text in "
            f"quotes{of_words} (TMVA evaluates any Python here)"
        )
        raise OptionError(message) from None


def tree_arguments(owner: str, name: str, text: str) -> dict[str, Any] | None:
    """Return the keywords of ``DecisionTreeClassifier(max_depth=2)``, None for ``None``.

    Raises
    ------
    OptionError
        The text is anything else.
    """
    try:
        found = ast.parse(text.strip(), mode="eval").body
        if isinstance(found, ast.Constant) and found.value is None:
            return None
        if isinstance(found, ast.Call) and ast.unparse(found.func).split(".")[-1] == _TREE and not found.args:
            return {one.arg: ast.literal_eval(one.value) for one in found.keywords if one.arg is not None}
    except (ValueError, SyntaxError):
        pass
    message = f"{owner}: {name}={text} is not understood; expected None or {_TREE}(max_depth=2)"
    raise OptionError(message)
