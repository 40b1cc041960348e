"""Operators: which one ROOT applies first.

``ROOT::v5::TFormula::Analyze`` does not have C's precedence. It looks for one operator of a fixed list after
the other in the text outside of brackets, splits the text there, and does the same with both halves.
Weakest first: ``?:``, ``||``, ``&&``, ``|``, ``&``, ``<``, ``>``, ``<=``, ``>=``, ``==``, ``!=``, ``+``,
``-``, ``%``, ``>>``, ``<<``, ``*``, ``/``, ``^``, ``!``. Of several equal ones ``+ - / ^`` are split at the
last (so they count from the left), all others at the first (from the right).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np

from tmva_py.expressions import numbers
from tmva_py.expressions.nodes import Chain, Conditional, Constant, Logical, Negation, Node, Not
from tmva_py.expressions.source import PlaceError

#: An operand, or an operator or number that is not yet one: (text, start).
Symbol: TypeAlias = tuple[str, int]
Item: TypeAlias = Node | Symbol
Place: TypeAlias = tuple[int, int]


def _truth(ufunc: Callable[..., numbers.Values]) -> Callable[..., numbers.Values]:
    return lambda a, b: ufunc(a, b).astype(np.float64)


_COMPARISONS: dict[str, Callable[..., numbers.Values]] = {
    "<": _truth(np.less),
    ">": _truth(np.greater),
    "<=": _truth(np.less_equal),
    ">=": _truth(np.greater_equal),
    "==": _truth(np.equal),
    "!=": _truth(np.not_equal),
}
_BITWISE: dict[str, Callable[..., numbers.Values]] = {"|": numbers.bit_or, "&": numbers.bit_and}
_ARITHMETIC: dict[str, Callable[..., numbers.Values]] = {
    "+": np.add,
    "-": np.subtract,
    "%": numbers.modulo,
    ">>": numbers.shift_right,
    "<<": numbers.shift_left,
    "*": np.multiply,
    "/": numbers.divide,
    "^": np.power,
}
_MOST_COMPARISONS = 100
_FROM_LEFT = frozenset("+-/^")
_BEFORE_SIGN = frozenset("*/^")


def _text(item: Item) -> str:
    return item[0] if isinstance(item, tuple) else ""


def _place(items: Sequence[Item]) -> Place:
    first, last = items[0], items[-1]
    start = first[1] if isinstance(first, tuple) else first.place[0]
    end = last[1] + len(last[0]) if isinstance(last, tuple) else sum(last.place)
    return start, max(1, end - start)


def _split(items: Sequence[Item], positions: Sequence[int]) -> list[Sequence[Item]]:
    """Return the items between the operators at `positions`; an empty part is a mistake."""
    bounds = [-1, *positions, len(items)]
    parts = [items[low + 1 : high] for low, high in itertools.pairwise(bounds)]
    for number, part in enumerate(parts):
        if not part:
            operator = items[positions[min(number, len(positions) - 1)]]
            side = "after" if number else "before"
            message = f"a value is expected {side} {_text(operator)!r}"
            if number:
                message += " (a sign there needs parentheses)"
            raise PlaceError(message, *_place([operator]))
    return parts


def arrange(items: Sequence[Item]) -> Node:
    """Return the tree of a run of operands and operators without brackets."""
    symbols = {item[0] for item in items if isinstance(item, tuple)}
    if "?" in symbols or ":" in symbols:
        return _conditional(items)
    for operator, stops_at in (("||", True), ("&&", False)):
        if operator in symbols:
            parts = _split(items, _positions(items, operator))
            return Logical(*map(arrange, parts), stops_at=stops_at, place=_place(items))
    for operator, function in _BITWISE.items():
        if operator in symbols:
            return _chain(items, _positions(items, operator), function, from_right=True)
    if symbols & {"=<", "=>"}:
        wrong = next(item for item in items if _text(item) in ("=<", "=>"))
        message = f"ROOT does not know {_text(wrong)!r}, write {_text(wrong)[::-1]!r}"
        raise PlaceError(message, *_place([wrong]))
    if symbols & _COMPARISONS.keys():
        weakest = _weakest_comparison(items)
        if weakest is not None:
            return _chain(items, [weakest], _COMPARISONS[_text(items[weakest])], from_right=True)
    return _arithmetic(items, symbols)


def _positions(items: Sequence[Item], operator: str) -> list[int]:
    return [position for position, item in enumerate(items) if _text(item) == operator]


def _chain(
    items: Sequence[Item],
    positions: Sequence[int],
    function: Callable[..., numbers.Values],
    *,
    from_right: bool,
) -> Node:
    parts = _split(items, positions)
    return Chain(*map(arrange, parts), operator=function, from_right=from_right, place=_place(items))


def _conditional(items: Sequence[Item]) -> Node:
    """Return ``condition ? a : b``, or a ladder of them: the last part may be another one."""
    rungs: list[tuple[Node, Node, Place]] = []
    rest = items
    while any(_text(item) in ("?", ":") for item in rest):
        questions, colons = _positions(rest, "?"), _positions(rest, ":")
        question = questions[0] if questions else len(rest)
        colon = next((position for position in colons if position > question), None)
        if colons and colons[0] < question:
            message = "':' without a '?' before it"
            raise PlaceError(message, *_place([rest[colons[0]]]))
        if colon is None:
            message = "'?' without a ':' after it"
            raise PlaceError(message, *_place([rest[question]]))
        inner = [position for position in questions if question < position < colon]
        if inner:
            message = (
                "ROOT cannot read a '?:' between '?' and ':'; put it in parentheses: a ? (b ? c : d) : e"
            )
            raise PlaceError(message, *_place([rest[inner[0]]]))
        condition, first, remainder = _split(rest, [question, colon])
        rungs.append((arrange(condition), arrange(first), _place(rest)))
        rest = remainder
    node = arrange(rest)
    for condition_node, first_node, place in reversed(rungs):
        node = Conditional(condition_node, first_node, node, place=place)
    return node


def _weakest_comparison(items: Sequence[Item]) -> int | None:
    """Return where ROOT splits a run with comparisons, None if its shifts hide them.

    ROOT keeps the first place of each operator. A ``<=`` takes back a ``<`` seen before it (and ``>=`` a
    ``>``); a ``<<`` hides every later ``<``, a ``>>`` every later ``>``.
    """
    if sum(_text(item) in _COMPARISONS for item in items) > _MOST_COMPARISONS:
        message = f"more than {_MOST_COMPARISONS} comparisons in a row"
        raise PlaceError(message, *_place(items))
    first: dict[str, int] = {}
    for position, item in enumerate(items):
        text = _text(item)
        single = text[:1]
        hidden = (single == "<" and "<<" in first) or (single == ">" and ">>" in first)
        if text in ("<", ">", "<=", ">=") and not hidden and single not in first:
            if text == "<" and position + 2 < len(items):
                _refuse_template(items, position)
            first[single] = position
        if text in ("<=", ">="):
            if text not in first:
                first.pop(single, None)
                first[text] = position
        elif text in ("==", "!=", "<<", ">>"):
            first.setdefault(text, position)
    weakest = next((operator for operator in _COMPARISONS if operator in first), None)
    if weakest is None:
        return None
    found = items[first[weakest]]
    if _text(found) != weakest:
        message = f"ROOT cannot read two {_text(found)!r} in a row; put one comparison in parentheses"
        raise PlaceError(message, *_place([found]))
    return first[weakest]


def _refuse_template(items: Sequence[Item], position: int) -> None:
    """Refuse ``x<y>z``, which ROOT takes for the name of a C++ template."""
    closing = items[position + 2]
    inner = items[position + 1]
    name = getattr(inner, "name", None) or _text(inner)
    plain = name.replace("::", "").replace("_", "").isalnum() and not getattr(inner, "indices", ())
    if plain and _text(closing).startswith(">"):
        message = "ROOT takes '<…>' for a C++ template; put one comparison in parentheses"
        raise PlaceError(message, *_place(items[position : position + 3]))


def _arithmetic(items: Sequence[Item], symbols: set[str]) -> Node:
    if "+" in symbols:
        # A sign at the very beginning is not an operator here.
        positions = [position for position in _positions(items, "+") if position]
        if positions:
            return _chain(items, positions, np.add, from_right=False)
    if "-" in symbols:
        # After * / ^ a '-' is the sign of what follows; the run is split there first.
        positions = [
            position
            for position in _positions(items, "-")
            if not position or _text(items[position - 1]) not in _BEFORE_SIGN
        ]
        if positions:
            return _differences(items, positions)
    for operator, function in _ARITHMETIC.items():
        if operator in symbols and operator not in "+-":
            positions = _positions(items, operator)
            from_right = operator not in _FROM_LEFT
            if from_right and symbols & _COMPARISONS.keys():
                # What follows the first one is read anew, and a hidden comparison in it may come to light.
                if len(positions) > _MOST_COMPARISONS:
                    message = f"more than {_MOST_COMPARISONS} {operator!r} in a row with comparisons"
                    raise PlaceError(message, *_place(items))
                positions = positions[:1]
            return _chain(items, positions, function, from_right=from_right)
    return _operand(items)


def _differences(items: Sequence[Item], positions: Sequence[int]) -> Node:
    """Return ``a-b-c``, where a first '-' is the sign of all up to the next one."""
    signed = positions[0] == 0
    if signed:
        positions = [position - 1 for position in positions[1:]]
    nodes = [arrange(part) for part in _split(items[1:] if signed else items, positions)]
    if signed:
        nodes[0] = Negation(nodes[0], place=_place(items))
    if len(nodes) == 1:
        return nodes[0]
    return Chain(*nodes, operator=np.subtract, from_right=False, place=_place(items))


def _operand(items: Sequence[Item]) -> Node:
    """Return a single operand with the signs that ROOT allows before it."""
    negations = 0
    while negations < len(items) and _text(items[negations]) == "!":
        negations += 1
    rest = items[negations:]
    if not rest:
        message = "a value is expected after '!'; put what follows in parentheses"
        raise PlaceError(message, *_place(items))
    if _text(rest[0]) == "+":
        if len(rest) != 2 or not _is_number(rest[1]):
            message = "ROOT knows no sign '+' but before a number; leave it out"
            raise PlaceError(message, *_place(rest[:1]))
        rest = rest[1:]
    if len(rest) != 1 or (isinstance(rest[0], tuple) and not _is_number(rest[0])):
        message = "an operator is expected between two values"
        raise PlaceError(message, *_place(rest[1:] or rest))
    operand = rest[0]
    node = operand if isinstance(operand, Node) else Constant(_number(operand[0]), _place(rest))
    for _ in range(negations):
        node = Not(node, place=_place(items))
    return node


def _is_number(item: Item) -> bool:
    return _text(item)[:1].isdigit() or _text(item)[:1] == "."


def _number(text: str) -> float:
    return float(int(text, 16)) if text[:2] in ("0x", "0X") else float(text)
