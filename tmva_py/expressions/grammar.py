"""The grammar of expressions, read by lark; operands become nodes here.

Operators are only collected: `operators.arrange` knows ROOT's order. Names and numbers follow TTreeFormula:
a name may have dots (``Jet.pt``), ``::``, a leading ``@`` (the list itself), or end in ``$``.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tmva_py.errors import ExpressionError, did_you_mean
from tmva_py.expressions import nodes
from tmva_py.expressions.functions import C_FUNCTIONS, FORMULA_FUNCTIONS, Function
from tmva_py.expressions.nodes import Branch, Loop, Node
from tmva_py.expressions.operators import Item, arrange
from tmva_py.expressions.reductions import Alternative, Reduction
from tmva_py.expressions.source import PlaceError, prepare
from tmva_py.expressions.tmath import TMATH_FUNCTIONS

if TYPE_CHECKING:
    import lark

_GRAMMAR = r"""
start: sequence
sequence: _items
_items: _prefixed (_binary _prefixed)*
_prefixed: (MINUS | PLUS | NOT)* _operand
_binary: OPERATOR | PLUS | MINUS
_operand: NUMBER | name | call | element | group | parameter
name: NAME
call: NAME "(" [sequence ("," sequence)*] ")"
element: NAME (index | MEMBER)* index (MEMBER [empty])?
empty: "(" ")"
group: "(" sequence ")"
parameter: "[" NAME "]"
index: LEFT_BRACKET _items RIGHT_BRACKET | LEFT_BRACKET RIGHT_BRACKET

NUMBER.3: /0[xX][0-9a-fA-F]+(?![\w.$])|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?(?![\w.$])/
MEMBER.2: /\.[^\W\d]\w*/
NAME: /@?\w+[$@]?((::|\.)[^\W\d]\w*@?)*/
OPERATOR.2: /\|\||&&|>>|<<|<=|>=|==|!=|=<|=>|[|&<>%*\/^?:]/
NOT: /!(?!=)/
PLUS: "+"
MINUS: "-"
LEFT_BRACKET: "["
RIGHT_BRACKET: "]"
"""

_REDUCTIONS = {"Sum$": "Sum", "Min$": "Min", "Max$": "Max", "Length$": "Length"}
_CONDITIONAL_REDUCTIONS = {"MinIf$": "Min", "MaxIf$": "Max"}
_SPECIALS: dict[str, type[Node]] = {
    "Entry$": nodes.EntryNumber,
    "LocalEntry$": nodes.EntryNumber,
    "Entries$": nodes.EntryCount,
    "LocalEntries$": nodes.EntryCount,
    "Iteration$": nodes.InstanceNumber,
    "Length$": nodes.InstanceCount,
}
#: Names without brackets or arguments that mean something unless the tree has such a branch.
HIDEABLE_NAMES = ("pi", "rndm")
_SPECIAL_FUNCTIONS = (*_REDUCTIONS, *_CONDITIONAL_REDUCTIONS, "Alt$")
_TYPES = frozenset(
    {"bool", "char", "short", "int", "long", "float", "double", "unsigned", "Int_t", "Float_t", "Double_t"}
)


@functools.lru_cache(maxsize=32)
def _parser(hidden: frozenset[str], aliases: frozenset[tuple[str, str]]) -> lark.Lark:
    """Return the parser; made once, at the first expression, and for each set of aliases."""
    import lark

    builder = _make_builder(hidden, dict(aliases))
    return lark.Lark(_GRAMMAR, parser="lalr", lexer="basic", transformer=builder)


def parse(
    text: str, hidden: frozenset[str] = frozenset(), aliases: Mapping[str, str] = MappingProxyType({})
) -> Node:
    """Return the tree of a prepared text.

    The `hidden` ones of HIDEABLE_NAMES are branches; names of `aliases` stand for expressions.
    """
    import lark

    try:
        return _parser(hidden, frozenset(aliases.items())).parse(text)  # type: ignore[return-value]
    except lark.exceptions.VisitError as error:
        if isinstance(error.orig_exc, PlaceError):
            raise error.orig_exc from None
        raise
    except lark.exceptions.UnexpectedCharacters as error:
        place = error.pos_in_stream or 0
        raise PlaceError(_about_character(text, place), place) from None
    except lark.exceptions.UnexpectedToken as error:
        raise _about_token(text, error.token) from None


def _about_character(text: str, place: int) -> str:
    character = text[place]
    hints = {
        "~": "ROOT knows no '~'",
        "=": "'=' is not an operator, write '=='",
        '"': "comparisons with texts are not supported, only numbers",
        "'": "comparisons with texts are not supported, only numbers",
        "\\": "names with a '\\' are not supported",
    }
    if character == "." and re.match(r"\.\w*\.?", text[place:]) and place and text[place - 1].isdigit():
        return "a number has one decimal point"
    return hints.get(character, f"{character!r} has no meaning in an expression")


def _about_token(text: str, token: Any) -> PlaceError:
    if token.type == "$END":
        openings = _unclosed(text)
        if openings:
            return PlaceError(f"{text[openings[-1]]!r} is not closed", openings[-1])
        return PlaceError("a value is expected at the end", len(text) - 1)
    start = int(token.start_pos)
    found = str(token)
    length = len(found)
    if found in (")", "]") and not _unclosed(text[:start]):
        return PlaceError(f"{found!r} closes nothing", start)
    before = text[:start]
    cast = re.search(r"\((\w+)\)$", before)
    if cast and cast[1] in _TYPES and token.type in ("NAME", "NUMBER", "LPAR"):
        whole = cast[1] not in ("float", "double", "Float_t", "Double_t")
        hint = f"write int({'…' if token.type == 'LPAR' else found})" if whole else "all values are doubles"
        return PlaceError(
            f"ROOT's expressions have no casts such as ({cast[1]}); {hint}", cast.start(), len(cast[0])
        )
    if token.type == "NUMBER" and before.endswith("["):
        message = f"parameters such as [{found}] have no value here; an index follows a name"
        return PlaceError(message, start - 1, length + 2)
    if token.type in ("NAME", "NUMBER", "LPAR", "LEFT_BRACKET"):
        if before.endswith("("):
            return PlaceError(f"a value is expected, found {found!r}", start, length)
        return PlaceError(f"an operator is expected before {found!r}", start, length)
    if token.type == "COMMA" and not _inside_call(before):
        return PlaceError("',' is allowed only between the arguments of a function", start)
    if token.type == "MEMBER" and before.endswith("()"):
        message = "what a method returns is asked for nothing more; name the member, as in 'p4.fP.fX'"
        return PlaceError(message, start, length)
    where = f"after {before[-1]!r}" if before else "at the beginning"
    if found == "!":
        return PlaceError("an operator is expected before '!'", start)
    return PlaceError(f"a value is expected {where}, found {found!r}", start, length)


def _unclosed(text: str) -> list[int]:
    openings: list[int] = []
    for place, character in enumerate(text):
        if character in "([":
            openings.append(place)
        elif character in ")]" and openings:
            openings.pop()
    return openings


def _inside_call(before: str) -> bool:
    openings = _unclosed(before)
    return (
        bool(openings) and before[openings[-1]] == "(" and bool(re.search(r"[\w$]$", before[: openings[-1]]))
    )


def _alias(name: str, place: tuple[int, int], hidden: frozenset[str], aliases: Mapping[str, str]) -> Node:
    """Return the expression that a name stands for; mistakes in it are shown at the name."""
    text = aliases[name]
    others = {other: one for other, one in aliases.items() if other != name}
    try:
        root = parse(prepare(text).prepared, hidden, others)
    except (PlaceError, ExpressionError) as error:
        reason = str(error).partition("\n")[0]
        message = f"{name!r} is an alias of {text!r}, which cannot be read: {reason}"
        raise PlaceError(message, *place) from None
    for node in root.walk():
        node.place = place
    return root


def _make_builder(hidden: frozenset[str], aliases: Mapping[str, str]) -> Any:
    import lark

    class Builder(lark.Transformer[Any, Any]):
        """Turns the parser's rules into nodes, from the inside out."""

        def start(self, children: list[Node]) -> Node:
            return children[0]

        def group(self, children: list[Node]) -> Node:
            return children[0]

        def sequence(self, children: Sequence[Any]) -> Node:
            return arrange([_item(child) for child in children])

        def name(self, children: Sequence[Any]) -> Node:
            name, start = str(children[0]), int(children[0].start_pos)
            if name in aliases:
                return _alias(name, (start, len(name)), hidden, aliases)
            return Branch(name, (start, len(name))) if name in hidden else make_name(name, start)

        def parameter(self, children: Sequence[Any]) -> Node:
            token = children[0]
            if str(token).isdigit():
                message = f"parameters such as [{token}] have no value here"
                raise PlaceError(message, int(token.start_pos) - 1, len(token) + 2)
            return Branch(str(token), (int(token.start_pos), len(token)))

        def call(self, children: Sequence[Any]) -> Node:
            arguments = [child for child in children[1:] if child is not None]
            return make_call(str(children[0]), int(children[0].start_pos), arguments)

        def index(self, children: Sequence[Any]) -> tuple[int | Loop | None, str]:
            return make_index(children[1:-1], int(children[0].start_pos))

        def empty(self, _: Sequence[Any]) -> str:
            return "()"

        def element(self, children: Sequence[Any]) -> Node:
            first, *others = (child for child in children if child is not None)
            name = str(first) + "".join(str(child) for child in others if not isinstance(child, tuple))
            indices = [child for child in children[1:] if isinstance(child, tuple)]
            note = "; ".join(text for _, text in indices if text)
            place = (int(first.start_pos), len(first))
            _refuse_special(name, place)
            if name in aliases:
                if not re.fullmatch(r"[\w.]+", aliases[name]):
                    message = f"{name!r} is an alias of {aliases[name]!r}; write the brackets within it"
                    raise PlaceError(message, *place)
                name = aliases[name]
            return Branch(name, place, tuple(index for index, _ in indices), note)

    return Builder()


def _item(child: Any) -> Item:
    return child if isinstance(child, Node) else (str(child), int(child.start_pos))


def _refuse_special(name: str, place: tuple[int, int]) -> None:
    if name.endswith("$"):
        known = (*_SPECIALS, *(f"{function}(…)" for function in _SPECIAL_FUNCTIONS))
        suggestion = did_you_mean(name, (*_SPECIALS, *_SPECIAL_FUNCTIONS))
        message = f"unknown {name!r}{suggestion or ';'} known: {', '.join(known)}"
        raise PlaceError(message, *place)
    if "@" in name:
        message = f"{name!r} is the list itself; its size is {name}.size()"
        raise PlaceError(message, *place)


def make_name(name: str, start: int) -> Node:
    """Return the node of a name without brackets: a special, the constant pi, or a branch."""
    place = (start, len(name))
    if name in _SPECIALS:
        return _SPECIALS[name](place=place)
    if name == "rndm":
        message = "'rndm' is not supported: an expression gives the same value each time"
        raise PlaceError(message, *place)
    if name.startswith("TMath::") and name.removeprefix("TMath::") in TMATH_FUNCTIONS:
        message = f"{name!r} is a function, write {name}(…)"
        raise PlaceError(message, *place)
    _refuse_special(name, place)
    if name == "pi":
        return nodes.Constant(math.pi, place)
    return Branch(name, place)


# More do not fit a whole number of the processor.
_LONGEST_INDEX = 18


def make_index(items: Sequence[Any], start: int) -> tuple[int | Loop | None, str]:
    """Return an index and what to warn of.

    ROOT reads a leading whole number and forgets the rest of the brackets; −1 is every element.
    """
    if not items:
        return None, ""
    texts = ["" if isinstance(item, Node) else str(item) for item in items]
    sign = texts[0] if texts[0] in ("+", "-") and len(texts) > 1 else ""
    digits = re.match(r"\d+", texts[1] if sign else texts[0])
    if not digits:
        return Loop(arrange([_item(item) for item in items])), ""
    if len(digits[0]) > _LONGEST_INDEX:
        message = f"an index has at most {_LONGEST_INDEX} digits, found {len(digits[0])}"
        raise PlaceError(message, start, min(len(digits[0]), 40) + 2)
    value = int(sign + digits[0])
    exact = len(texts) == 1 + bool(sign) and float(
        texts[-1] if "x" not in texts[-1].lower() else "nan"
    ) == abs(value)
    if value < -1:
        message = f"an index is not negative, found {value}"
        raise PlaceError(message, start, len(digits[0]) + 2)
    if value == -1:
        return None, "ROOT reads the index [-1] as [], all elements"
    note = f"ROOT reads only the {digits[0]} of this index; put the index in parentheses to have it all"
    return value, "" if exact else note


def make_call(name: str, start: int, arguments: Sequence[Node]) -> Node:
    """Return the node of a function with its arguments."""
    place = (start, len(name))
    if name.endswith(".size") or (name.endswith((".GetEntries", ".GetEntriesFast")) and "@" in name):
        return _size(name, place, arguments)
    if name in _REDUCTIONS:
        _count(name, arguments, 1, 1, place)
        return Reduction(_REDUCTIONS[name], arguments[0], place=place)
    if name in _CONDITIONAL_REDUCTIONS:
        _count(name, arguments, 2, 2, place)
        return Reduction(_CONDITIONAL_REDUCTIONS[name], *arguments, place=place)
    if name == "Alt$":
        _count(name, arguments, 2, 2, place)
        return Alternative(*arguments, place=place)
    if "." in name:
        return _method(name, place, arguments)
    function = _find(name, place)
    _count(name, arguments, function.fewest, function.most, place)
    return nodes.Call(function, *arguments, place=place)


def _find(name: str, place: tuple[int, int]) -> Function:
    for prefix, table in (("TMath::", TMATH_FUNCTIONS), ("std::", C_FUNCTIONS)):
        if name.startswith(prefix):
            known = [prefix + each for each in table]
            found = table.get(name.removeprefix(prefix))
            break
    else:
        found = FORMULA_FUNCTIONS.get(name)
        known = [*FORMULA_FUNCTIONS, *_SPECIAL_FUNCTIONS, *(f"TMath::{each}" for each in TMATH_FUNCTIONS)]
    if found is None:
        message = f"unknown function {name!r}{did_you_mean(name, known)}"
        raise PlaceError(message, *place)
    return found


def _count(name: str, arguments: Sequence[Node], fewest: int, most: int, place: tuple[int, int]) -> None:
    if not fewest <= len(arguments) <= most:
        expected = str(fewest) if fewest == most else f"{fewest} to {most}"
        message = (
            f"{name!r} takes {expected} argument{'' if expected == '1' else 's'}, found {len(arguments)}"
        )
        raise PlaceError(message, *place)


def _method(name: str, place: tuple[int, int], arguments: Sequence[Node]) -> Node:
    """Return the branch that is the value of an object's method, such as ``p4.Pt()``."""
    if arguments:
        message = f"{name!r} is a method with arguments, which is not supported; write its formula"
        raise PlaceError(message, *place)
    return Branch(f"{name}()", place)


def _size(name: str, place: tuple[int, int], arguments: Sequence[Node]) -> Node:
    branch = name.rpartition(".")[0]
    _count(name, arguments, 0, 0, place)
    if not (branch.startswith("@") or branch.endswith("@")):
        message = f"{name}() asks each element for its size; write @{branch}.size() or Length$({branch})"
        raise PlaceError(message, *place)
    return nodes.CollectionSize(Branch(f"@{branch.strip('@')}", place), place)
